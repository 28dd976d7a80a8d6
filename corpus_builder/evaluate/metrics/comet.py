"""COMET (Rei et al. 2020) and CometKiwi through the command comet-score.

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

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.metrics.base import MeanMetric, MetricSettings, Signature, of_segments
from corpus_builder.evaluate.testset import Array, TestSet
from corpus_builder.files import json_of


class Comet(MeanMetric):
    """COMET, which compares with a reference; of several, with the first. On the scale of the model."""

    name = "comet"
    title = "COMET"

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:
        model = self.model(settings)
        self._command = _find_command()
        # the command runs in another folder, so a relative path of a checkpoint would not work
        checkpoint = Path(model)
        self._model = str(checkpoint.resolve()) if checkpoint.exists() else model
        self._gpus = settings.comet_gpus
        self._texts = {"source": test.sources} | self.compared(test)
        self.signature = Signature.of(nrefs=len(self.compared(test)), model=model)

    def model(self, settings: MetricSettings) -> str:
        """The model that scores."""
        if settings.comet_model is None:
            raise UsageError(
                "COMET needs a model",
                next_step="give --comet-model MODEL, e.g. Unbabel/wmt22-comet-da or the path of a checkpoint",
            )
        return settings.comet_model

    def compared(self, test: TestSet) -> dict[str, Sequence[str]]:
        """What outputs are compared with, beside the source."""
        return {"reference": test.references[0]}

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2).

        Raises:
            RunError: comet-score failed, or did not score every segment.
        """
        options = {"source": "-s", "output": "-t", "reference": "-r"}
        command = [self._command, "--model", self._model]
        with tempfile.TemporaryDirectory() as folder:
            for name, lines in ({"output": outputs} | self._texts).items():
                Path(folder, name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
                command += [options[name], name]
            command += ["--gpus", str(self._gpus), "--to_json", "scores.json", "--only_system", "--quiet"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            scores = Path(folder, "scores.json")
            if done.returncode or not scores.exists():
                last = (done.stderr.strip().splitlines() or ["no message"])[-1]
                raise RunError(
                    f"comet-score failed with exit status {done.returncode}: {last}", next_step=self._when_failed()
                )
            (segments,) = json_of(scores.read_text(encoding="utf-8")).values()
        if len(segments) != len(outputs):
            raise RunError(f"comet-score returned {len(segments)} scores for {len(outputs)} segments")
        return of_segments([segment["COMET"] for segment in segments])

    def _when_failed(self) -> str:
        """What to try. COMET says "not supported" of any model that it could not download, too."""
        if Path(self._model).exists():
            return f"try the same by hand: {self._command} --model {self._model} -s SOURCES -t OUTPUTS"
        return (
            f"comet-score downloads {self._model} from huggingface.co: that needs the network, and for a model with "
            f"terms, such as CometKiwi, that you accept them on its page and set HF_TOKEN. --{self.name}-model PATH "
            "takes a checkpoint that you have"
        )


class CometKiwi(Comet):
    """CometKiwi (Rei et al. 2022), which looks at source and output alone."""

    name = "cometkiwi"
    title = "CometKiwi"

    def model(self, settings: MetricSettings) -> str:
        """The model that scores: that of the WMT22 shared task, where no other is named."""
        return settings.cometkiwi_model or "Unbabel/wmt22-cometkiwi-da"

    def compared(self, test: TestSet) -> dict[str, Sequence[str]]:  # noqa: ARG002 - COMET compares with more
        """Nothing beside the source."""
        return {}


def _find_command() -> str:
    beside_python = Path(sys.executable).with_name("comet-score")
    command = shutil.which("comet-score") or (str(beside_python) if beside_python.exists() else None)
    if command is None:
        raise UsageError(
            "COMET is not installed: command comet-score not found",
            next_step="pipx install unbabel-comet (in a separate environment), then run this again",
        )
    return command
