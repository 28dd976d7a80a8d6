"""Translators that are run: the cache, cmd:, copy:, their options, and hf: and ct2: where they are installed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus_builder.errors import ConfigError, RunError, UsageError
from corpus_builder.evaluate.cache import AnswerCache
from corpus_builder.evaluate.systems import open_systems, parse_names
from corpus_builder.evaluate.testset import Pair
from corpus_builder.evaluate.translators import make_translator, read_options, translate_all

PAIR = Pair("uk", "ru")


class Recorder:
    """Translates by capitals, remembers what it was asked, and breaks at the segment `broken`."""

    def __init__(self, name="recorder", broken=None):
        self.identity = {"kind": name}
        self.asked = []
        self.broken = broken

    def translate(self, segments):
        for segment in segments:
            if segment == self.broken:
                raise RunError("out of order", next_step="mend it")
            self.asked.append(segment)
            yield {segment: segment.upper()}


@pytest.fixture
def cache(tmp_path):
    with AnswerCache(tmp_path / "cache" / "translations.sqlite") as cache:
        yield cache


def test_nothing_is_translated_twice(cache):
    translator = Recorder()
    assert translate_all(translator, ["a", "b", "a"], cache) == ["A", "B", "A"]
    assert translate_all(translator, ["b", "c"], cache) == ["B", "C"]
    assert translator.asked == ["a", "b", "c"]


def test_another_translator_has_translations_of_its_own(cache):
    one, other = Recorder("one"), Recorder("other")
    translate_all(one, ["a"], cache)
    translate_all(other, ["a"], cache)
    assert other.asked == ["a"]


def test_after_a_failure_finished_translations_are_in_the_cache(cache):
    translator = Recorder(broken="c")
    with pytest.raises(RunError, match="out of order") as error:
        translate_all(translator, ["a", "b", "c", "d"], cache)
    assert "mend it; 2 of 4 segments are in the cache" in error.value.next_step
    translator.broken = None
    assert translate_all(translator, ["a", "b", "c", "d"], cache) == ["A", "B", "C", "D"]
    assert translator.asked == ["a", "b", "c", "d"]


def test_progress_counts_different_segments(cache):
    seen = []
    translate_all(Recorder(), ["a", "b", "a"], cache, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_a_translator_that_leaves_segments_out(cache):
    translator = Recorder()
    translator.translate = lambda segments: iter([{segments[0]: "A"}])
    with pytest.raises(RunError, match="returned nothing for 1 of 2"):
        translate_all(translator, ["a", "b"], cache)


def test_a_cache_that_is_none(tmp_path):
    (tmp_path / "file").write_text("not a database, and longer than a header of one would be " * 20)
    with pytest.raises(RunError, match="cannot be used"):
        AnswerCache(tmp_path / "file")


def command(text, **options):
    return make_translator("s", f"cmd:{text}", PAIR, {"s": options})


def translate(translator, segments):
    return {source: text for piece in translator.translate(segments) for source, text in piece.items()}


def test_a_command_reads_lines_and_writes_lines():
    assert translate(command("tr a-z A-Z | sed s/B/-/"), ["abc", "ґанок"]) == {"abc": "A-C", "ґанок": "ґанок"}


def test_a_command_runs_once_for_each_batch(tmp_path):
    runs = tmp_path / "runs"
    translator = command(f"echo x >> {runs}; cat", batch=2)
    assert translate(translator, ["a", "b", "c"]) == {"a": "a", "b": "b", "c": "c"}
    assert runs.read_text().count("x") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("head -n 1", "read 2 lines and wrote 1"),
        ("cat; echo more", "read 2 lines and wrote 3"),
        ("true", "read 2 lines and wrote 0"),
        ("cat; echo no such model >&2; exit 3", "exit status 3: no such model"),
        ("exit 3", "exit status 3: no message"),
        (r"printf '\377\n\377\n'", "not UTF-8"),
    ],
)
def test_a_command_that_breaks_the_rules(text, message):
    with pytest.raises(RunError, match=message):
        translate(command(text), ["a", "b"])


def test_a_command_that_takes_too_long():
    with pytest.raises(RunError, match=r"took longer than 0\.2 s"):
        translate(command("sleep 5", timeout=0.2), ["a"])


def test_apertium_translates_each_line_by_itself():
    if not (shutil.which("cg-proc") and Path("/usr/share/apertium/apertium-rus-ukr").exists()):
        pytest.skip("Apertium (apertium-rus-ukr, cg3, apertium-lex-tools) is not installed")
    script = Path(__file__).resolve().parents[2] / "benchmarks" / "apertium_uk_ru.sh"
    segments = ["Парламент змінив назву міста", "Це нова книга.", "[x] ^y$ <z>"]
    together = translate(command(script), segments)
    assert together["Парламент змінив назву міста"] == "Парламент сменил название города"
    assert together["[x] ^y$ <z>"] == "[x] ^y$ <z>"
    assert together == translate(command(script, batch=1), segments)


def test_a_changed_script_is_another_system(tmp_path):
    script = tmp_path / "translate.sh"
    script.write_text("cat")
    before = command(f"sh {script}").identity
    assert command(f"sh {script}").identity == before
    script.write_text("tr a b")
    assert command(f"sh {script}").identity != before


def test_systems_are_files_or_translators(tmp_path, lines):
    path = lines("out.uk", ["x"])
    systems = open_systems(
        parse_names([f"file={path}", "copy=copy:", "web=http://localhost/v1"]), PAIR, {"web": {"model": "m"}}
    )
    assert systems.names == ("file", "copy", "web")
    assert systems.files == {"file": path}
    assert systems.translators["web"].identity["url"] == "http://localhost/v1/chat/completions"
    with pytest.raises(UsageError, match="file not found"):
        open_systems({"a": str(tmp_path / "absent")}, PAIR, {})


@pytest.mark.parametrize("option", ["out.uk", "=out.uk", "a/b=out.uk", "cmd:sed s=a=b=", "name="])
def test_a_system_without_a_name(option):
    with pytest.raises(UsageError, match="is not NAME=FILE"):
        parse_names([option])


def test_two_systems_of_one_name():
    with pytest.raises(UsageError, match="two systems are named 'a'"):
        parse_names(["a=x", "a=y"])


def test_options_of_systems(tmp_path):
    config = tmp_path / "systems.toml"
    config.write_text('[mt]\nbatch = 3\n["gpt 4"]\nmodel = "x"\n')
    assert read_options(config, ("mt", "gpt 4")) == {"mt": {"batch": 3}, "gpt 4": {"model": "x"}}
    with pytest.raises(ConfigError, match=r"no system is named 'gpt 4'"):
        read_options(config, ("mt",))
    config.write_text("[mt")
    with pytest.raises(ConfigError, match="not valid TOML"):
        read_options(config, ("mt",))
    with pytest.raises(ConfigError, match="cannot be read"):
        read_options(tmp_path / "absent", ())


@pytest.mark.parametrize(
    ("system", "options", "message"),
    [
        ("cmd:cat", {"bath": 3}, r"bath: unknown key \(did you mean batch\?\)"),
        ("cmd:cat", {"batch": 0}, "batch: Input should be greater"),
        ("http://localhost", {}, "model: this key is required"),
        ("http://localhost", {"model": "m", "prompt": "Translate!"}, r"must contain \{text\}"),
        ("http://localhost", {"model": "m", "prompt": "{text} {txt}"}, "may be in braces"),
        ("copy:", {"model": "m"}, "model: unknown key"),
    ],
)
def test_wrong_options_are_refused(system, options, message):
    with pytest.raises(ConfigError, match=message):
        make_translator("s", system, PAIR, {"s": options})


@pytest.mark.parametrize(
    ("system", "message"),
    [("cmd:", "command is missing"), ("cmd:echo 'a", "not a shell command"), ("copy:x", "takes no argument"),
     ("ct2:/absent", "model.bin is missing")],
)  # fmt: skip
def test_nothing_usable_after_the_colon(system, message):
    with pytest.raises(UsageError, match=message):
        make_translator("s", system, PAIR, {})


def test_a_web_address_of_another_kind():
    with pytest.raises(ConfigError, match="not a web address"):
        make_translator("s", "http:ftp://x", PAIR, {"s": {"model": "m"}})


@pytest.fixture
def tiny_model(tmp_path):
    """A Marian model with random weights, and the sentencepiece models that it and CTranslate2 read."""
    pytest.importorskip("torch", reason="hf: and ct2: need torch and transformers to make a model")
    transformers = pytest.importorskip("transformers", reason="hf: and ct2: need transformers to make a model")
    import json

    import sentencepiece
    import torch

    folder = tmp_path / "model"
    folder.mkdir()
    text = tmp_path / "text"
    text.write_text("\n".join(f"слово {number} та ще слово {number * 7}" for number in range(200)), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "source"), vocab_size=60, minloglevel=2, model_type="bpe"
    )
    (folder / "source.model").rename(folder / "source.spm")
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    processor = sentencepiece.SentencePieceProcessor(str(folder / "source.spm"))
    pieces = ["</s>", "<unk>", *(processor.id_to_piece(number) for number in range(3, len(processor))), "<pad>"]
    (folder / "vocab.json").write_text(
        json.dumps({piece: number for number, piece in enumerate(pieces)}), encoding="utf-8"
    )
    torch.manual_seed(1)
    config = transformers.MarianConfig(
        vocab_size=len(pieces), decoder_vocab_size=len(pieces), d_model=16, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16,
        pad_token_id=len(pieces) - 1, eos_token_id=0, decoder_start_token_id=len(pieces) - 1,
        max_position_embeddings=64,
    )  # fmt: skip
    transformers.MarianMTModel(config).save_pretrained(folder)
    tokenizer = transformers.MarianTokenizer(
        source_spm=str(folder / "source.spm"), target_spm=str(folder / "target.spm"), vocab=str(folder / "vocab.json"),
        source_lang="uk", target_lang="ru",
    )  # fmt: skip
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_transformers_model(tiny_model):
    options = {"s": {"beams": 2, "longest_output": 8, "batch": 2}}
    segments = ["слово 1", "ще слово 22", "та слово"]
    first = translate(make_translator("s", f"hf:{tiny_model}", PAIR, options), segments)
    again = translate(make_translator("s", f"hf:{tiny_model}", PAIR, options), segments)
    assert set(first) == set(segments)
    assert first == again
    assert any(first.values())
    with pytest.raises(UsageError, match="no language code 'ukr_Cyrl'"):
        translate(make_translator("s", f"hf:{tiny_model}", PAIR, {"s": {"target_code": "ukr_Cyrl"}}), segments)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_ctranslate2_model(tiny_model, tmp_path):
    pytest.importorskip("ctranslate2", reason="ct2: needs ctranslate2")
    from ctranslate2.converters import TransformersConverter

    converted = tmp_path / "converted"
    TransformersConverter(str(tiny_model), copy_files=["source.spm", "target.spm"]).convert(str(converted))
    segments = ["слово 1", "ще слово 22", "та слово"]
    translator = make_translator("s", f"ct2:{converted}", PAIR, {"s": {"longest_output": 8}})
    first = translate(translator, segments)
    assert set(first) == set(segments)
    assert first == translate(translator, segments)
    assert any(first.values())
