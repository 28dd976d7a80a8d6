"""MT evaluation: metrics, significance, slices.

A test set comes from files (lines.py) or a dataset (dataset.py); a system is a file of translations or is run
(systems.py, translators/). metrics/ turn outputs into additive statistics per segment; evaluation.py sums them to
scores, tests differences (significance.py), ranks systems (ranking.py) and scores slices (slices.py); contamination.py
searches training data (training.py) for the test set. outputs/ write the results.
"""
