"""The inner loops of the scores, compiled. Texts are lists of numbers: text i is `flat[starts[i] : starts[i + 1]]`.

Scratch arrays are as long as what they are indexed by, and are stamped with the number of the row, so that none has to
be cleared. Every loop takes the rows one after the other and gives a value a row, NaN where there is no ground.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_builder.jit import compiled


@compiled
def sounds_of_units(units: Any, starts: Any, sounds: Any, count: int) -> Any:
    """Of each place the sound that its unit has in that text: of the last word with that unit whose sound is known.

    `sounds` are those of the words: -1 for none, -2 for one too short, which takes away what an earlier word gave.
    """
    out = np.full(len(units), -1, np.int32)
    last = np.full(count, -1, np.int32)
    for row in range(len(starts) - 1):
        for at in range(starts[row], starts[row + 1]):
            last[units[at]] = -1
        for at in range(starts[row], starts[row + 1]):
            if sounds[at] != -1:
                last[units[at]] = sounds[at]
        for at in range(starts[row], starts[row + 1]):
            out[at] = max(last[units[at]], -1)
    return out


@compiled
def accounted(
    a: Any, a_starts: Any, a_sounds: Any, b: Any, b_starts: Any, b_sounds: Any, targets: Any, target_starts: Any,
    count: int, figures: Any, sounds: int,
) -> Any:  # fmt: skip
    """Of each place of b whether a's units account for its unit."""
    out = np.zeros(len(b), np.bool_)
    in_a, in_b = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    translated = np.full(count, -1, np.int32)
    heard = np.full(sounds, -1, np.int32)
    for row in range(len(a_starts) - 1):
        for j in range(b_starts[row], b_starts[row + 1]):
            in_b[b[j]] = row
        for i in range(a_starts[row], a_starts[row + 1]):
            if a_sounds[i] >= 0:
                heard[a_sounds[i]] = row
            if in_a[a[i]] == row:
                continue
            in_a[a[i]] = row
            for k in range(target_starts[a[i]], target_starts[a[i] + 1]):
                if in_b[targets[k]] == row:
                    translated[targets[k]] = row
        for j in range(b_starts[row], b_starts[row + 1]):
            unit = b[j]
            out[j] = (
                translated[unit] == row
                or (figures[unit] and in_a[unit] == row)
                or (b_sounds[j] >= 0 and heard[b_sounds[j]] == row)
            )
    return out


@compiled
def largest_run(values: Any, starts: Any) -> Any:
    """By text the largest sum of values of neighbouring places, 0 where every place has a negative one."""
    out = np.zeros(len(starts) - 1)
    for row in range(len(out)):
        run = 0.0
        for at in range(starts[row], starts[row + 1]):
            run = max(run + values[at], 0.0)
            out[row] = max(out[row], run)
    return out


@compiled
def run_counts(flat: Any, starts: Any, count: int, length: int) -> tuple[Any, Any]:
    """By text how many runs of `length` there are, and how many distinct ones; a shorter text is one run."""
    total, distinct = np.zeros(len(starts) - 1, np.int64), np.zeros(len(starts) - 1, np.int64)
    latest, row_of = np.zeros(count, np.int64), np.full(count, -1, np.int32)
    before = np.full(len(flat), -1, np.int64)
    for row in range(len(total)):
        start, end = starts[row], starts[row + 1] - length + 1
        if end <= start:
            total[row] = distinct[row] = 1 if starts[row + 1] > start else 0
            continue
        total[row] = end - start
        for at in range(start, end):
            first = flat[at]
            before[at] = latest[first] if row_of[first] == row else -1
            other = before[at]
            while other >= 0:
                same = True
                for k in range(1, length):
                    same = same and flat[other + k] == flat[at + k]
                if same:
                    break
                other = before[other]
            distinct[row] += other < 0
            latest[first], row_of[first] = at, row
    return total, distinct


