"""From a dataset folder to a dataset on the Hub: checks, a plan, one commit, a tag.

    inspect    checks of the folder                                                         (checks.py, texts.py)
    prepared   the name of the repository in the card and in croissant.json                 (prepare.py)
    make_plan  the folder compared with the Hub: files and rows that change      (plan.py, edited.py)
    carry_out  the repository if it is missing, uploads, one commit, the tag                (carry_out.py)
    Hub        the requests to the Hub, with retries                                        (hub.py, failures.py)

After a commit the repository has exactly the files of the folder. So after an interruption, a run only has to compare
the two to know what is left to do ("did my commit succeed?"): publishing is safe to repeat.
"""

from corpus_builder.dataset.publish.carry_out import PublishOutcome, carry_out
from corpus_builder.dataset.publish.checks import Published, inspect
from corpus_builder.dataset.publish.hub import Hub, connect
from corpus_builder.dataset.publish.plan import Plan, Wishes, make_plan
from corpus_builder.dataset.publish.prepare import chosen, prepared

__all__ = [
    "Hub",
    "Plan",
    "PublishOutcome",
    "Published",
    "Wishes",
    "carry_out",
    "chosen",
    "connect",
    "inspect",
    "make_plan",
    "prepared",
]
