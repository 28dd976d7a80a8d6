"""What an evaluation is written as: JSON with everything, CSV, LaTeX, a table on the terminal, an HTML report.

All of them are pure functions from an Evaluation to text, and the same evaluation gives the same bytes.
"""
