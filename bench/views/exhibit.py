"""The exhibits of a card: pictures with their numbers beside them, and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.runs.card import CorpusCard, Labels
from bench.runs.portion import Numbers
from bench.runs.sound import Sound
from bench.views.number import fixed
from bench.views.phrase import share, side
from bench.views.picture import Bar, bins, draw_bars, draw_spread, steps

MOST_BARS = 60  # of more speakers the picture shows the longest, and the table all
MOST_CLIPPED = 200


@dataclass(frozen=True)
class Lines:
    """Lines of a table.

    Attributes
    ----------
    title : str
    heads : tuple of str
        Of the columns.
    lines : tuple of tuple of str
    n_words : int
        How many columns hold words; the others hold numbers.
    """

    title: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    n_words: int = 1


@dataclass(frozen=True)
class Picture:
    """A drawing, its numbers, and what the labels are where it shows labels that are no measurements."""

    svg: Any
    numbers: Lines
    badge: str = ""


def label_pictures(card: CorpusCard) -> tuple[Picture, ...]:
    """How the labels of each target are spread."""
    return tuple(_label_picture(labels, f"labels-{n}") for n, labels in enumerate(card.labels) if labels.n_clips)


def _label_picture(labels: Labels, prefix: str) -> Picture:
    from markupsafe import Markup

    target = labels.target
    if labels.scores:
        label = f"{target.name} ({target.unit})" if target.unit else target.name
        whole = steps(labels.scores)
        if whole:
            counts = tuple((f"{(one.low + one.high) / 2:g}", f"{one.count:,}") for one in whole)
            svg = Markup(draw_spread(whole, label, target.cuts, prefix))  # noqa: S704 - tidied SVG
            return Picture(svg, Lines(target.name, ("score", "clips"), counts, n_words=0), labels.badge)
        return replace(_spread(target.name, labels.scores, label, prefix, 2, target.cuts), badge=labels.badge)
    bars = [Bar(part.name, part.n_clips) for part in labels.levels]
    lines = tuple((part.name, share(part.n_clips / labels.n_clips), f"{part.n_clips:,}") for part in labels.levels)
    numbers = Lines(target.name, ("level", "share", "clips"), lines)
    return Picture(_bars(bars, "clips", "level", prefix), numbers, labels.badge)


def speaker_pictures(card: CorpusCard) -> tuple[Picture, ...]:
    """How much there is of each speaker: minutes where there is sound, else clips."""
    if not card.speakers:
        return ()
    clips = [f"{one.n_clips:,}" for one in card.speakers]
    heads: tuple[str, ...] = ("speaker", "clips")
    bars, label = [Bar(one.name, one.n_clips) for one in card.speakers], "clips"
    columns = [[one.name for one in card.speakers], clips]
    if card.sound:
        bars, label = [Bar(one.name, (one.seconds or 0.0) / 60) for one in card.speakers], "minutes of recordings"
        heads, columns = ("speaker", "minutes", "clips"), [columns[0], [fixed(bar.value, 1) for bar in bars], clips]
    lines = tuple(zip(*columns, strict=True))
    more = f" (drawn are the {MOST_BARS} with the most)" if len(bars) > MOST_BARS else ""
    return (Picture(_bars(bars, label, "speaker", "speakers"), Lines(f"Speakers{more}", heads, lines)),)


def sound_pictures(sound: Sound | None) -> tuple[Picture, ...]:
    """How durations, levels and shares of silence are spread over the clips; what is the same in all is not drawn."""
    if sound is None:
        return ()
    silent = Numbers.of(100 * value for value in sound.silence.values)
    found = (
        ("Duration", sound.durations_s, "duration of a clip (s)", "duration", 2),
        ("Level", sound.levels_dbfs, "level of a clip (dBFS, root mean square)", "level", 1),
        ("Silence", silent, "silence in a clip (%)", "silence", 1),
    )
    return tuple(_spread(*one) for one in found if one[1].least < one[1].most)


def sound_tables(sound: Sound | None) -> tuple[Lines, ...]:
    """The clips with clipping, and who is heard in which channel."""
    found = []
    if sound and sound.clipped:
        lines = tuple((one.clip_id, share(one.share)) for one in sound.clipped[:MOST_CLIPPED])
        more = f", of which the worst {MOST_CLIPPED} follow" if len(sound.clipped) > MOST_CLIPPED else ""
        found.append(Lines(f"Clips with clipping: {len(sound.clipped):,}{more}", ("clip", "samples clipped"), lines))
    if sound and sound.heard:
        choices = tuple((one.recording, one.speaker, side(one.channel), f"{one.n_clips:,}") for one in sound.heard)
        heads = ("recording", "speaker", "channel", "clips")
        found.append(Lines(f"Who is heard in which channel: {len(choices):,}", heads, choices, n_words=3))
    return tuple(found)


def _spread(title: str, numbers: Numbers, label: str, prefix: str, decimals: int, cuts: Sequence[float] = ()) -> Picture:
    from markupsafe import Markup

    found = bins(numbers)
    lines = tuple((fixed(one.low, decimals), fixed(one.high, decimals), f"{one.count:,}") for one in found)
    svg = Markup(draw_spread(found, label, cuts, prefix))  # noqa: S704 - tidied SVG
    return Picture(svg, Lines(title, ("from", "to", "clips"), lines, n_words=0))


def _bars(bars: Sequence[Bar], label: str, what: str, prefix: str) -> Any:
    from markupsafe import Markup

    longest = {id(bar) for bar in sorted(bars, key=lambda bar: -bar.value)[:MOST_BARS]}
    return Markup(draw_bars([bar for bar in bars if id(bar) in longest], label, what, prefix))  # noqa: S704 - tidied SVG
