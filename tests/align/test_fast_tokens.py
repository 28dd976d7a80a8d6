"""The reader against the expression that it stands for."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus_builder.align.words.fast_tokens import KNOWN, Reader
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.text.tokens import normal, pieces

SIGNS = st.sampled_from(
    "аяїёЖѣ҃ abzİßΣσς019٣²½'’ʼ‘ʹ.,\u00a0\u202f-—_ !?%$€«»„กาี่หिनाيَب‌က့‛`\u0301\u00ad\u0300\n\0東のｱ🙂！：ªⅣ"
)
TEXTS = st.lists(st.text(st.one_of(SIGNS, st.characters(max_codepoint=KNOWN + 50)), max_size=40), max_size=6)


@settings(max_examples=300)
@given(st.lists(TEXTS, min_size=1, max_size=4))
@example([["п'ять", "", "аb'б", "1,997.5.x", "ΑΣ", "ΑΣ΄"], ["п'ять\0", "x"], ["東京 x 1.5"], []])
def test_words_are_those_of_the_expression(documents):
    met = []

    def enter(piece):
        if piece not in met:
            met.append(piece)
        return met.index(piece)

    reader = Reader(enter)
    for texts in documents + documents:  # the second time nothing is new
        words, starts = reader.read(texts)
        found = [[met[k] for k in words[starts[n] : starts[n + 1]]] for n in range(len(texts))]
        assert found == [pieces(text) for text in texts]
        assert len(starts) == len(texts) + 1


def test_many_words_keep_their_numbers_while_the_table_grows():
    vocabulary = Vocabulary()
    texts = [" ".join(f"слово{k}x{n}" for n in range(50)) for k in range(400)]
    first = [vocabulary.reader.read([text])[0].tolist() for text in texts]
    assert [vocabulary.reader.read([text])[0].tolist() for text in texts] == first
    assert first[0][:3] == [vocabulary.word(normal(piece)) for piece in ("слово", "0", "x")]
    assert len({number for numbers in first for number in numbers}) == len(vocabulary) == 402
