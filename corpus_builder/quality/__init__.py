"""The quality of rows: scores beside the text, what they say together, and which rows to publish.

A Batch of rows passes through the scores (scores.py has the registry, each family its own file); they know the corpus
through a Context (context.py), learned in a first pass. calibration.py makes one probability of all scores,
consistency.py holds the three sides against one another, duplicates.py finds rows and stories that say the same.
filters.py decides, apart from all that, which rows are accepted.
"""
