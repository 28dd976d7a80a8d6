"""The aligner: editions of a story in, beads out."""
