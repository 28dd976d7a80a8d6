"""The quality of rows: scores beside the text, one probability of all, and which rows to publish.

A Batch of rows passes through the scores. score.py says what a score is, each family has its file, and scores.py lists
and computes them all. They know the corpus through a Context, learned in a first pass (survey.py). calibration.py
combines all scores into one probability, consistency.py compares the three sides, and duplicates.py finds rows and
stories that say the same. filters.py decides, apart from all that, which rows are accepted.
"""
