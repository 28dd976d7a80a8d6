"""Sentences that one edition runs together, split where the other editions show a boundary."""
