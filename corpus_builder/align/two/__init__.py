"""Aligning two editions: word scores, the lattice of beads with its search band, moved segments."""
