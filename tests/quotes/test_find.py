"""Quotes in one edition: form by form, on the sample newspaper, and on damaged text."""

import importlib.util
import random
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from corpus_builder.model import Block, BlockKind
from corpus_builder.quotes import Form, Quote, find_quotes

ROOT = Path(__file__).resolve().parents[2]
MARKS = "\"'«»“”„‘’‚"


def blocks(*texts: str) -> list[Block]:
    return [Block(BlockKind.PARAGRAPH, text) for text in texts]


def said(edition: list[Block], quote: Quote) -> list[str]:
    return [edition[span.block].text[span.start : span.end] for span in quote.spans]


@pytest.mark.parametrize(
    ("language", "text", "words", "form", "speaker", "cue"),
    [
        (
            "uk",
            '"Ми переможемо. Це точно", – сказав мер Іван Коваль.',
            "Ми переможемо. Це точно",
            "direct",
            "мер Іван Коваль",
            "сказав",
        ),
        (
            "uk",
            "За словами Олени Бондар, «ситуація складна, але контрольована».",
            "ситуація складна, але контрольована",
            "partial",
            "Олени Бондар",
            "За словами",
        ),
        (
            "uk",
            'Речник Андрій Мельник заявив: "Обстріл тривав годину".',
            "Обстріл тривав годину",
            "direct",
            "Речник Андрій Мельник",
            "заявив",
        ),
        ("uk", "– Ми вистоїмо, – сказала Оксана Лис.", "Ми вистоїмо", "direct", "Оксана Лис", "сказала"),
        (
            "ru",
            '"Помощь придёт. Ждите", – пообещал Олег Рябов.',
            "Помощь придёт. Ждите",
            "direct",
            "Олег Рябов",
            "пообещал",
        ),
        (
            "ru",
            "По словам Анны Беловой, дом «пришлось строить заново».",
            "пришлось строить заново",
            "partial",
            "Анны Беловой",
            "По словам",
        ),
        (
            "en",
            '"We will win. Mark my words," said Mayor John Cole.',
            "We will win. Mark my words,",
            "direct",
            "Mayor John Cole",
            "said",
        ),
        ("en", "“Is anyone there?” Anna Reed asked.", "Is anyone there?", "direct", "Anna Reed", "asked"),
        (
            "en",
            'The judge, Mary Holt, said the plan was "unlawful and reckless".',
            "unlawful and reckless",
            "partial",
            "Mary Holt",
            "said",
        ),
    ],
)
def test_one_quotation(language: str, text: str, words: str, form: str, speaker: str, cue: str) -> None:
    edition = blocks(text)
    (quote,) = [one for one in find_quotes(edition, language) if one.form is not Form.INDIRECT]
    assert said(edition, quote) == [words]
    assert (quote.form, quote.cue) == (form, cue)
    assert quote.speaker is not None
    assert speaker in quote.speaker
    assert quote.speaker_span is not None
    assert text[quote.speaker_span.start : quote.speaker_span.end] == quote.speaker


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("uk", 'Станцію "Наукова" зачинили, повідомили в метро.'),
        ("uk", 'Бойовики так званої "ДНР" обстріляли село.'),
        ("uk", 'Партія "Слуга народу" обрала голову, заявив Корнієнко.'),
        ("uk", 'Про це повідомляє "Європейська правда".'),
        ("uk", 'Саміт у "нормандському форматі" відклали, сказав речник.'),
        ("ru", "Компания «Аэрофлот» сократила рейсы, сообщил министр."),
        ("en", 'Drones called "Shahed" came in waves, officials said.'),
    ],
)
def test_names_and_scare_quotes_claim_no_speech(language: str, text: str) -> None:
    assert {quote.form for quote in find_quotes(blocks(text), language)} <= {Form.MENTIONED, Form.INDIRECT}


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("uk", 'Він був у кашкеті з написом "Зробімо місто знову зеленим".', "Зробімо місто знову зеленим"),
        ("ru", "Её книга «Дом, где никто не спит» вышла в мае.", "Дом, где никто не спит"),
        ("en", 'Her book "The House Where Nobody Sleeps" came out in May.', "The House Where Nobody Sleeps"),
    ],
)
def test_titles_and_slogans_are_mentioned_by_nobody(language: str, text: str, words: str) -> None:
    edition = blocks(text)
    (quote,) = find_quotes(edition, language)
    assert (quote.form, said(edition, quote)) == (Form.MENTIONED, [words])
    assert (quote.speaker, quote.person, quote.cue) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "outer", "inner"),
    [
        (
            '"Він сказав мені: «Приходь завтра раненько». І я пішла", – розповіла Ольга Гнатюк.',
            "Він сказав мені: «Приходь завтра раненько». І я пішла",
            "Приходь завтра раненько",
        ),
        # one mark closes both
        (
            "«Я не могла відповісти йому «тебе там уже не буде», – розповіла Ольга Гнатюк.",
            "Я не могла відповісти йому «тебе там уже не буде",
            "тебе там уже не буде",
        ),
    ],
)
def test_a_quotation_within_a_quotation_is_its_own(text: str, outer: str, inner: str) -> None:
    edition = blocks(text)
    whole, nested = find_quotes(edition, "uk")
    assert (said(edition, whole), whole.nested, whole.form) == ([outer], False, Form.DIRECT)
    assert (said(edition, nested), nested.nested) == ([inner], True)
    assert whole.person == "Ольга Гнатюк"
    assert nested.person != "Ольга Гнатюк", "what the speaker quotes is not hers"


