"""Text in any language: normalising, language identification, sentences, tokens."""