@compiled
def shared_runs(
    a: Any, a_starts: Any, a_distinct: Any, b: Any, b_starts: Any, b_distinct: Any, count: int, length: int
) -> Any:
    """Of the distinct runs of the side that has fewer, the share that the other side has too."""
    out = np.full(len(a_starts) - 1, np.nan)
    y_latest, y_row_of = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    x_latest, x_row_of = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    longest = max(len(a), len(b))
    y_before, x_before = np.full(longest, -1, np.int64), np.full(longest, -1, np.int64)
    for row in range(len(out)):
        if a_distinct[row] == 0 or b_distinct[row] == 0:
            continue
        if a_distinct[row] <= b_distinct[row]:
            x, x_start, x_end = a, a_starts[row], a_starts[row + 1]
            y, y_start, y_end = b, b_starts[row], b_starts[row + 1]
            fewer = a_distinct[row]
        else:
            x, x_start, x_end = b, b_starts[row], b_starts[row + 1]
            y, y_start, y_end = a, a_starts[row], a_starts[row + 1]
            fewer = b_distinct[row]
        if x_end - x_start < length or y_end - y_start < length:
            same = x_end - x_start == y_end - y_start
            for k in range(x_end - x_start if same else 0):
                same = same and x[x_start + k] == y[y_start + k]
            out[row] = 1.0 if same else 0.0
            continue
        for at in range(y_start, y_end - length + 1):
            first = y[at]
            y_before[at] = y_latest[first] if y_row_of[first] == row else -1
            y_latest[first], y_row_of[first] = at, row
        shared = 0
        for at in range(x_start, x_end - length + 1):
            first = x[at]
            if y_row_of[first] != row:
                continue
            x_before[at] = x_latest[first] if x_row_of[first] == row else -1
            other, again = x_before[at], False
            while other >= 0 and not again:  # each run counts once
                again = True
                for k in range(1, length):
                    again = again and x[other + k] == x[at + k]
                other = x_before[other]
            x_latest[first], x_row_of[first] = at, row
            other, in_y = y_latest[first], again
            while other >= 0 and not in_y:
                in_y = True
                for k in range(1, length):
                    in_y = in_y and y[other + k] == x[at + k]
                other = y_before[other]
            shared += in_y and not again
        out[row] = shared / fewer
    return out


@compiled
def named(
    tokens: Any, starts: Any, capitals: Any, capital_starts: Any, after: Any, words: Any, word_starts: Any, count: int
) -> tuple[Any, Any, Any, Any]:
    """By text its names and its distinct words, both as lists, from what is known of its tokens (names.py)."""
    rows = len(starts) - 1
    total, capital_total = 0, 0
    for token in tokens:
        total += word_starts[token + 1] - word_starts[token]
        capital_total += capital_starts[token + 1] - capital_starts[token]
    names_flat, name_starts = np.zeros(capital_total, np.int32), np.zeros(rows + 1, np.int64)
    words_flat, text_starts = np.zeros(total, np.int32), np.zeros(rows + 1, np.int64)
    word_row, name_row = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    names = distinct = 0
    for row in range(rows):
        begins, capital = True, 0
        for at in range(starts[row], starts[row + 1]):
            token = tokens[at]
            for k in range(word_starts[token], word_starts[token + 1]):
                if word_row[words[k]] != row:
                    word_row[words[k]] = row
                    words_flat[distinct] = words[k]
                    distinct += 1
            for k in range(capital_starts[token], capital_starts[token + 1]):
                capital += 1
                word, place = capitals[k] >> 2, capitals[k] & 3
                if (place == 0 or (place == 2 and not begins)) and name_row[word] != row:
                    name_row[word] = row
                    names_flat[names] = word
                    names += 1
            if after[token] != 2:
                begins = after[token] == 1
        text_words = distinct - text_starts[row]
        if text_words > 3 and capital * 3 > text_words * 2:  # Words Like These are no names
            names = name_starts[row]
        name_starts[row + 1], text_starts[row + 1] = names, distinct
    return names_flat[:names], name_starts, words_flat[:distinct], text_starts


@compiled
def _same_name(word: int, other_word: int, frames: Any, starts: Any, aliases: Any, ending: int) -> bool:
    if word == other_word or (aliases[word] >= 0 and aliases[word] == aliases[other_word]):
        return True
    x, y = starts[word], starts[other_word]
    if frames[x] != frames[y]:
        return False
    m, n = starts[word + 1] - x, starts[other_word + 1] - y
    if m > n:
        x, y, m, n = y, x, n, m
    common = 0
    while common < m and frames[x + common] == frames[y + common]:
        common += 1
    if common == m:
        return bool(n - common <= (ending if common > 2 else 1))
    return bool(common >= 3 and m - common <= 1 and n - common <= ending)


@compiled
def _answered(
    asking: Any, answering: Any, left: Any, marks: Any, stamp: int, units: Any, targets: Any, target_starts: Any,
    frames: Any, frame_starts: Any, aliases: Any, ending: int,
) -> tuple[int, int]:  # fmt: skip
    left[: len(answering)] = True
    count = 0
    for name in asking:
        stamp += 1
        for k in range(target_starts[units[name]], target_starts[units[name] + 1]):
            marks[targets[k]] = stamp
        for at in range(len(answering)):
            word = answering[at]
            if left[at] and (
                marks[units[word]] == stamp or _same_name(name, word, frames, frame_starts, aliases, ending)
            ):
                left[at] = False
                count += 1
                break
    return count, stamp


