"""Questions: what a column of labels asks, where its author wrote it for other ends than this benchmark.

A column may hold names of levels or numbers on a scale. What kind of label it is, nobody can tell from its cells: the person
who asks says so. Where the levels are emotions, the fatigue proxies come with them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from bench.base.error import RequestError
from bench.corpora.corpus import Label, LabelKind, Target
from bench.corpora.norm import emotions
from bench.corpora.proxy import proxy_labels, proxy_targets
from bench.corpora.scale import SCALES, Scale, scale

KINDS: Mapping[LabelKind, str] = {
    "measured": "speakers or observers rated the state that was really there",
    "proxy": "it stands in for something else",
    "acted": "speakers were asked to show it",
    "synthetic": "the speech was made so",
}
BY_NAME = "levels"  # the scale of numbers that are names
MOST_LEVELS = 50
RANGE = re.compile(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)")

# How people write the emotions that norms know; nouns stand for themselves.
NOUNS = {
    "afraid": "fear",
    "angry": "anger",
    "anxiety": "fear",
    "anxious": "fear",
    "bored": "boredom",
    "disgusted": "disgust",
    "excited": "excitement",
    "fearful": "fear",
    "frustrated": "frustration",
    "happy": "happiness",
    "joy": "happiness",
    "joyful": "happiness",
    "sad": "sadness",
    "sleepy": "sleepiness",
    "surprised": "surprise",
}
QUIET = frozenset({"neutral", "calm", "sleepiness"})  # levels that are no sign of emotions: a sleep study has them, too


@dataclass(frozen=True)
class Column:
    """A column of labels, as it stands in a table.

    Attributes
    ----------
    name : str
    where : str
        As a phrase: "the column 'emotion' of the table 'files'".
    cells : sequence of str
        One a row; "" where there is none.
    levels : sequence of str
        The names that its author lists, in that order; empty where none are listed.
    bounds : tuple of float or None
        Lowest and highest number, where its author says so.
    numeric : bool
        Whether its author holds it for numbers.
    about : str
        What its author says of it.
    """

    name: str
    where: str
    cells: Sequence[str]
    levels: Sequence[str] = ()
    bounds: tuple[float, float] | None = None
    numeric: bool = False
    about: str = ""


@dataclass(frozen=True)
class Question:
    """What a column asks: targets, the labels of each row by target, and sentences for the card."""

    targets: tuple[Target, ...]
    labels: tuple[Mapping[str, Label], ...]
    notes: tuple[str, ...]


def label_kind(reader: str, kind: str) -> LabelKind:
    """The kind of label that a person gave.

    Raises
    ------
    RequestError
        If they gave none, or another word.

    Examples
    --------
    >>> label_kind("audformat", "acted")
    'acted'
    """
    for known in get_args(LabelKind):
        if kind == known:
            return known  # type: ignore[no-any-return]
    meanings = "; ".join(f"{name} ({meaning})" for name, meaning in KINDS.items())
    got = f"got the kind {kind!r}" if kind else "needs to know what the label is, which no file says"
    raise RequestError(f"{reader} {got}. Expected is one of: {meanings}. Write `{reader}[kind=...]`.")


def sentence(said: str) -> str:
    """What somebody wrote, on one line and with an end; "" where they wrote nothing.

    Examples
    --------
    >>> sentence("Six emotions,  acted")
    'Six emotions, acted.'
    """
    line = " ".join(said.split())
    return line if not line or line[-1] in ".!?" else f"{line}."


def ask(column: Column, kind: LabelKind, spelled: str = "") -> Question:
    """Make the question that a column asks.

    Parameters
    ----------
    column : Column
    kind : str
        What the labels are.
    spelled : str
        A published scale, ``LOW-HIGH``, ``levels`` for numbers that are names, or "" for what the column itself declares.

    Raises
    ------
    RequestError
        If it holds numbers and nobody says on which scale, or no two labels that differ.

    Examples
    --------
    >>> question = ask(Column("mood", "the column 'mood'", ["sad", "angry", ""]), "acted")
    >>> [target.name for target in question.targets][:2], question.labels[0]["fatigue-proxy"], question.labels[2]
    (['mood', 'fatigue-proxy'], 0.6822, {})
    """
    given = _scale(spelled)
    if given or (spelled != BY_NAME and column.bounds and not column.levels):
        return _scored(column, kind, given or Scale("", column.bounds or (0, 1), "", (), ()))
    if spelled != BY_NAME and not column.levels and _all_numbers(column):
        raise RequestError(
            f"{_capital(column.where)} holds numbers, and nothing says on which scale. Expected is one of {', '.join(SCALES)}, "
            f"or LOW-HIGH as in 1-7. Write `scale=...`, or `scale={BY_NAME}` where the numbers are names of levels."
        )
    return _named(column, kind)


def _scale(spelled: str) -> Scale | None:
    if spelled in ("", BY_NAME):
        return None
    match = RANGE.fullmatch(spelled)
    if match is None:
        return scale(spelled)
    low, high = float(match[1]), float(match[2])
    if low >= high:
        raise RequestError(f"The scale {spelled!r} ends at or below its start. Expected is LOW-HIGH, as in 1-7.")
    return Scale("", (low, high), "", (), ())


def _scored(column: Column, kind: LabelKind, on: Scale) -> Question:
    low, high = on.bounds
    target = Target(
        name=_slug(column.name),
        kind=kind,
        about=_about(column, on.about),
        levels=on.levels,
        scale=(float(low), float(high)),
        unit=on.unit,
        cuts=on.cuts,
    )
    labels: list[Mapping[str, Label]] = []
    left_out = []
    for cell in column.cells:
        number = _number(cell)
        if cell and (number is None or target.problem(number)):
            left_out.append(cell)
            number = None
        labels.append({} if number is None else {target.name: number})
    if not any(labels):
        raise _unlabelled(column, f"numbers from {low:g} to {high:g}", left_out)
    return Question((target,), tuple(labels), _left_out(column, f"no number from {low:g} to {high:g}", left_out))


def _named(column: Column, kind: LabelKind) -> Question:
    found = set(column.cells) - {""}
    left_out = [cell for cell in column.cells if cell and column.levels and cell not in column.levels]
    numeric = column.numeric or (not column.levels and _all_numbers(column))
    listed = column.levels or sorted(found, key=float if numeric else str)
    levels = tuple(level for level in listed if level in found)
    if len(levels) < 2:
        raise _unlabelled(column, "two levels that differ", left_out or sorted(found))
    if len(levels) > MOST_LEVELS:
        raise RequestError(
            f"{_capital(column.where)} has {len(levels)} different values, as in {levels[0]!r} and {levels[1]!r}. Expected are "
            f"names of at most {MOST_LEVELS} levels. Name the column that holds the label."
        )
    about = _about(column, "")
    target = Target(name=_slug(column.name), kind=kind, about=about, levels=levels, ordinal=numeric)
    nouns = {level: noun for level in levels if (noun := _noun(level)) in emotions()}
    if len(set(nouns.values()) - QUIET) < 2:
        nouns = {}
    proxies = {level: proxy_labels(noun) for level, noun in nouns.items()}
    made_of = "an acted emotion" if kind == "acted" else f"the emotion in {column.where}"
    labels: list[Mapping[str, Label]] = []
    for cell in column.cells:
        labels.append({target.name: cell, **proxies.get(cell, {})} if cell in levels else {})
    return Question(
        (target, *(proxy_targets(made_of) if nouns else ())),
        tuple(labels),
        (
            *_left_out(column, "none of its levels", left_out),
            *_without_proxy([level for level in levels if level not in nouns], nouns),
        ),
    )


def _left_out(column: Column, why: str, cells: Sequence[str]) -> tuple[str, ...]:
    if not cells:
        return ()
    return (f"{len(cells)} labels in {column.where} are {why} (the first: {cells[0]!r}); their clips have no label.",)


def _without_proxy(levels: Sequence[str], nouns: Mapping[str, str]) -> tuple[str, ...]:
    return (f"No norms know {', '.join(levels)}: these clips have no fatigue proxy.",) if levels and nouns else ()


def _unlabelled(column: Column, expected: str, found: Sequence[str]) -> RequestError:
    holds = f"holds {', '.join(repr(cell) for cell in found[:3])}" if found else "is empty"
    return RequestError(f"{_capital(column.where)} {holds}. Expected are {expected}. Name another column.")


def _noun(level: str) -> str:
    word = level.strip().lower()
    return NOUNS.get(word, word)


def _about(column: Column, of_scale: str) -> str:
    return " ".join(part for part in (of_scale, f"{_capital(column.where)}.", sentence(column.about)) if part)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "label"


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _all_numbers(column: Column) -> bool:
    cells = [cell for cell in column.cells if cell]
    return bool(cells) and all(_number(cell) is not None for cell in cells)


def _number(cell: str) -> float | None:
    try:
        number = float(cell) if "_" not in cell else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None
