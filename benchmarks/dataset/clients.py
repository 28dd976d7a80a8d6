"""Which programs read which of our outputs, as a table of the tests that ran, with the versions of the programs.

    python benchmarks/dataset/clients.py                                       the table of docs/dataset.md
    CLIENTS_PYTHON=/venv1/bin/python:/venv2/bin/python python benchmarks/dataset/clients.py

The tests compare texts with everything that formats stumble over, row for row (tests/dataset/test_clients.py). Programs
that cannot be installed beside this one are looked for in the environments of CLIENTS_PYTHON: opustools and opusfilter
install a package named `tests`, which other programs then import. Cells of programs that are missing are "?".
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.dataset.clients import ELSEWHERE, READERS, found  # noqa: E402

OUTPUTS = ("folder", "published", "parquet", "jsonl", "tsv", "csv", "tsv --columns", "tmx", "xliff", "moses", "opus",
           "mtdata", "wmt")  # fmt: skip
CLIENTS = ("python", "pandas", "polars", "duckdb", "datasets", "huggingface_hub", "mlcroissant", "datatrove", "mtdata",
           "opustools", "opusfilter", "translate-toolkit", "sacrebleu", "lxml", "xmllint")  # fmt: skip
# It compares the page with the tests, and fails until the table is there.
PAGE = "test_the_page_has_every_cell_that_is_tested"
WHOLE = "test_every_client_reads_the_same_rows"


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    results = run()
    cells = {}
    for client, output in (*READERS, *ELSEWHERE):
        node = ELSEWHERE.get((client, output), f"{WHOLE}[{client}-{output}]")
        cells[client, output] = "✓" if results.get(node.rpartition("::")[2]) else "?"
    print(f"| client | version | {' | '.join(f'`{output}`' for output in OUTPUTS)} |")
    print(f"|---|---|{'---|' * len(OUTPUTS)}")
    for client in CLIENTS:
        there = found(client)
        row = [cells.get((client, output), "") for output in OUTPUTS]
        print(f"| {client} | {there[1] if there else '?'} | {' | '.join(row)} |")


def run() -> dict[str, bool]:
    """Whether each test passed, in all its cases; those that were skipped did not. Ends where one fails."""
    tests = ROOT / "tests" / "dataset"
    nodes = [str(tests / node) for node in ELSEWHERE.values()]
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
            "-k",
            f"not {PAGE}",
        ]
        command += [str(tests / "test_clients.py"), *nodes]
        done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(done.stdout)
        cases = list(ElementTree.parse(report).iter("testcase"))
    passed: dict[str, bool] = {}
    for case in cases:
        for name in {case.attrib["name"], case.attrib["name"].partition("[")[0]}:
            passed[name] = passed.get(name, True) and case.find("skipped") is None
    return passed


if __name__ == "__main__":
    main()
