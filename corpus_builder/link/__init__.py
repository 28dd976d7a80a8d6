"""Which editions are one story, where the site's URLs do not say so.

features.py  an edition in numbers that do not depend on its language: names by their sound, numbers, links, words
content.py   two languages: candidates, scores, one-to-one pairs, each with a probability
hreflang.py  pages that name each other as editions of one article
groups.py    pairs of pages into stories with at most one edition a language
"""
