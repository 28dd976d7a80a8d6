"""COMET (Rei et al. 2020) through its command comet-score.

COMET is run as a command instead of imported: it pins old versions of numpy and huggingface_hub, so it needs a separate
environment (`pipx install unbabel-comet`).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, Signature
from corpus_builder.evaluate.testset import Array, TestSet
from corpus_builder.files import json_of


class Comet(Metric):
    """The mean of the segment scores, on the scale of the model. Statistics: score, 1.

    COMET takes one reference; of several, the first is used.
    """

    name = "comet"
    title = "COMET"
    decimals = 4

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:
        if settings.comet_model is None:
            raise UsageError(
                "COMET needs a model",
                next_step="give --comet-model MODEL, e.g. Unbabel/wmt22-comet-da or the path of a checkpoint",
            )
        self._command = _find_command()
        # the command runs in another folder, so a relative path of a checkpoint would not work
        checkpoint = Path(settings.comet_model)
        self._model = str(checkpoint.resolve()) if checkpoint.exists() else settings.comet_model
        self._gpus = settings.comet_gpus
        self._source, self._reference = test.sources, test.references[0]
        self.signature = Signature.of(nrefs=1, model=settings.comet_model)

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2).

        Raises:
            RunError: comet-score failed, or did not score every segment.
        """
        with tempfile.TemporaryDirectory() as folder:
            names = {"source": self._source, "output": outputs, "reference": self._reference}
            for name, lines in names.items():
                Path(folder, name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            command = [self._command, "-s", "source", "-t", "output", "-r", "reference", "--model", self._model]
            command += ["--gpus", str(self._gpus), "--to_json", "scores.json", "--only_system", "--quiet"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            scores = Path(folder, "scores.json")
            if done.returncode or not scores.exists():
                last = (done.stderr.strip().splitlines() or ["no message"])[-1]
                raise RunError(f"comet-score failed with exit status {done.returncode}: {last}")
            (segments,) = json_of(scores.read_text(encoding="utf-8")).values()
        if len(segments) != len(outputs):
            raise RunError(f"comet-score returned {len(segments)} scores for {len(outputs)} segments")
        return np.array([[segment["COMET"], 1.0] for segment in segments])

    def scores(self, totals: Array) -> Array:
        """The mean segment score."""
        mean: Array = totals[..., 0] / totals[..., 1]
        return mean


def _find_command() -> str:
    beside_python = Path(sys.executable).with_name("comet-score")
    command = shutil.which("comet-score") or (str(beside_python) if beside_python.exists() else None)
    if command is None:
        raise UsageError(
            "COMET is not installed: command comet-score not found",
            next_step="pipx install unbabel-comet (in a separate environment), then run this again",
        )
    return command
