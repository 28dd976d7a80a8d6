"""The formats of an evaluation: JSON with all results, CSV, LaTeX, a table on the terminal, an HTML report.

These are pure functions from an Evaluation to text; the same evaluation gives the same bytes. lines.py writes the test
set and the outputs as text files.
"""
