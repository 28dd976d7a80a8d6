"""From alignments of two editions to beads of three: third editions, clustering, groups."""
