"""Write the gold annotation of the sample newspaper next to its stories."""

from corpus_builder.newspaper.gold import write_gold
from corpus_builder.newspaper.stories import load_newspaper
from corpus_builder.resources import shipped

write_gold(load_newspaper(), shipped("data/newspaper"))
