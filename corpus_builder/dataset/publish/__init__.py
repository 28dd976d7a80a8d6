"""From a dataset folder to a dataset on the Hub: checks, a plan, one commit, a tag.

    inspect    the folder as it would be published; what speaks against it                  (checks.py, texts.py)
    make_plan  the folder against the Hub: files and rows that change                       (plan.py)
    carry_out  new repository if there is none, uploads, one commit, the tag                (carry_out.py)
    Hub        the requests that these need, repeated where a request failed on its way     (hub.py, failures.py)

After a commit the repository holds exactly the folder, so every question of a run that was cut short ("did my commit
land?") is answered by comparing the two again: that makes publishing safe to repeat.
"""

from corpus_builder.dataset.publish.carry_out import PublishOutcome, carry_out
from corpus_builder.dataset.publish.checks import Published, inspect
from corpus_builder.dataset.publish.hub import Hub, connect
from corpus_builder.dataset.publish.plan import Plan, make_plan

__all__ = ["Hub", "Plan", "PublishOutcome", "Published", "carry_out", "connect", "inspect", "make_plan"]
