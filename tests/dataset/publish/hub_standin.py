"""A stand-in for the Hub on loopback: as much of its protocol as the official client and `datasets` speak.

It keeps what it was sent in memory, writes down every request, and goes wrong where it is told to. A request that goes
wrong "before" had no effect; one that goes wrong "after" had, and its answer is lost.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

WRITER, READER = "hf_writer", "hf_reader"
NAMESPACE = "lab"
# Entries on a page of a tree; the Hub has 1,000.
PAGE = 5
LICENCES = {"mit", "cc-by-4.0", "other", "unknown"}
Json = Any


@dataclass(frozen=True)
class Blob:
    content: bytes
    lfs: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def oid(self) -> str:
        """The hash that git knows the file by: of the content, or of the pointer that stands for it."""
        content = self.content
        if self.lfs:
            head = "version https://git-lfs.github.com/spec/v1"
            content = f"{head}\noid sha256:{self.sha256}\nsize {len(self.content)}\n".encode()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@dataclass(frozen=True)
class Commit:
    oid: str
    title: str
    files: dict[str, Blob]


@dataclass
class Repo:
    private: bool
    gated: str | bool = False
    commits: list[Commit] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    pulls: list[str] = field(default_factory=list)

    def add(self, title: str, files: dict[str, Blob], branch: str | None = "main") -> Commit:
        """A commit, to which a branch now points; to which none does, where it is a pull request's."""
        tree = sorted((path, blob.oid) for path, blob in files.items())
        oid = hashlib.sha1(f"{len(self.commits)} {title} {tree}".encode()).hexdigest()
        self.commits.append(Commit(oid, title, files))
        if branch:
            self.branches[branch] = oid
        return self.commits[-1]

    @property
    def head(self) -> Commit:
        return self.at("main")

    def at(self, revision: str) -> Commit:
        wanted = self.tags.get(revision) or self.branches.get(revision, revision)
        for commit in self.commits:
            if commit.oid == wanted:
                return commit
        raise Refusal(404, "Invalid rev id", "RevisionNotFound")


class Refusal(Exception):
    def __init__(self, status: int, message: str, code: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or {}


@dataclass
class Fault:
    """Goes wrong at the requests that `where` matches ("POST /api/…") or at the `at`-th of all, `times` times.

    `how` is a status, "drop" (the connection closes without an answer), "lost" (the same, after the request had its
    effect), or "silence" (the connection stays open until the stand-in ends); `meanwhile` is called before.
    """

    how: int | str
    where: str = ""
    at: int = -1
    times: int = 1
    message: str = "told to go wrong"
    headers: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[], object] | None = None

    def takes(self, number: int, line: str) -> bool:
        return self.times > 0 and (number == self.at if self.at >= 0 else re.search(self.where, line) is not None)


