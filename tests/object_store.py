"""An S3 server on loopback, in a process of its own, that every other process reaches by the usual environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import pytest


class ObjectStore:
    """moto's S3 server. With `closed` it knows no key, so every request is refused."""

    def __init__(self, *, closed: bool = False) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, **({"INITIAL_NO_AUTH_ACTION_COUNT": "0"} if closed else {})}

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self
        raise RuntimeError("moto does not answer")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to reach it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    @cached_property
    def files(self) -> Any:
        """fsspec's file system, without its cache of listings; a new one takes a second."""
        import fsspec

        return fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch, *, closed: bool = False) -> Iterator[ObjectStore]:
    """A store that this process and its children are set to."""
    pytest.importorskip("s3fs")
    pytest.importorskip("moto")
    from corpus_builder import remote

    with ObjectStore(closed=closed) as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        _forget(remote)
        try:
            yield store
        finally:
            _forget(remote)


def _forget(remote: Any) -> None:
    """File systems are kept for the life of a process, with the settings that they were opened with."""
    import s3fs

    remote._filesystem.cache_clear()
    s3fs.S3FileSystem.clear_instance_cache()
