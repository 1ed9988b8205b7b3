"""The proxy sheet as text for a terminal, with what the label cannot say under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from bench.corpora.proxy import DIRECTIONS
from bench.runs.board import Stability
from bench.runs.proxy import ProxySheet
from bench.views import stability
from bench.views.console import console, printed
from bench.views.number import counted, fixed, visible
from bench.views.phrase import share

Lines = Sequence[Sequence[str]]

LIMITS = (
    "It is a stand-in. Nobody in such a corpus was tired, or was asked whether they were; a value on this label says how well "
    "low activation is rated, and no more.",
    "Emotions are acted, in short clips and clean recordings. Fatigue comes over hours, within one person.",
    "The directions come from norms of words, not of voices.",
    "Sadness makes up most of what is called fatigued, and few corpora have boredom: who rates sadness well can pass for "
    "one who rates fatigue well.",
    "Strong sadness may be cried. That is a voice of much effort, and a tired voice is one of little.",
    "Labels made from classes take few values, so ranks are full of ties: there, the level form is the better question. "
    "Ratings of single clips come from few people, and are coarse as well.",
)
_INDENT = (0, 0, 0, 2)


def render_proxy(sheet: ProxySheet, width: int = 100) -> str:
    """Render a proxy sheet as text for a terminal.

    Parameters
    ----------
    sheet : ProxySheet
    width : int
        Columns; 60 and more read well.

    Returns
    -------
    str
        Ended by a line feed; without escape sequences.

    Examples
    --------
    >>> sheet = ProxySheet("mine", 2, 1, {"proxy": (0.1, 0.2, 0.3, 0.4, 0.5)}, {}, {}, {}, {}, {}, (), {})
    >>> print(render_proxy(sheet, 80)[:41])
    mine: its fatigue proxy
    2 clips of 1 spea
    """
    from rich.padding import Padding

    made = console(width)
    speakers = counted(sheet.n_speakers, "speaker") if sheet.n_speakers else "speakers who are not known"
    _say(made, f"{sheet.corpus}: its fatigue proxy", f"{counted(sheet.n_clips, 'clip')} of {speakers}.")
    for title, about, heads, lines in (_readings(sheet), *_tables(sheet)):
        if lines:
            made.print()
            _say(made, title)
            made.print(Padding(_table(heads, lines, texts=2 if heads[-1] == "direction" else 1), _INDENT))
            for sentence in about:
                made.print(Padding(sentence, _INDENT))
    for task, found in sheet.stability.items():
        made.print()
        _say(made, f"{stability.QUESTION} {task}")
        lines = [(_short(sheet, line[0]), *line[1:4]) for line in _ranks(found, sheet)]
        made.print(Padding(_table(("reading", "first row", "Kendall's tau", "agreement"), lines, texts=2), _INDENT))
        made.print(Padding(stability.verdict(found), _INDENT))
    _listed(made, "Notes", sheet.notes)
    _listed(made, "What this label cannot say", LIMITS)
    return printed(made)


def _tables(sheet: ProxySheet) -> Iterator[tuple[str, Sequence[str], Sequence[str], Lines]]:
    """Title, sentences under it, heads and lines of every table that there is something for."""
    levels = list(dict.fromkeys(level for own in sheet.shares.values() for level in own))
    groups = list(dict.fromkeys(name for own in sheet.explained.values() for name in own))
    names = list(sheet.distribution)
    known = [value is not None for value in sheet.duration.values()]
    yield (
        "Labels, from 0 (aroused) to 1 (drained)",
        (),
        ("reading", "least", "25%", "median", "75%", "largest"),
        [(_short(sheet, name), *(fixed(value, 2) for value in own)) for name, own in sheet.distribution.items()],
    )
    yield (
        "Levels, in per cent of the clips",
        (),
        ("reading", *map(visible, levels)),
        [(_short(sheet, n), *(share(own[at]) if at in own else "–" for at in levels)) for n, own in sheet.shares.items()],
    )
    yield (
        "Agreement of the readings (Spearman over the clips)",
        (),
        ("reading", *(_short(sheet, name) for name in names[:-1])),
        [(_short(sheet, name), *_agreements(sheet, name)) for name in names[1:]] if sheet.agreement else (),
    )
    yield (
        "What explains the labels",
        ("Share of the variance between groups (eta squared); many small groups explain some by chance alone.",),
        ("reading", *groups),
        [(_short(sheet, n), *(share(own[at]) if at in own else "–" for at in groups)) for n, own in sheet.explained.items()]
        if groups
        else (),
    )
    yield (
        "Do longer clips have higher labels? (Spearman with the duration)",
        (),
        ("reading", "duration"),
        [(_short(sheet, name), fixed(value)) for name, value in sheet.duration.items()] if any(known) else (),
    )
    yield (
        "Classes of emotion, by their mean label in the first reading",
        (),
        ("class", "mean label"),
        [(visible(name), fixed(value, 2)) for name, value in sheet.classes.items()],
    )


def _readings(sheet: ProxySheet) -> tuple[str, Sequence[str], Sequence[str], Lines]:
    """The targets, and along which direction each reads the emotions; empty where there is one that says it itself."""
    root, *others = list(sheet.distribution) or [""]
    about = f"Each is a target of its own: default is {root}, and {', '.join(_short(sheet, n) for n in others)} are {root}-…"
    lines = [(_short(sheet, name), DIRECTIONS.get(name, "as its corpus declares it")) for name in sheet.distribution]
    return "Readings of the label", (about,), ("reading", "direction"), lines if others else ()


def _short(sheet: ProxySheet, name: str) -> str:
    root = next(iter(sheet.distribution), "")
    return "default" if name == root else visible(name.removeprefix(f"{root}-"))


def _agreements(sheet: ProxySheet, name: str) -> Iterator[str]:
    """The line of a reading in the lower half of the table."""
    for other in takewhile(lambda other: other != name, sheet.distribution):
        found = sheet.agreement.get((other, name), sheet.agreement.get((name, other)))
        yield fixed(found)
    yield from [""] * (len(sheet.distribution) - 1 - list(sheet.distribution).index(name))


def _ranks(found: Stability, sheet: ProxySheet) -> Iterator[tuple[str, str, str, str]]:
    root = next(iter(sheet.distribution), "")
    for place, line in enumerate(stability.lines(found, root)):
        yield (line[0] if place else root, *line[1:4])


def _table(heads: Sequence[str], lines: Lines, texts: int = 1) -> Any:
    """A table whose first columns are text, and the others numbers."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, head in enumerate(heads):
        made.add_column(head, justify="left" if place < texts else "right", overflow="fold")
    for line in lines:
        made.add_row(*(Text(visible(cell)) for cell in line))
    return made


def _say(made: Any, *sentences: str) -> None:
    for sentence in sentences:
        made.print(visible(sentence))


def _listed(made: Any, title: str, sentences: Sequence[str]) -> None:
    from rich.table import Table

    if not sentences:
        return
    made.print()
    _say(made, title)
    grid = Table.grid(padding=(0, 1, 0, 0))
    for sentence in sentences:
        grid.add_row("  -", visible(sentence))
    made.print(grid)
