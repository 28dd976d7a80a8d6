"""What is installed under which name: the distribution, its extras, its data files, and every hint to install it."""

from __future__ import annotations

import re
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest

import corpus_builder
from corpus_builder.install import DISTRIBUTION, install_command
from corpus_builder.resources import shipped

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGE = sorted((ROOT / "corpus_builder").rglob("*.py"))


def texts() -> Iterator[Path]:
    """Everything that a user may read: code with its messages, templates, docs, benchmarks."""
    for folder in ("corpus_builder", "docs", "benchmarks", "configs", "data"):
        yield from (
            path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".j2", ".html", ".md", ".toml"}
        )
    yield ROOT / "README.md"


def constants(function: str) -> set[str]:
    """The first arguments of all calls of a function in the package, where they are plain strings."""
    call = re.compile(rf"\b{function}\(\s*[\"']([^\"']+)[\"']")
    return {constant for path in PACKAGE for constant in call.findall(path.read_text(encoding="utf-8"))}


def installed_with(monkeypatch: pytest.MonkeyPatch, *urls: str) -> None:
    """Let the distribution be installed with these project URLs."""
    message = Message()
    for url in urls:
        message["Project-URL"] = url

    def read(name: str) -> Message:
        assert name == DISTRIBUTION
        return message

    monkeypatch.setattr(metadata, "metadata", read)


def test_the_distribution_has_its_own_name_and_the_command_the_short_one() -> None:
    assert PROJECT["project"]["name"] == DISTRIBUTION != "corpus-builder"
    assert list(PROJECT["project"]["scripts"]) == ["corpus-builder"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", corpus_builder.__version__)
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "corpus_builder/version.py"


def test_with_a_repository_it_is_installed_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    installed_with(monkeypatch, "Homepage, https://example.org", "Repository, https://git.example.org/a/b.git")
    assert install_command() == f"pip install '{DISTRIBUTION} @ git+https://git.example.org/a/b.git'"
    assert install_command("hf") == f"pip install '{DISTRIBUTION}[hf] @ git+https://git.example.org/a/b.git'"


def test_without_a_repository_it_is_installed_from_a_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    installed_with(monkeypatch, "Homepage, https://example.org")
    assert install_command("generic", "onnx") == "pip install '.[generic,onnx]'  # in a checkout of corpus-builder"

    def missing(name: str) -> Message:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "metadata", missing)
    assert install_command() == "pip install '.'  # in a checkout of corpus-builder"


@pytest.mark.parametrize("path", texts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_hint_installs_the_package_of_that_name(path: Path) -> None:
    if path.name == "install.py":
        return
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bcorpus-builder\[", text)
    installed = re.findall(r"pip install\s+(?:-\S+\s+)*([^\s`]+)", text)
    if path.suffix in {".py", ".j2", ".html"} and "benchmarks" not in path.parts:
        assert installed == [], "the package's messages and cards use install_command"
    own = {"corpus-builder", "corpus_builder", DISTRIBUTION}
    for target in installed:
        name = re.split(r"[\[ @=<>]", target.strip("'\""))[0]
        assert name not in own, f"{target}: write '.[extra]'"
        if name == ".":
            extras = re.findall(r"[\w-]+", target)
            assert set(extras) <= set(PROJECT["project"]["optional-dependencies"])


def test_every_extra_that_a_message_names_exists() -> None:
    named = constants("install_command")
    assert {"cluster", "generic", "hf"} <= named <= set(PROJECT["project"]["optional-dependencies"])


def test_extras_that_refer_to_the_distribution_use_its_name() -> None:
    extras: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
    references = [line for lines in extras.values() for line in lines if "corpus-builder" in line]
    assert references
    for reference in references:
        name, _, rest = reference.partition("[")
        assert name == DISTRIBUTION
        assert set(rest.removesuffix("]").split(",")) <= set(extras), reference


def test_extras_install_together_with_an_old_pip() -> None:
    """pip 23.2 leaves lxml_html_clean out, and fails where both spellings of that extra of lxml are asked for."""
    extras: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
    assert any(line.startswith("lxml_html_clean") for line in extras["generic"])
    for name, lines in extras.items():
        if readability := [line for line in lines if line.startswith("readability-lxml")]:
            assert readability == ["readability-lxml>=0.8,<0.9"]
            assert f"{DISTRIBUTION}[generic]" in lines, name


def test_every_data_file_that_the_package_opens_is_in_the_wheel() -> None:
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert all((ROOT / source).exists() for source in included)
    opened = constants("shipped")
    assert {"data/newspaper", "configs/sites"} <= opened
    for path in opened:
        assert shipped(path).exists()
        assert any(path == source or path.startswith(f"{source}/") for source in included), path


def test_the_wheel_holds_code_data_and_configs(tmp_path: Path) -> None:
    """The wheel that `pip install` makes, built here without a network."""
    from hatchling.builders.wheel import WheelBuilder

    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    source = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "corpus_builder").rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    data = {
        f"{target}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, target in included.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert source | data <= names
    assert Path(wheel).name.startswith(f"{DISTRIBUTION.replace('-', '_')}-{corpus_builder.__version__}-")
