"""How this program is installed, for error messages and dataset cards: the only place that composes a `pip install`.

On the public package index the name `corpus-builder` belongs to an unrelated program with the same module name, so no
text of the project may tell a reader to install that.
"""

from __future__ import annotations

from importlib import metadata

DISTRIBUTION = "trilingual-corpus-builder"
"""The name of the distribution in pyproject.toml. The command is `corpus-builder`, the package `corpus_builder`."""


def install_command(*extras: str) -> str:
    """A shell command that installs the program with these extras of pyproject.toml.

    With a repository among the distribution's URLs: `pip install 'NAME[neural] @ git+URL'`. Without one it works in a
    checkout and says so: `pip install '.[neural]'  # in a checkout of corpus-builder`.
    """
    wanted = f"[{','.join(extras)}]" if extras else ""
    if url := repository_url():
        return f"pip install '{DISTRIBUTION}{wanted} @ git+{url}'"
    return f"pip install '.{wanted}'  # in a checkout of corpus-builder"


def repository_url() -> str | None:
    """`Repository` among the project URLs of the installed distribution; None if there is none."""
    try:
        entries = metadata.metadata(DISTRIBUTION).get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return None
    return dict(entry.split(", ", 1) for entry in entries).get("Repository")
