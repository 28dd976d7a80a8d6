"""The published folder: schema, rows, splits, card."""
