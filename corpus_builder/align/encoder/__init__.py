"""Sentence encoders as one more score of the aligner, with a cache of what they computed."""
