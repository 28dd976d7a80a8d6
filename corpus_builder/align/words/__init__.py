"""What the aligner knows of words: vocabularies, translation tables, cognates, the seed lexicon."""