@compiled
def names_agree(
    a: Any, a_starts: Any, a_words: Any, a_word_starts: Any, b: Any, b_starts: Any, b_words: Any, b_word_starts: Any,
    units: Any, a_to_b: Any, a_to_b_starts: Any, b_to_a: Any, b_to_a_starts: Any, frames: Any, frame_starts: Any,
    aliases: Any, count: int, ending: int,
) -> Any:  # fmt: skip
    """Of the names of both sides, the share that the other side has."""
    out = np.full(len(a_starts) - 1, np.nan)
    marks = np.full(count, -1, np.int64)
    longest = 1
    for row in range(len(out)):
        longest = max(longest, a_word_starts[row + 1] - a_word_starts[row], b_word_starts[row + 1] - b_word_starts[row])
    left, stamp = np.zeros(longest, np.bool_), 0
    for row in range(len(out)):
        x, y = a[a_starts[row] : a_starts[row + 1]], b[b_starts[row] : b_starts[row + 1]]
        if len(x) + len(y) == 0:
            continue
        x_words = a_words[a_word_starts[row] : a_word_starts[row + 1]]
        y_words = b_words[b_word_starts[row] : b_word_starts[row + 1]]
        forth_count, stamp = _answered(
            x, y_words, left, marks, stamp, units, a_to_b, a_to_b_starts, frames, frame_starts, aliases, ending
        )
        back_count, stamp = _answered(
            y, x_words, left, marks, stamp, units, b_to_a, b_to_a_starts, frames, frame_starts, aliases, ending
        )
        out[row] = (forth_count + back_count) / (len(x) + len(y))
    return out


@compiled
def last_marks(tokens: Any, starts: Any, last: Any) -> Any:
    """By text what its last token with anything but closing marks ends with; `last` is -1 of a token without."""
    out = np.zeros(len(starts) - 1, np.int32)
    for row in range(len(out)):
        for at in range(starts[row + 1] - 1, starts[row] - 1, -1):
            if last[tokens[at]] >= 0:
                out[row] = last[tokens[at]]
                break
    return out


@compiled
def literal(
    a: Any, a_starts: Any, a_sounds: Any, b: Any, b_starts: Any, b_sounds: Any, targets: Any, target_starts: Any,
    units: int, sounds: int, least: int,
) -> Any:  # fmt: skip
    """The longest rising chain of places in b that a's units correspond to, as a share of the longer side."""
    out = np.full(len(a_starts) - 1, np.nan)
    in_b, head, tail = np.full(units, -1, np.int64), np.zeros(units, np.int64), np.full(len(b), -1, np.int64)
    heard, first, then = np.full(sounds, -1, np.int64), np.zeros(sounds, np.int64), np.full(len(b), -1, np.int64)
    longest = 1
    for row in range(len(out)):
        longest = max(longest, a_starts[row + 1] - a_starts[row])
    ends = np.zeros(longest, np.int64)
    for row in range(len(out)):
        m, n = a_starts[row + 1] - a_starts[row], b_starts[row + 1] - b_starts[row]
        if m < least or n < least:
            continue
        for j in range(n - 1, -1, -1):  # places of each unit and sound, the first at the head
            at = b_starts[row] + j
            unit, sound = b[at], b_sounds[at]
            tail[at] = head[unit] if in_b[unit] == row else -1
            in_b[unit], head[unit] = row, j
            if sound >= 0:
                then[at] = first[sound] if heard[sound] == row else -1
                heard[sound], first[sound] = row, j
        scale, chain = n / m, 0
        for i in range(m):
            at = a_starts[row] + i
            unit, sound, nearest = a[at], a_sounds[at], -1
            distance = 0.0
            for k in range(target_starts[unit] - 1, target_starts[unit + 1]):
                other = unit if k < target_starts[unit] else targets[k]
                j = head[other] if in_b[other] == row else -1
                while j >= 0:
                    far = abs(j - i * scale)
                    if nearest < 0 or far < distance or (far == distance and j < nearest):
                        nearest, distance = j, far
                    j = tail[b_starts[row] + j]
            j = first[sound] if sound >= 0 and heard[sound] == row else -1
            while j >= 0:
                far = abs(j - i * scale)
                if nearest < 0 or far < distance or (far == distance and j < nearest):
                    nearest, distance = j, far
                j = then[b_starts[row] + j]
            if nearest >= 0:
                place = np.searchsorted(ends[:chain], nearest)
                ends[place] = nearest
                chain += place == chain
        out[row] = chain / max(m, n)
    return out
