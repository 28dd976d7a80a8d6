"""The package as a library: what it exports, that importing it costs nothing, and the examples of docs/library.md."""

from __future__ import annotations

import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import corpus_builder
from corpus_builder.errors import SkipPage, UsageError

PAGE = Path(__file__).resolve().parents[1] / "docs" / "library.md"


def test_the_examples_of_the_docs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    # Text outside the examples becomes empty lines, so that line numbers stay true; a fence ends what is expected.
    kept, inside = [], False
    for line in text.splitlines():
        fence = line.startswith("```")
        inside = line.startswith("```python") if fence else inside
        kept.append(line if inside and not fence else "")
    test = doctest.DocTestParser().get_doctest("\n".join(kept), {}, PAGE.name, str(PAGE), 0)
    assert len(test.examples) > 15
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append)
    assert result.failed == 0, "".join(report)


def test_importing_the_package_loads_nothing_but_the_standard_library() -> None:
    script = (
        "import sys; before = set(sys.modules); import corpus_builder\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['corpus_builder']"


def test_everything_exported_exists_and_every_function_is_described() -> None:
    packages = {path.stem for path in Path(corpus_builder.__file__).parent.iterdir()}
    assert not packages & set(corpus_builder.__all__), "importing a package would replace the function"
    for name in corpus_builder.__all__:
        exported = getattr(corpus_builder, name)
        if inspect.isfunction(exported):
            assert exported.__doc__
            signature = inspect.signature(exported)
            assert signature.return_annotation is not inspect.Signature.empty
            if "Args:" in exported.__doc__:
                described = set(re.findall(r"^        (\w+): ", exported.__doc__, re.MULTILINE))
                assert set(signature.parameters) <= described, name


def test_an_aligner_can_be_trained_kept_and_used_for_another_story(tmp_path: Path) -> None:
    from corpus_builder.align.aligner import Aligner

    stories = [{"uk": ["Перше речення.", "Друге речення, довше."], "en": ["First sentence.", "A second, longer one."]}]
    trained = corpus_builder.train_aligner(stories)
    trained.save(tmp_path)
    kept = Aligner.load(tmp_path)
    story = {"uk": ["Третє речення."], "en": ["A third sentence.", "And a fourth."]}
    assert corpus_builder.align_stories([story], kept) == corpus_builder.align_stories([story], trained)
    [alignment] = corpus_builder.align_stories([story], kept)
    assert sorted(i for bead in alignment.beads for i in bead.segments["en"]) == [0, 1]


def test_wrong_arguments_are_explained(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least two languages"):
        corpus_builder.align_stories([{"uk": ["Одне."]}])
    with pytest.raises(UsageError, match="language of the paragraphs"):
        corpus_builder.find_quotes(["“So,” she said."])
    with pytest.raises(UsageError, match="not a workspace"):
        next(iter(corpus_builder.read_stories(tmp_path)))
    with pytest.raises(UsageError, match="system: 1 segments for 2 source segments"):
        corpus_builder.evaluate_systems(
            ["a", "b"], ["а", "б"], {"system": ["а"]}, source_language="en", target_language="uk"
        )


def test_a_page_may_be_text_bytes_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read in a process apart."""

    def here(*_: object) -> None:
        raise AssertionError("read in this process")

    monkeypatch.setattr("corpus_builder.extract.extract_page", here)
    url = "https://www.vilna-hazeta.example/eng/news/2025/12/02/8010101/"
    path = tmp_path / "page.html"
    path.write_text("<html><body><p>nothing</p></body></html>")
    for page in (path, path.read_text(), path.read_bytes()):
        with pytest.raises(SkipPage) as raised:
            corpus_builder.extract_page(page, url, "sample")
        assert raised.value.reason == "empty_body"