@pytest.mark.parametrize(
    ("attribution", "speaker"),
    [
        ("Протерла ще раз і сказала", None),
        ("Мені кажуть", None),
        ("Вона сказала", "Вона"),
        ("Директор сказав", "Директор"),
    ],
)
def test_within_a_quotation_a_speaker_is_a_name_a_role_or_a_pronoun(attribution: str, speaker: str | None) -> None:
    edition = blocks(
        f'«Камера мовчала. {attribution}: "Або все зламалось, або ми щось відкрили". І пішла», – каже Ольга.'
    )
    nested = next(quote for quote in find_quotes(edition, "uk") if quote.nested)
    assert nested.speaker == speaker


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('«Ми відкриємо міст у червні", – сказав мер Іван Коваль.', "Ми відкриємо міст у червні"),
        ("“Ми відкриємо міст у червні», – сказав мер Іван Коваль.", "Ми відкриємо міст у червні"),
        ("„Ми відкриємо міст у червні», – сказав мер Іван Коваль.", "Ми відкриємо міст у червні"),
        ("««Ми відкриємо міст у червні», – сказав мер Іван Коваль.", "Ми відкриємо міст у червні"),
        ("«Ми відкриємо міст у червні»», – сказав мер Іван Коваль.", "Ми відкриємо міст у червні"),
        ('""Ми відкриємо міст у червні"", – сказав мер Іван Коваль.', "Ми відкриємо міст у червні"),
    ],
)
def test_damaged_marks_are_mended(text: str, words: str) -> None:
    edition = blocks(text)
    quote = find_quotes(edition, "uk")[0]
    assert (said(edition, quote), quote.form, quote.person) == ([words], Form.DIRECT, "Іван Коваль")


def test_a_stray_closing_mark_swallows_no_quotation() -> None:
    edition = blocks('Навіщо це місту? " Інший додав: «Реклама, далека від життя».')
    (quote,) = find_quotes(edition, "uk")
    assert said(edition, quote) == ["Реклама, далека від життя"]


@pytest.mark.parametrize(
    ("language", "text", "words", "person"),
    [
        ("uk", "2 вересня мер Іван Коваль заявив, що міст відкриють восени.", "міст відкриють восени", "Іван Коваль"),
        ("uk", "За словами Ольги Бондар, школу добудують за рік.", "школу добудують за рік", "Ольги Бондар"),
        ("ru", "Глава города Пётр Орлов сообщил, что мост откроют осенью.", "мост откроют осенью", "Пётр Орлов"),
        ("en", "Anna Reed said that the bridge would open in autumn.", "the bridge would open in autumn", "Anna Reed"),
        ("en", "The bridge will open in autumn, Anna Reed said.", "The bridge will open in autumn", "Anna Reed"),
        ("uk", "Міст відкриють восени, пояснила Анна Рудь.", "Міст відкриють восени", "Анна Рудь"),
        ("uk", "У штабі повідомили, що міст відкриють восени.", "міст відкриють восени", "штабі"),
        ("uk", "Газета «Наш край» повідомила, що міст відкриють восени.", "міст відкриють восени", "Наш край"),
        ("ru", "Орлов сообщил, что что мост откроют осенью.", "мост откроют осенью", "Орлов"),
    ],
)
def test_reported_speech(language: str, text: str, words: str, person: str) -> None:
    edition = blocks(text)
    (quote,) = [one for one in find_quotes(edition, language) if one.form is Form.INDIRECT]
    assert said(edition, quote) == [words]
    assert quote.person == person


def test_a_language_without_a_lexicon_has_no_quotes() -> None:
    assert find_quotes(blocks("„Ja“, sagte er."), "de") == []


