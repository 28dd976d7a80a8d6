"""Quotations of several editions: which are the same words, and how faithfully they are given."""

from __future__ import annotations

from itertools import combinations

import pytest

from corpus_builder.model import Block, BlockKind, PlacedBead, PlacedQuote, QuoteSide, Span
from corpus_builder.quotes import find_quotes
from corpus_builder.quotes.agreement import speakers_agree
from corpus_builder.quotes.alignment import align_quotes

STORY = {
    "uk": (
        '"Ми відкриємо міст у червні", – сказав мер Андрій Ставицький.',
        'За словами Ганни Бондар, ремонт був "довгим і дорогим для міста".',
        "Мешканці чекали на це два роки.",
    ),
    "ru": (
        '"Мы откроем мост в июне", – сказал мэр Андрей Ставицкий.',
        'По словам Анны Бондарь, ремонт был "долгим и дорогим для города".',
        "Жители ждали этого два года.",
    ),
    "en": ('"We will open the bridge in June," Mayor Andrii Stavytskyi said.', "Residents had waited for two years."),
}
BEADS = (("uk", 0), ("ru", 0), ("en", 0)), (("uk", 1), ("ru", 1)), (("uk", 2), ("ru", 2), ("en", 1))


def story(texts: dict[str, tuple[str, ...]] = STORY) -> dict[str, tuple[Block, ...]]:
    return {language: tuple(Block(BlockKind.PARAGRAPH, text) for text in own) for language, own in texts.items()}


def aligned(
    blocks: dict[str, tuple[Block, ...]], beads: tuple[tuple[tuple[str, int], ...], ...] = BEADS
) -> list[PlacedQuote]:
    placed = [
        PlacedBead(
            "1",
            "sentence",
            position,
            tuple(Span(language, block, 0, len(blocks[language][block].text)) for language, block in bead),
            5.0,
            0.9,
            {},
            (),
            1.0,
        )
        for position, bead in enumerate(beads)
    ]
    quotes = {language: find_quotes(own, language) for language, own in blocks.items()}
    return align_quotes("1", quotes, blocks, placed)


def texts(quote: PlacedQuote) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for side in quote.sides:
        found.setdefault(side.language, []).append(side.text)
    return found


def test_the_same_words_become_one_quotation_with_its_speakers() -> None:
    bridge, repair, words = aligned(story())
    assert texts(bridge) == {
        "uk": ["Ми відкриємо міст у червні"],
        "ru": ["Мы откроем мост в июне"],
        "en": ["We will open the bridge in June,"],
    }
    assert [side.form for side in bridge.sides] == ["direct"] * 3
    assert bridge.fidelity["speakers_agree"] == bridge.fidelity["forms_agree"] == 1.0
    assert bridge.flags == ()
    assert bridge.probability == 0.9
    assert [side.form for side in repair.sides] == ["indirect"] * 2
    assert words.flags == ("omitted_en",)
    assert texts(words) == {"uk": ["довгим і дорогим для міста"], "ru": ["долгим и дорогим для города"]}


def test_a_quotation_in_two_pieces_joins_the_whole_one() -> None:
    broken = {
        "uk": ('"Ми відкриємо міст у червні, – сказав мер Ставицький. – Приходьте всі, хто чекав на це свято".',),
        "en": ('"We will open the bridge in June. Come, all of you who waited for the feast," Mayor Stavytskyi said.',),
    }
    blocks = story(broken)
    (quote,) = aligned(blocks, ((("uk", 0), ("en", 0)),))
    assert len(texts(quote)["uk"]) == 2
    assert len(texts(quote)["en"]) == 1
    assert "merged" in quote.flags


def test_said_here_and_reported_there_is_flagged() -> None:
    blocks = story(
        {
            "uk": ('"Ми закриваємо школу на ремонт", – заявив директор Олег Гнатюк.',),
            "en": ('Director Oleh Hnatiuk said that the school was closing "for repairs until the very spring".',),
        }
    )
    quote, _ = aligned(blocks, ((("uk", 0), ("en", 0)),))
    assert [side.form for side in quote.sides] == ["direct", "partial"]
    assert "direct_and_reported" in quote.flags
    assert quote.fidelity["forms_agree"] == 0.0


def test_words_in_marks_are_kept_as_mentions_and_names_are_not() -> None:
    blocks = story(
        {
            "uk": ('На стіні напис "Зробімо місто знову зеленим", а поруч крамниця "Добрий ранок".',),
            "en": ('The wall reads "Make the town green again", and the shop is called "Good Morning".',),
        }
    )
    (slogan,) = aligned(blocks, ((("uk", 0), ("en", 0)),))
    assert texts(slogan) == {"uk": ["Зробімо місто знову зеленим"], "en": ["Make the town green again"]}


def test_a_short_mention_is_kept_where_another_edition_has_a_quotation() -> None:
    blocks = story(
        {
            "uk": ('Натовп скандував "Не забудемо, не пробачимо!" до ночі.',),
            "en": ('The square was full of "No forgetting" until night.',),
        }
    )
    (chant,) = aligned(blocks, ((("uk", 0), ("en", 0)),))
    assert {side.form for side in chant.sides} == {"partial", "mentioned"}
    assert "said_and_mentioned" in chant.flags
    assert chant.fidelity["forms_agree"] == 0.0


