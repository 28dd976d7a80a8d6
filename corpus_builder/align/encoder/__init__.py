"""Sentence encoders as additional evidence for the aligner, with a cache of their vectors."""
