"""What people corrected in the alignment of a workspace's stories, kept over all builds (docs/corrections.md).

beads      a correction as a file: corrections/ARTICLE.json
folder     reading them all, changing one under a lock, forgetting stories that were taken down
validity   which corrected beads still fit the text of their story, and why others do not
held_out   which stories do not teach the aligner but measure it
measure    the aligner's beads of a story against the corrected ones: strict and lax F1
gold       corrected stories as texts and gold that `align` and `align score` read
"""