def test_titles_are_no_quotes_and_what_is_quoted_within_a_quotation_is_nested() -> None:
    blocks = story(
        {
            "uk": (
                "Книга «Дім, у якому ніхто не спить» вийшла в травні.",
                '"Він сказав мені: «Приходь завтра раненько». І я пішла", – розповіла Ольга Гнатюк.',
            ),
            "ru": (
                "Книга «Дом, в котором никто не спит» вышла в мае.",
                '"Он сказал мне: «Приходи завтра пораньше». И я пошла", – рассказала Ольга Гнатюк.',
            ),
        }
    )
    title, whole, nested = aligned(blocks, ((("uk", 0), ("ru", 0)), (("uk", 1), ("ru", 1))))
    assert title.flags == ("not_a_quote",)
    assert "nested" not in whole.flags
    assert "nested" in nested.flags
    assert texts(nested)["ru"] == ["Приходи завтра пораньше"]


def test_two_quotations_in_one_bead_keep_their_order() -> None:
    blocks = story(
        {
            "uk": (
                '"Перший поїзд піде о шостій ранку", – сказала Олена Мороз. '
                '"Останній поїзд піде опівночі", – додав Іван Коваль.',
            ),
            "ru": (
                '"Первый поезд пойдет в шесть утра", – сказала Елена Мороз. '
                '"Последний поезд пойдет в полночь", – добавил Иван Коваль.',
            ),
        }
    )
    first, last = aligned(blocks, ((("uk", 0), ("ru", 0)),))
    assert texts(first)["ru"] == ["Первый поезд пойдет в шесть утра"]
    assert texts(last)["ru"] == ["Последний поезд пойдет в полночь"]


def test_every_piece_lies_in_exactly_one_quotation_without_any_bead() -> None:
    blocks = story()
    found = aligned(blocks, ())
    assert sorted(text for quote in found for pieces in texts(quote).values() for text in pieces) == sorted(
        blocks[language][block].text[start:end]
        for language, own in blocks.items()
        for quote in find_quotes(own, language)
        for block, start, end in quote.spans
    )
    assert all("one_sided" in quote.flags for quote in found)


@pytest.mark.parametrize(
    ("uk", "ru", "en"),
    [
        ("Трамп", "Трампа", "Trump"), ("Пітер Боун", "Питер Боун", "Peter Bone"), ("Гейл", "Хейл", "Hale"),
        ("Вокер", "Уокер", "Walker"), ("Максвелл", "Максвеллом", "Ghislaine Maxwell"), ("Сміт", "Смит", "J. Smith"),
        ("Райт", "Райту", "Orville Wright"), ("Г'юз", "Хьюз", "Hughes"), ("Джордж Вотсон", "Уотсон", "Watson"),
        ("Гегсет", "Хегсет", "Pete Hegseth"), ("генсек ООН Антоніу Гутерріш", "Гутерриш", "António Guterres"),
        ("Сі Цзіньпіна", "Си Цзиньпин", "Chinese President Xi"), ("Мей", "Мэй", "UK Prime Minister Theresa May"),
        ("Роберт Фіцо", "Роберт Фицо", "Robert Fico"), ("Вучич", "Александр Вучич", "Aleksandar Vučić"),
        ("Мустафа Джемілєв", "Мустафа Джемилев", "Mustafa Dzhemilev"), ("Марії Захарової", "Захаровой", "Zakharova"),
        ("Орбан Віктор", "Виктор Орбан", "Viktor Orbán"), ("Кінгслі Еміс", "Кингсли Эмис", "Kingsley Amis"),
    ],
)  # fmt: skip
def test_one_person_by_sound_in_three_spellings(uk: str, ru: str, en: str) -> None:
    sides = [QuoteSide(language, "", "direct", None, name, None, 0, ()) for language, name in
             (("uk", uk), ("ru", ru), ("en", en))]  # fmt: skip
    assert [speakers_agree(a, b) for a, b in combinations(sides, 2)] == [True, True, True]


@pytest.mark.parametrize(
    ("uk", "en", "agree"),
    [
        ("Джон Кеннеді", "John Goldsmith", False), ("Шольц", "Shmyhal", False), ("Петренко", "Petrov", False),
        ("Ентоні Блінкен", "Benjamin Netanyahu", False), ("Жан Дюжарден", "Kim Jong Un", False),
        ("Міністерство оборони", "Ministry of Health", None), ("МЗС", "MFA", None), ("Двоє", "Smith", None),
        ("Лютий", "Smith", None), ("Вони", "Smith", None), ("Однак", "Smith", None), ("Рада", "Council", None),
        ("Білий дім", "White House", None), ("Конституційний суд", "Constitutional Court", None),
        ("Генштаб", "General Staff", None), ("Міноборони", "Defence Ministry", None), ("Крос", "Angela Cross", True),
        ("командувач Повітряних сил Олещук", "Air Force Commander Mykola Oleshchuk", True),
    ],
)  # fmt: skip
def test_two_people_differ_and_bodies_numerals_and_pronouns_are_nobody(uk: str, en: str, agree: bool | None) -> None:
    one, other = (
        QuoteSide(language, "", "direct", None, name, None, 0, ()) for language, name in (("uk", uk), ("en", en))
    )
    assert speakers_agree(one, other) is agree


def test_names_agree_over_scripts_and_cases_and_guesses_do_not_disagree() -> None:
    def side(mention: str | None, person: str | None) -> QuoteSide:
        return QuoteSide("uk", "", "direct", person, mention, None, 0, ())

    assert speakers_agree(side("Пєскова", "Дмитро Пєсков"), side("Peskov", "Dmitry Peskov")) is True
    assert speakers_agree(side("Ставицький", None), side("Bondar", None)) is False
    assert speakers_agree(side("він", "Андрій Ставицький"), side("Bondar", None)) is None
    assert speakers_agree(side(None, None), side("Bondar", None)) is None
