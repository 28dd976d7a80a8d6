"""`corpus-builder align`: plain texts, one segment a line, to files of beads."""