def test_reported_speech_keeps_the_words_in_marks_within_it() -> None:
    edition = blocks('Мер Іван Коваль заявив, що міст "стоятиме двісті років" без ремонту.')
    clause, part = find_quotes(edition, "uk")
    assert (clause.form, part.form) == (Form.INDIRECT, Form.PARTIAL)
    assert said(edition, clause) == ['міст "стоятиме двісті років" без ремонту']
    assert said(edition, part) == ["стоятиме двісті років"]
    whole = blocks('Мер Іван Коваль заявив, що "міст стоятиме двісті років".')
    assert [quote.form for quote in find_quotes(whole, "uk")] == [Form.PARTIAL]


def test_titles_that_repeat_words_of_a_quotation_quote_it() -> None:
    edition = [
        Block(BlockKind.TITLE, 'Мер заявив про "кілька складних рішень"'),
        Block(BlockKind.PARAGRAPH, '"Попереду кілька складних рішень, і ми до них готові", – сказав мер Іван Коваль.'),
    ]
    assert [quote.form for quote in find_quotes(edition, "uk")] == [Form.PARTIAL, Form.DIRECT]


@pytest.mark.parametrize(
    ("language", "texts", "person"),
    [
        # the last person of that gender, not the last one
        (
            "uk",
            (
                "Мер Іван Коваль сказав, що міст відкриють.",
                "Депутатка Ольга Рудь заявила, що грошей немає.",
                '"Гроші знайдемо дуже скоро", – додав він.',
            ),
            "Іван Коваль",
        ),
        (
            "ru",
            (
                "Мэр Иван Коваль сказал, что мост откроют.",
                "Депутат Ольга Рудь заявила, что денег нет.",
                '"Деньги мы найдём очень скоро", – добавил он.',
            ),
            "Иван Коваль",
        ),
        (
            "en",
            (
                "Mayor John Cole said that the bridge would open.",
                "Councillor Anna Reed said that there was no money.",
                '"We will find the money very soon," he added.',
            ),
            "John Cole",
        ),
        # a verb without a subject tells the gender too
        (
            "uk",
            (
                "Мер Іван Коваль сказав, що міст відкриють.",
                "Депутатка Ольга Рудь заявила, що грошей немає.",
                '"Гроші знайдемо дуже скоро", – додав.',
            ),
            "Іван Коваль",
        ),
        # the subject of the sentence rather than who spoke before
        (
            "en",
            (
                "Mayor John Cole said that the bridge would open.",
                'Adam Stone met Peter Wells, after which he said that they "want to build the bridge together".',
            ),
            "Adam Stone",
        ),
        # an object after the verb is not its subject
        (
            "uk",
            (
                "Ольга Рудь сказала, що готова.",
                "Лідерка підтвердила слова Івана Коваля. За її словами, це було «лише для міста».",
            ),
            "Ольга Рудь",
        ),
        # no person, no guess
        ("uk", ("Міністерство оборони заявило, що все готово.", '"Усе буде дуже добре", – сказав він.'), None),
        ("en", ("The European Union said that it was ready.", '"It will all be very well," he said.'), None),
        ("en", ("Anna Reed said that it was ready.", '"It will all be very well," he said.'), None),
        ("en", ("Anna Reed said that it was ready.", '"It will all be very well," they said.'), None),
        # the name of another within a role is not the speaker's
        (
            "en",
            ("Dmitry Orlov, the mayor's lawyer, spoke to Ivan Koval.", "“It will be very well,” Koval's lawyer said."),
            "Dmitry Orlov",
        ),
        # in the nominative, if the article has it so
        ("uk", ("За словами Ольги Рудь, усе готово.", '"Усе буде дуже добре", – сказала Ольга Рудь.'), "Ольга Рудь"),
    ],
)
def test_who_a_mention_stands_for(language: str, texts: tuple[str, ...], person: str | None) -> None:
    assert find_quotes(blocks(*texts), language)[-1].person == person


def test_label_and_several_paragraphs() -> None:
    edition = [
        Block(BlockKind.PARAGRAPH, "Дмитро Разумков у програмі", label="source", label_text="Джерело"),
        Block(BlockKind.PARAGRAPH, '"Мені не все зрозуміло.', label="quote", label_text="Пряма мова"),
        Block(BlockKind.PARAGRAPH, "Президент про це говорив."),
        Block(BlockKind.PARAGRAPH, 'Без суспільства (і парламенту – ред.) це важко".'),
    ]
    (quote,) = find_quotes(edition, "uk")
    assert quote.form is Form.LABELLED
    assert said(edition, quote) == ["Мені не все зрозуміло.", edition[2].text, edition[3].text.rstrip('".')]
    assert quote.person == "Дмитро Разумков"
    (remark,) = quote.insertions
    assert edition[3].text[remark.start : remark.end] == "(і парламенту – ред.)"


