"""Segments cut where another edition shows a boundary."""
