"""Words: vocabularies, translation tables, cognates, seed lexicons."""