class StandIn:
    """The server; a context manager. `requests` has "METHOD /path" of each request in order."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.requests: list[str] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"hub": self}))
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def make(self, name: str, *, private: bool = False) -> Repo:
        repo = self.repos[name] = Repo(private)
        repo.add("initial commit", {".gitattributes": Blob(b"*.parquet filter=lfs\n", lfs=False)})
        return repo

    def files(self, name: str) -> dict[str, bytes]:
        """What the newest commit holds, without what the Hub put there."""
        return {path: blob.content for path, blob in self.repos[name].head.files.items() if path != ".gitattributes"}

    def published(self, name: str) -> list[str]:
        """The titles of the commits after the first, which the Hub makes."""
        return [commit.title for commit in self.repos[name].commits[1:]]


class _Handler(BaseHTTPRequestHandler):
    hub: StandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        line = f"{self.command} {unquote(urlsplit(self.path).path)}"
        with self.hub.lock:
            self.hub.requests.append(line)
            number = len(self.hub.requests) - 1
            fault = next((one for one in self.hub.faults if one.takes(number, line)), None)
            if fault:
                fault.times -= 1
        if fault and fault.meanwhile:
            fault.meanwhile()
        if fault and fault.how == "silence":
            self.hub.over.wait()
        if fault and fault.how in ("drop", "silence"):
            return self._drop()
        try:
            if fault and isinstance(fault.how, int):
                raise Refusal(fault.how, fault.message, headers=fault.headers)
            with self.hub.lock:
                status, answer, headers = self._answer(line, body)
        except Refusal as refusal:
            status, answer = refusal.status, json.dumps({"error": str(refusal)}).encode()
            headers = {"X-Error-Message": str(refusal), **refusal.headers}
            if refusal.code:
                headers["X-Error-Code"] = refusal.code
        if fault and fault.how == "lost":
            return self._drop()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(answer)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)
        return None

    do_GET = do_HEAD = do_POST = do_PUT = _handle  # noqa: N815

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _answer(self, line: str, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        self._who()
        for pattern, function in _ROUTES:
            if match := re.fullmatch(pattern, line):
                answer = function(self, body, *match.groups())
                if isinstance(answer, tuple):
                    return answer
                return 200, json.dumps(answer).encode(), {"Content-Type": "application/json"}
        raise Refusal(404, f"the stand-in does not know {line}")

    def _who(self) -> str | None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ") or None
        if token not in (None, WRITER, READER):
            raise Refusal(401, "Invalid credentials in Authorization header")
        return token

    def _write(self, namespace: str) -> None:
        if self._who() != WRITER or namespace != NAMESPACE:
            raise Refusal(403, "You don't have the rights to write to this namespace")

    def _repo(self, name: str) -> Repo:
        repo = self.hub.repos.get(name)
        if repo is None or (repo.private and not self._who()):
            raise Refusal(404 if self._who() else 401, "Repository not found", "RepoNotFound")
        return repo

    def _create(self, body: bytes) -> Json:
        asked = json.loads(body)
        assert asked["type"] == "dataset"
        name = f"{asked['organization']}/{asked['name']}"
        self._write(asked["organization"])
        if name in self.hub.repos:
            error = {"error": "You already created this dataset repo", "url": f"{self.hub.endpoint}/datasets/{name}"}
            return 409, json.dumps(error).encode(), {}
        self.hub.make(name, private=asked.get("visibility") == "private")
        return {"url": f"{self.hub.endpoint}/datasets/{name}"}

    def _validate(self, body: bytes) -> Json:
        header = yaml.safe_load(json.loads(body)["content"].split("---")[1])
        if header.get("license") not in LICENCES:
            error = {"errors": [{"message": f"license must be one of {sorted(LICENCES)}"}], "warnings": []}
            return 400, json.dumps(error).encode(), {}
        return {"errors": [], "warnings": []}

    def _info(self, body: bytes, name: str, revision: str | None) -> Json:
        repo = self._repo(name)
        commit = repo.at(revision or "main")
        return {
            "_id": "0",
            "id": name,
            "author": name.split("/")[0],
            "sha": commit.oid,
            "private": repo.private,
            "disabled": False,
            "gated": repo.gated,
            "downloads": 0,
            "likes": 0,
            "tags": [],
            "lastModified": "2026-01-01T00:00:00.000Z",
            "createdAt": "2026-01-01T00:00:00.000Z",
            "siblings": [{"rfilename": path} for path in sorted(commit.files)],
        }

    def _tree(self, body: bytes, name: str, revision: str, under: str | None) -> Json:
        query = parse_qs(urlsplit(self.path).query)
        files = self._repo(name).at(revision).files
        prefix = f"{unquote(under)}/" if under else ""
        recursive = query.get("recursive", ["false"])[0].lower() == "true"
        entries: dict[str, Json] = {}
        for path, blob in sorted(files.items()):
            if not path.startswith(prefix):
                continue
            parts = path.removeprefix(prefix).split("/")
            for depth in range(1, len(parts) if recursive else min(len(parts), 2)):
                folder = prefix + "/".join(parts[:depth])
                entries[folder] = {"type": "directory", "oid": "0" * 40, "size": 0, "path": folder}
            if recursive or len(parts) == 1:
                entries[path] = _entry(path, blob)
        if prefix and not entries:
            raise Refusal(404, "no such folder", "EntryNotFound")
        start = int(query.get("cursor", ["0"])[0])
        headers = {"Content-Type": "application/json"}
        if start + PAGE < len(entries):
            page = f"{self.hub.endpoint}{urlsplit(self.path).path}?recursive={recursive}&cursor={start + PAGE}"
            headers["Link"] = f'<{page}>; rel="next"'
        return 200, json.dumps(list(entries.values())[start : start + PAGE]).encode(), headers

    def _paths(self, body: bytes, name: str, revision: str) -> Json:
        files = self._repo(name).at(revision).files
        text = body.decode()
        asked = json.loads(text)["paths"] if text.startswith("{") else parse_qs(text)["paths"]
        found = [_entry(path, files[path]) for path in asked if path in files]
        folders = [path for path in asked if any(file.startswith(f"{path}/") for file in files)]
        return found + [{"type": "directory", "oid": "0" * 40, "size": 0, "path": path} for path in folders]

    def _refs(self, body: bytes, name: str) -> Json:
        repo = self._repo(name)
        tags = [{"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": oid} for tag, oid in repo.tags.items()]
        branches = [
            {"name": name, "ref": f"refs/heads/{name}", "targetCommit": oid} for name, oid in repo.branches.items()
        ]
        return {"branches": branches, "converts": [], "tags": tags}

    def _commits(self, body: bytes, name: str, revision: str) -> Json:
        return [
            {"id": one.oid, "title": one.title, "message": "", "date": "2026-01-01T00:00:00.000Z", "authors": _SOMEONE}
            for one in reversed(self._repo(name).commits)
        ]

    def _preupload(self, body: bytes, name: str, revision: str) -> Json:
        repo = self._repo(name)
        self._write(name.split("/")[0])
        asked = json.loads(body)["files"]
        assert len(asked) <= 256
        answers = []
        for file in asked:
            there = repo.head.files.get(file["path"])
            answers.append(
                {
                    "path": file["path"],
                    "uploadMode": "lfs" if file["path"].endswith((".parquet", ".png")) else "regular",
                    "shouldIgnore": False,
                    "oid": (there.sha256 if there.lfs else there.oid) if there else None,
                }
            )
        return {"files": answers}

    def _batch(self, body: bytes, name: str) -> Json:
        repo = self._repo(name)
        self._write(name.split("/")[0])
        answers = []
        for one in json.loads(body)["objects"]:
            answer = {"oid": one["oid"], "size": one["size"]}
            if one["oid"] not in repo.objects:
                put = {"href": f"{self.hub.endpoint}/storage/{name}/{one['oid']}"}
                verify = {"href": f"{self.hub.endpoint}/verify/{name}/{one['oid']}"}
                answer["actions"] = {"upload": put, "verify": verify}
            answers.append(answer)
        return {"objects": answers, "transfer": "basic"}

    def _put(self, body: bytes, name: str, oid: str) -> Json:
        if hashlib.sha256(body).hexdigest() != oid:
            raise Refusal(400, "the content is not what was announced")
        # As in real life the address is signed, and no token is sent with it.
        self.hub.repos[name].objects[oid] = body
        return {}

    def _verify(self, body: bytes, name: str, oid: str) -> Json:
        if oid not in self._repo(name).objects:
            raise Refusal(404, "no such object")
        return {}

    def _commit(self, body: bytes, name: str, branch: str) -> Json:
        repo = self._repo(name)
        self._write(name.split("/")[0])
        header, *changes = [json.loads(line) for line in body.splitlines()]
        assert header["key"] == "header"
        if header["value"].get("parentCommit", repo.at(branch).oid) != repo.at(branch).oid:
            raise Refusal(412, "A commit has happened since. Please refresh and try again.")
        parent = repo.at(branch)
        files = dict(parent.files)
        for change in changes:
            value = change["value"]
            if change["key"] == "file":
                files[value["path"]] = Blob(base64.b64decode(value["content"]), lfs=False)
            elif change["key"] == "lfsFile":
                if value["oid"] not in repo.objects:
                    raise Refusal(400, "an LFS object was not uploaded")
                files[value["path"]] = Blob(repo.objects[value["oid"]], lfs=True)
            elif change["key"] == "deletedFile":
                if files.pop(value["path"], None) is None:
                    raise Refusal(404, "A file with this name doesn't exist", "EntryNotFound")
            else:
                raise Refusal(400, f"unknown change {change['key']}")
        proposed = parse_qs(urlsplit(self.path).query).get("create_pr") == ["1"]
        commit = repo.add(header["value"]["summary"], files, None if proposed else branch)
        if proposed:
            repo.pulls.append(commit.oid)
            pull = f"{self.hub.endpoint}/datasets/{name}/discussions/{len(repo.pulls)}"
            made = f"{self.hub.endpoint}/datasets/{name}/commit/{commit.oid}"
            return {"commitUrl": made, "commitOid": commit.oid, "pullRequestUrl": pull}
        return {"commitUrl": f"{self.hub.endpoint}/datasets/{name}/commit/{commit.oid}", "commitOid": commit.oid}

    def _settings(self, body: bytes, name: str) -> Json:
        repo = self._repo(name)
        self._write(name.split("/")[0])
        asked = json.loads(body)
        if asked.keys() != {"gated"} or asked["gated"] not in ("auto", "manual", False):
            raise Refusal(400, f"unknown settings {asked}")
        repo.gated = asked["gated"]
        return {"gated": repo.gated}

    def _make_branch(self, body: bytes, name: str, branch: str) -> Json:
        repo = self._repo(name)
        self._write(name.split("/")[0])
        repo.branches.setdefault(branch, repo.head.oid)
        return {}

    def _make_tag(self, body: bytes, name: str, revision: str) -> Json:
        repo, tag = self._repo(name), json.loads(body)["tag"]
        self._write(name.split("/")[0])
        if tag in repo.tags:
            raise Refusal(409, "Tag reference exists already")
        repo.tags[tag] = repo.at(revision).oid
        return {}

    def _resolve(self, body: bytes, name: str, revision: str, path: str) -> Json:
        commit = self._repo(name).at(revision)
        if (blob := commit.files.get(path)) is None:
            raise Refusal(404, "Entry not found", "EntryNotFound")
        etag = f'"{blob.sha256 if blob.lfs else blob.oid}"'
        headers = {"ETag": etag, "X-Repo-Commit": commit.oid, "Content-Type": "application/octet-stream"}
        if blob.lfs:
            headers |= {"X-Linked-Size": str(len(blob.content)), "X-Linked-Etag": etag}
        if span := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(span[1]), int(span[2] or len(blob.content) - 1)
            part = blob.content[first : last + 1]
            headers["Content-Range"] = f"bytes {first}-{first + len(part) - 1}/{len(blob.content)}"
            return 206, part, headers
        return 200, blob.content, headers


def _entry(path: str, blob: Blob) -> Json:
    entry: Json = {"type": "file", "path": path, "oid": blob.oid, "size": len(blob.content)}
    if blob.lfs:
        entry["lfs"] = {"oid": blob.sha256, "size": len(blob.content), "pointerSize": 134}
    return entry


_SOMEONE = [{"user": "colleague"}]
_ID = r"([^/]+/[^/]+)"
_ROUTES: list[tuple[str, Callable[..., Json]]] = [
    ("POST /api/repos/create", _Handler._create),
    ("POST /api/validate-yaml", _Handler._validate),
    (f"GET /api/datasets/{_ID}(?:/revision/(.+))?", _Handler._info),
    (f"GET /api/datasets/{_ID}/tree/([^/]+)(?:/(.+))?", _Handler._tree),
    (f"POST /api/datasets/{_ID}/paths-info/([^/]+)", _Handler._paths),
    (f"GET /api/datasets/{_ID}/refs", _Handler._refs),
    (f"GET /api/datasets/{_ID}/commits/([^/]+)", _Handler._commits),
    (f"POST /api/datasets/{_ID}/preupload/([^/]+)", _Handler._preupload),
    (rf"POST /datasets/{_ID}\.git/info/lfs/objects/batch", _Handler._batch),
    (f"PUT /storage/{_ID}/([0-9a-f]+)", _Handler._put),
    (f"POST /verify/{_ID}/([0-9a-f]+)", _Handler._verify),
    (f"POST /api/datasets/{_ID}/commit/([^/]+)", _Handler._commit),
    (f"POST /api/datasets/{_ID}/branch/([^/]+)", _Handler._make_branch),
    (f"PUT /api/datasets/{_ID}/settings", _Handler._settings),
    (f"POST /api/datasets/{_ID}/tag/([^/]+)", _Handler._make_tag),
    (f"(?:GET|HEAD) /datasets/{_ID}/resolve/([^/]+)/(.+)", _Handler._resolve),
]
