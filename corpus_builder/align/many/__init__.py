"""From alignments of two editions to beads of all: third editions, clustering, groups."""
