"""The Hub as publishing needs it, over the official client.

Questions are repeated while their failure may pass, and so are requests that have the same effect once or twice (a new
repository, a tag; uploads are repeated by the client itself). The commit is not: `carry_out` looks first whether it
landed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from corpus_builder.dataset.publish.failures import LOGIN, explained, may_pass, wait_asked_for
from corpus_builder.dataset.publish.files import RemoteFile
from corpus_builder.errors import RunError, UsageError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Result = TypeVar("Result")

BRANCH = "main"
# Seconds before each repetition. A minute in all outlasts a restart of a service; who waits longer wants to know why.
WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# The same for what the Hub has done, but one of its servers does not show yet.
SHORT_WAITS = WAITS[:2]
# The longest wait that the Hub may ask for before the run ends instead; its rate limits are for five minutes.
LONGEST_WAIT = 310.0
# Seconds without a byte after which a connection counts as broken; the client itself would wait for ever. A commit is
# answered when it is done, which may take minutes.
TIMEOUT = 300.0


@dataclass(frozen=True)
class Remote:
    """A repository as it was when it was asked: `head` is the commit of its branch, `gated` how readers get access to
    its files ("auto", "manual"; "" for all).

    Where there is no repository, `head` is None and there are no files.
    """

    head: str | None = None
    private: bool = False
    files: Mapping[str, RemoteFile] = field(default_factory=dict)
    gated: str = ""


@dataclass(frozen=True)
class Hub:
    """One dataset repository on the Hub; `notice` receives a line for every wait.

    All methods but `commit` raise CorpusBuilderError with the next step.
    """

    api: HfApi
    repo: str
    notice: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    branch: str = BRANCH

    @property
    def url(self) -> str:
        """Where the dataset is looked at."""
        return f"{self.api.endpoint}/datasets/{self.repo}"

    def read(self, commit: str = "") -> Remote:
        """The repository at a commit, by default the newest of the branch; a branch that is not there is made."""
        from huggingface_hub import RepoFile
        from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

        def info() -> Any:
            try:
                return self.api.dataset_info(self.repo, revision=commit or self.branch)
            except RevisionNotFoundError:
                if commit:
                    raise
                # A new branch starts at the newest commit of the main one; publishing creates it.
                return self.api.dataset_info(self.repo, revision=BRANCH)
            except RepositoryNotFoundError as error:
                # The Hub answers 401 to whoever is not logged in and asks for what is not there.
                if error.response.status_code == 404 or not self.api.token:
                    return None
                raise

        repository = self.repeated(info, f"looking for {self.repo}")
        if repository is None:
            return Remote()

        def tree() -> dict[str, RemoteFile]:
            return {
                entry.path: RemoteFile(entry.size, entry.blob_id, entry.lfs.sha256 if entry.lfs else None)
                for entry in self.api.list_repo_tree(
                    self.repo, repo_type="dataset", revision=repository.sha, recursive=True
                )
                if isinstance(entry, RepoFile)
            }

        files = self.repeated(tree, f"listing the files of {self.repo}")
        return Remote(repository.sha, bool(repository.private), files, repository.gated or "")

    def tag(self, name: str) -> str | None:
        """The commit that a tag points to; None where there is no such tag."""
        refs = self.repeated(
            lambda: self.api.list_repo_refs(self.repo, repo_type="dataset"), f"listing the tags of {self.repo}"
        )
        return next((ref.target_commit for ref in refs.tags if ref.name == name), None)

    def newest_commit(self) -> str:
        """The newest commit in words, for who has to look at it: its hash, day, author and title."""
        commits = self.repeated(
            lambda: self.api.list_repo_commits(self.repo, repo_type="dataset"), f"listing the commits of {self.repo}"
        )
        if not commits:
            return "none"
        last = commits[0]
        return f"{last.commit_id[:10]} of {last.created_at:%Y-%m-%d %H:%M} by {', '.join(last.authors)}: {last.title}"

    def rows(self, name: str, revision: str) -> int | None:
        """The rows of a Parquet file on the Hub, read from its footer alone; None where it is none."""
        import pyarrow as pa
        import pyarrow.parquet as pq
        from huggingface_hub import HfFileSystem

        files = HfFileSystem(endpoint=self.api.endpoint, token=self.api.token or False, skip_instance_cache=True)

        def footer() -> int | None:
            # A footer of our files is a few kB; the block is what one request fetches.
            with files.open(f"datasets/{self.repo}@{revision}/{name}", "rb", block_size=1 << 16) as file:
                try:
                    return int(pq.read_metadata(file).num_rows)
                except pa.ArrowInvalid:
                    return None

        return self.repeated(footer, f"reading the footer of {name}")

    def content(self, name: str, revision: str) -> bytes:
        """A file on the Hub."""
        from huggingface_hub import HfFileSystem

        files = HfFileSystem(endpoint=self.api.endpoint, token=self.api.token or False, skip_instance_cache=True)
        address = f"datasets/{self.repo}@{revision}/{name}"
        return bytes(self.repeated(lambda: files.cat_file(address), f"reading {name}"))

    def accept_card(self, card: str) -> None:
        """Have the Hub look at the YAML of a card; nothing is stored."""
        from huggingface_hub import DatasetCard

        self.repeated(lambda: DatasetCard(card, ignore_metadata_errors=True).validate(), "checking the card")

    def create(self, *, private: bool) -> None:
        """Make the repository; one that is there is left as it is."""
        self.repeated(
            lambda: self.api.create_repo(self.repo, repo_type="dataset", private=private, exist_ok=True),
            f"making the repository {self.repo}",
        )

    def gate(self, how: Literal["auto", "manual"]) -> None:
        """Let readers of the files be approved: all who agree to the terms of the card ("auto"), or by hand."""
        self.repeated(
            lambda: self.api.update_repo_settings(self.repo, repo_type="dataset", gated=how), f"gating {self.repo}"
        )

    def make_branch(self) -> None:
        """Make the branch where it is not there; the main one always is."""
        if self.branch != BRANCH:
            self.repeated(
                lambda: self.api.create_branch(self.repo, branch=self.branch, repo_type="dataset", exist_ok=True),
                f"making the branch {self.branch}",
            )

    def upload(self, operations: list[Any], *, create_pr: bool = False) -> None:
        """Send the content of large files; nobody sees it before the commit. The client skips what is there."""
        try:
            self.api.preupload_lfs_files(
                self.repo, operations, repo_type="dataset", free_memory=False, create_pr=create_pr or None
            )
        except Exception as error:  # any: the clients below raise classes of several libraries; explained() sorts them
            raise explained(error, "uploading files", self.api.endpoint) from error

    def propose(self, operations: list[Any], parent: str, summary: str, description: str) -> tuple[str, str]:
        """A pull request with one commit upon `parent`: the commit, and the address of the request. It is not repeated,
        as that might open a second one."""
        try:
            made = self.api.create_commit(
                self.repo,
                operations,
                repo_type="dataset",
                commit_message=summary,
                commit_description=description,
                parent_commit=parent,
                create_pr=True,
            )
        except Exception as error:  # any: as in upload
            raise explained(error, "opening a pull request", self.api.endpoint) from error
        return str(made.oid), str(made.pr_url or self.url)

    def commit(self, operations: list[Any], parent: str, summary: str, description: str) -> str:
        """One commit upon `parent`, and its hash; raises what the client does, because what follows depends on it."""
        made = self.api.create_commit(
            self.repo,
            operations,
            repo_type="dataset",
            commit_message=summary,
            commit_description=description,
            parent_commit=parent,
            revision=self.branch,
        )
        return str(made.oid)

    def make_tag(self, name: str, commit: str) -> None:
        """Let a tag point to a commit. Raises RunError where it points elsewhere already."""
        self.repeated(
            lambda: self.api.create_tag(self.repo, tag=name, revision=commit, repo_type="dataset", exist_ok=True),
            f"making the tag {name}",
        )
        # The client takes "there is such a tag" for success, whatever the tag points to.
        for wait in (*SHORT_WAITS, None):
            target = self.tag(name)
            if target == commit:
                return
            if target:
                raise RunError(
                    f"the tag {name} of {self.repo} points to {target[:10]}, not to the new commit {commit[:10]}",
                    next_step="someone else set it meanwhile: choose another --tag",
                )
            if wait is not None:
                self.sleep(wait)
        raise RunError(f"the Hub does not show the tag {name} that it took", next_step="run the same command again")

    def repeated(self, ask: Callable[[], Result], doing: str) -> Result:
        """Do what may be done twice, again and again while it fails in a way that may pass."""
        for wait in (*WAITS, None):
            try:
                return ask()
            except Exception as error:  # any: as in upload; what cannot pass is raised again, explained
                if wait is None or not may_pass(error) or not self.wait(error, wait, doing):
                    raise explained(error, doing, self.api.endpoint) from error
        raise AssertionError("the last wait is None")

    def wait(self, error: Exception, usual: float, doing: str) -> bool:
        """Wait as long as the Hub asks for after an error; False where that is too long."""
        asked = wait_asked_for(error)
        if asked is not None and asked > LONGEST_WAIT:
            return False
        seconds = usual if asked is None else asked + 1
        self.notice(f"{explained(error, doing, self.api.endpoint)}; again in {seconds:.0f} s")
        self.sleep(seconds)
        _be_impatient()
        return True


def connect(repo: str, *, to_write: bool, notice: Callable[[str], None], branch: str = BRANCH) -> Hub:
    """The Hub as the environment names it (HF_ENDPOINT, HF_TOKEN, `hf auth login`). Raises UsageError."""
    import sys

    from huggingface_hub import HfApi, get_token
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import disable_progress_bars, validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(repo)
        valid = repo.count("/") == 1
    except HFValidationError:
        valid = False
    if not valid:
        raise UsageError(
            f"--repo {repo} is not the name of a repository",
            next_step="give NAMESPACE/NAME: your user or organisation, and a name of letters, digits, - _ and .",
        )
    token = get_token()
    if to_write and not token:
        raise UsageError("there is no token for the Hub", next_step=LOGIN)
    if not sys.stderr.isatty():
        disable_progress_bars()
    _be_impatient()
    return Hub(HfApi(token=token or False), repo, notice, branch=branch)


def _be_impatient() -> None:
    """Set the client's time-out; it makes itself a new session, without one, when it cannot connect."""
    from huggingface_hub.utils import get_session  # type: ignore[attr-defined]

    get_session().timeout = TIMEOUT


def additions(files: Mapping[str, Path]) -> list[Any]:
    """What the client calls operations: these files, to be added or replaced."""
    from huggingface_hub import CommitOperationAdd

    return [CommitOperationAdd(path_in_repo=name, path_or_fileobj=path) for name, path in files.items()]


def removals(names: tuple[str, ...]) -> list[Any]:
    """What the client calls operations: these files, to be removed."""
    from huggingface_hub import CommitOperationDelete

    return [CommitOperationDelete(path_in_repo=name) for name in names]
