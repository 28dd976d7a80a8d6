"""Which editions are one story, where the site's URLs do not say so.

features.py  an edition in numbers that do not depend on its language: names by their sound, numbers, links, words
vectors.py   the same of the pages of a shard, in arrays
weights.py   how much each feature says over all pages, and what translates the units of words
content.py   two languages: candidates, scores, one-to-one pairs, each with a probability
joins.py     pages joined by the hashes of their addresses: those that name each other, and what these hold together
groups.py    pairs of pages into stories with at most one edition a language, where pairs contradict one another
"""
