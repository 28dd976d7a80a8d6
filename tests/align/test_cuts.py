"""Sentences run together by one edition are cut where the others show it."""

from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.align.aligner import train
from corpus_builder.align.resplit.resegmented import Resegmented
from corpus_builder.model import BlockKind, Document, Segment
from corpus_builder.text.boundaries import Place, Sign

STORY = {
    "uk": [
        "Ціни на хліб знову зросли",
        "Пекарі кажуть, що винен поганий врожай.",
        "У понеділок 14 магазинів у Києві та Львові підняли ціни на 20 відсотків.",
        "Міністр Олена Коваленко обіцяє допомогти маленьким пекарням.",
        "Вона прочитала звіт, який написав професор Томас Мюллер.",
        "Покупці стояли в черзі дві години, хоча йшов дощ.",
        "Наступного тижня уряд вирішить, чи купувати зерно в Румунії.",
    ],
    "ru": [
        "Цены на хлеб снова выросли",
        "Пекари говорят, что виноват плохой урожай.",
        "В понедельник 14 магазинов в Киеве и Львове подняли цены на 20 процентов.",
        "Министр Елена Коваленко обещает помочь маленьким пекарням.",
        "Она прочитала отчет, который написал профессор Томас Мюллер.",
        "Покупатели стояли в очереди два часа, хотя шел дождь.",
        "На следующей неделе правительство решит, покупать ли зерно в Румынии.",
    ],
    "en": [
        "Prices of bread rose again",
        "The bakers say that a bad harvest is to blame.",
        "On Monday 14 shops in Kyiv and Lviv raised their prices by 20 per cent.",
        "Minister Olena Kovalenko promises to help small bakeries.",
        "She read a report that Professor Thomas Müller wrote.",
        "Customers stood in the queue for two hours though it rained.",
        "Next week the government will decide whether to buy grain in Romania.",
    ],
}


def document(joined):
    """The story; in the languages named the first two of its sentences are one."""
    segments = {}
    for language, sentences in STORY.items():
        texts = [" ".join(sentences[:2]), *sentences[2:]] if language in joined else sentences
        segments[language] = tuple(
            Segment(text, 0 if n < 2 else n, BlockKind.PARAGRAPH) for n, text in enumerate(texts)
        )
    return Document("bread", segments)


def aligned(joined):
    one = document(joined)
    return one, *train([one], tuple(STORY)).align_resegmented(one)


def test_a_boundary_that_two_editions_show_is_found_in_the_third():
    one, resegmented, alignment = aligned({"uk"})
    assert [s.text for s in resegmented.document.segments["uk"]] == STORY["uk"]
    assert resegmented.document.segments["ru"] == one.segments["ru"]
    assert resegmented.origin["uk"][:3] == [(0, 0, 25), (0, 26, 65), (1, 0, len(STORY["uk"][2]))]
    assert [dict(bead.segments) for bead in alignment.beads] == [{"uk": (n,), "ru": (n,), "en": (n,)} for n in range(7)]


def test_names_are_not_cut_off():
    one, resegmented, _ = aligned(set())
    assert resegmented.document == one


def test_one_edition_alone_is_left_as_it_is():
    one = Document("lone", {"uk": document({"uk"}).segments["uk"], "ru": ()})
    aligner = train([document(set())], tuple(STORY))
    assert aligner.align_resegmented(one)[0].document == one
    assert aligner.align_resegmented(one)[1] == aligner.align(one)


@given(st.lists(st.text("ab", min_size=1), min_size=1), st.integers(0, 3))
def test_the_pieces_of_a_segment_give_it_back(words, number):
    text = " ".join(words)
    at = [sum(map(len, words[:k])) + k - 1 for k in range(1, len(words))]
    whole = tuple(Segment(text if n == number else "x", n, BlockKind.PARAGRAPH, "source") for n in range(4))
    resegmented = Resegmented.of(
        Document("d", {"uk": whole}), {"uk": {number: [Place(e, e + 1, Sign.OPENER) for e in at]}}
    )
    assert [s.text for s in resegmented.document.segments["uk"] if s.block == number] == words
    for segment, (k, start, end) in zip(resegmented.document.segments["uk"], resegmented.origin["uk"], strict=True):
        assert segment.text == whole[k].text[start:end]
        assert (segment.block, segment.label) == (k, "source")


def test_a_sentence_of_nothing_but_names_is_left_alone():
    names = (
        " ".join(f"{a}{b}" for a in ("Anna", "Boris", "Clara", "Dmytro") for b in ("enko", "ova", "sen", "ski")) * 20
    )
    segments = {x: (Segment(f"{names} The {names}.", 0, BlockKind.PARAGRAPH),) for x in STORY}
    one = Document("names", segments)
    assert train([document(set())], tuple(STORY)).align_resegmented(one)[1].beads
