"""MT evaluation: metrics, significance, slices.

A test set comes from files (lines.py) or a dataset (dataset.py), systems are files or are run (systems.py,
translators/). metrics/ turn outputs into statistics per segment that add up; evaluation.py sums them to scores, tests
differences (significance.py), ranks (ranking.py) and slices (slices.py); contamination.py looks for test rows in
training data (training.py). outputs/ write what came of it.
"""
