"""Aligning two editions: word scores, segments that moved, the lattice of beads in its search band."""