def test_speaker_of_the_label() -> None:
    edition = [
        Block(BlockKind.PARAGRAPH, "Press secretary Dmitry Peskov spoke to reporters."),
        Block(
            BlockKind.PARAGRAPH, '"We got the answer."', label="quote", label_text="Quote from Peskov", speaker="Peskov"
        ),
    ]
    (quote,) = find_quotes(edition, "en")
    assert (quote.form, quote.speaker, quote.speaker_span) == (Form.LABELLED, "Peskov", None)
    assert quote.person is not None
    assert quote.person.endswith("Dmitry Peskov")


def test_attribution_within_the_words_is_no_part_of_them() -> None:
    edition = blocks("«Спершу школа, – пояснив директор Павло Гай, – а потім стадіон».")
    (quote,) = find_quotes(edition, "uk")
    assert said(edition, quote) == ["Спершу школа", "а потім стадіон"]
    assert quote.person == "Павло Гай"


def test_surname_role_and_pronoun_lead_to_the_full_name() -> None:
    edition = blocks(
        "Міністр оборони Андрій Загороднюк пояснив результати опитування.",
        '"Там немає правди вже п\'ять років", – сказав Загороднюк.',
        '"Ми це виправимо дуже скоро", – додав міністр.',
        '"План уже готовий до розгляду", – наголосив він.',
    )
    assert [quote.person for quote in find_quotes(edition, "uk")] == ["Андрій Загороднюк"] * 3


@cache
def benchmark(name: str = "quotes") -> ModuleType:
    if name == "quotes":
        benchmark("quotes_gold")  # which it imports
    spec = importlib.util.spec_from_file_location(name, ROOT / f"benchmarks/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


# Measured by benchmarks/quotes.py; may only rise.
@pytest.mark.parametrize(("language", "matched", "speakers"), [("uk", 46, 36), ("ru", 39, 31), ("en", 29, 27)])
def test_the_sample_newspaper_loses_nothing(language: str, matched: int, speakers: int) -> None:
    tool = benchmark()
    counts = tool.measure([one for one in tool.newspaper() if one.language == language], show=False)
    assert counts["matched"] >= matched
    assert counts["false"] <= 1
    assert counts["labelled speakers right"] + counts["other speakers right"] >= speakers


def test_articles_of_2019_lose_nothing() -> None:
    tool = benchmark()
    if not tool.BODIES.is_file():
        pytest.skip(f"the articles are not there: {tool.BODIES}")
    counts = tool.measure([*tool.bodies("dev"), *tool.bodies("held-out")], show=False)
    assert counts["gold"] >= 140, "too many blocks are extracted otherwise than when they were annotated"
    assert counts["matched"] / counts["gold"] >= 0.95
    assert counts["matched"] / counts["found"] >= 0.94


def damaged(text: str, rnd: random.Random) -> str:
    """A text with marks dropped, swapped and doubled, marks put anywhere, and letters of other scripts."""
    letters = list(text) or ["x"]
    for _ in range(rnd.randint(1, 6)):
        spots = [at for at, letter in enumerate(letters) if letter and letter in MARKS]
        at = rnd.choice(spots) if spots and rnd.random() < 0.7 else rnd.randrange(len(letters))
        other = rnd.choice(MARKS) if rnd.random() < 0.6 else rnd.choice(".!?…()–-: ,\nаbЇ7ж\u0301中")
        letters[at] = rnd.choice(("", letters[at] * 2, other, letters[at] + other))
    return "".join(letters)


def test_ten_thousand_mutations_keep_exact_offsets() -> None:
    rnd = random.Random(10)
    gold = benchmark("quotes_gold")
    annotated = [*gold.newspaper(), *(gold.bodies("dev") if gold.BODIES.is_file() else ())]
    editions = [(one.language, list(one.blocks)) for one in annotated if one.blocks]
    for _ in range(10_000):
        language, edition = rnd.choice(editions)
        at = rnd.randrange(len(edition))
        part = edition[max(0, at - 1) : at + 2]
        last = part[-1]
        mutated = [*part[:-1], Block(last.kind, damaged(last.text, rnd), last.label, last.label_text)]
        for quote in find_quotes(mutated, language):
            for span in (*quote.spans, *quote.insertions, *filter(None, (quote.speaker_span, quote.cue_span))):
                assert 0 <= span.start < span.end <= len(mutated[span.block].text)
            if quote.cue_span is not None:
                text = mutated[quote.cue_span.block].text
                assert text[quote.cue_span.start : quote.cue_span.end] == quote.cue
            ends = [(span.block, span.end) for span in quote.spans]
            assert all((b.block, b.start) >= a for a, b in zip(ends, quote.spans[1:], strict=False))
