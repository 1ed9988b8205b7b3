"""The card of a corpus in words: chapters of lines, alike on a terminal and on a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.decoders.tally import SILENT_DB
from bench.runs.card import CorpusCard, Division, Labels, Listed
from bench.runs.portion import Part
from bench.runs.sound import Heard, Sound
from bench.views.number import counted
from bench.views.phrase import each, length, named, share, shares, side, span

MOST_PARTS = 12  # of a division with more values, only their number is told


@dataclass(frozen=True)
class Line:
    """Something told of a corpus: a term ("" for more about the one before), what is said, and what its labels are."""

    term: str
    text: str
    badge: str = ""


@dataclass(frozen=True)
class Chapter:
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]

    @property
    def entries(self) -> tuple[tuple[Line, ...], ...]:
        """The lines by their terms: each entry begins with the line that names one."""
        found: list[list[Line]] = []
        for line in self.lines:
            if line.term or not found:
                found.append([])
            found[-1].append(line)
        return tuple(map(tuple, found))


def chapters(card: CorpusCard, most: int = 5) -> tuple[Chapter, ...]:
    """The card in words.

    Parameters
    ----------
    card : CorpusCard
    most : int
        How many clips are named beside each reason, and how many reasons; the others are counted.
    """
    found = (
        Chapter("Size", tuple(_size(card))),
        Chapter("Labels", (*_labels_of_all(card), *_confidence(card))),
        Chapter("Who speaks, and what", tuple(_speakers(card))),
        Chapter("Sound", tuple(_sound(card.sound, most)) if card.sound else ()),
        Chapter("Left out", tuple(_left_out(card, most))),
        Chapter("Where it comes from", tuple(_origin(card))),
        Chapter("Notes", tuple(Line("", note) for note in card.corpus.notes)),
    )
    return tuple(chapter for chapter in found if chapter.lines)


def warnings(card: CorpusCard) -> tuple[str, ...]:
    """What must be known before the card is read, in sentences."""
    found = [card.corpus.caution] if card.corpus.caution else []
    if card.labels_alone:
        found.insert(0, "No recording is there. This card is of the label files alone: what needs sound is left out.")
    elif card.n_read and not card.sound:
        found.insert(0, "No recording can be used, so nothing can be trained on this corpus. The reasons are listed.")
    return tuple(found)


def size(card: CorpusCard) -> str:
    """How much was found, in a phrase."""
    speakers = counted(len(card.speakers), "speaker") if card.speakers else "speakers who are not known"
    found = f"{counted(len(card.corpus.clips), 'clip')} of {speakers}"
    return f"{found}, {length(card.sound.seconds)}" if card.sound else found


def _size(card: CorpusCard) -> Iterator[Line]:
    yield Line("found", size(card) + ".")
    yield Line("published", card.corpus.published or "not given")
    n_broken = sum(len(one.clip_ids) for one in card.broken)
    n_gone = card.n_read - len(card.corpus.clips)
    if n_gone:
        doubles = n_gone - n_broken - len(card.missing)
        parts = ((len(card.missing), "missing"), (n_broken, "broken"), (doubles, "with the same audio as another"))
        said = ", ".join(f"{n:,} {what}" for n, what in parts if n)
        yield Line("not usable", f"{n_gone:,} of {counted(card.n_read, 'clip')}, listed below: {said}.")


def _labels_of_all(card: CorpusCard) -> Iterator[Line]:
    for labels in card.labels:
        yield from _labels(labels, len(card.corpus.clips))


def _labels(labels: Labels, n_clips: int) -> Iterator[Line]:
    target = labels.target
    yield Line(target.name, target.about, labels.badge or "measured")
    if not labels.n_clips:
        yield Line("", "No clip has a label.")
        return
    if labels.n_clips < n_clips:
        yield Line("", f"{labels.n_clips:,} of {counted(n_clips, 'clip')} have a label.")
    if labels.levels:
        total = labels.n_clips
        levels = ", ".join(f"{part.name} {part.n_clips:,} ({share(part.n_clips / total)})" for part in labels.levels)
        yield Line("", f"Levels: {levels}.")
    if labels.scores:
        distinct = counted(len(set(labels.scores.values)), "different value")
        scale = f" on a scale from {target.scale[0]:g} to {target.scale[1]:g}" if target.scale else ""
        yield Line("", f"Scores: {span(labels.scores, 2, f' {target.unit}'.rstrip())}{scale}, {distinct}.")
    if labels.variants:
        yield Line("", f"Read in {counted(len(labels.variants), 'other way')}, too: {', '.join(labels.variants)}.")


def _confidence(card: CorpusCard) -> Iterator[Line]:
    for number, measure in enumerate(card.confidence):
        n = counted(len(measure.numbers.values), "clip")
        yield Line("" if number else "confidence", f"{measure.name}: {span(measure.numbers, 2)} ({n}).")


def _speakers(card: CorpusCard) -> Iterator[Line]:
    if card.speakers:
        yield Line("speakers", f"{len(card.speakers):,}, with {each(one.n_clips for one in card.speakers)}.")
    else:
        yield Line("speakers", "Nobody knows who speaks, so there are no intervals over speakers.")
    if card.corpus.splitter:
        yield Line("held out", f"{card.corpus.splitter}, where nothing else is asked for.")
    for division in card.divisions:
        without = f"; of {counted(division.n_without, 'clip')} it is not known" if division.n_without else ""
        yield Line(division.what, f"{_parts(division)}{without}.")


def _parts(division: Division) -> str:
    if len(division.parts) > MOST_PARTS:
        return f"{len(division.parts):,} different, with {each(part.n_clips for part in division.parts)}"
    return ", ".join(_part(part, division.of_speakers) for part in division.parts)


def _part(part: Part, of_speakers: bool) -> str:
    if of_speakers:
        return f"{part.name} ({counted(part.n_speakers, 'speaker')}, {counted(part.n_clips, 'clip')})"
    return f"{part.name} ({counted(part.n_clips, 'clip')})"


def _sound(sound: Sound, most: int) -> Iterator[Line]:
    yield Line("duration", span(sound.durations_s, 2, " s") + ".")
    yield Line("sample rate", ", ".join(f"{part.name} Hz ({counted(part.n_clips, 'clip')})" for part in sound.rates) + ".")
    yield Line("channels", ", ".join(f"{part.name} ({counted(part.n_clips, 'clip')})" for part in sound.channels) + ".")
    yield Line("level", f"{span(sound.levels_dbfs, 1, ' dBFS')} (root mean square of a clip).")
    yield Line("peak", f"{span(sound.peaks_dbfs, 1, ' dBFS')}.")
    yield Line("clipping", _clipping(sound, most))
    how = f"frames of 25 ms over {SILENT_DB:.0f} dB below the loudest of the clip, both ends included"
    yield Line("silence", f"{shares(sound.silence)} ({how}).")
    yield from _heard(sound.heard, most)


def _clipping(sound: Sound, most: int) -> str:
    total = counted(len(sound.durations_s.values), "clip")
    if not sound.clipped:
        return f"None of {total} has two samples or more in a flat run at full scale."
    worst = ", ".join(f"{one.clip_id} ({share(one.share)})" for one in sound.clipped[:most])
    have = "has" if len(sound.clipped) == 1 else "have"
    return f"{len(sound.clipped):,} of {total} {have} samples in flat runs at full scale. The worst: {worst}."


def _heard(heard: Sequence[Heard], most: int) -> Iterator[Line]:
    if not heard:
        return
    recordings = {one.recording for one in heard}
    yield Line(
        "heard in", f"In {counted(len(recordings), 'dialogue')} each speaker is heard in the channel loudest over their turns."
    )
    by_speaker: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for one in heard:
        by_speaker[one.speaker][one.channel] += 1
    for speaker in sorted(by_speaker):
        places = ", ".join(f"{side(n)} in {counted(count, 'dialogue')}" for n, count in sorted(by_speaker[speaker].items()))
        yield Line("", f"{speaker}: {places}.")
    shared = crowded(heard)
    if shared:
        yield Line("", f"Two speakers are heard in one channel in {counted(len(shared), 'dialogue')}: {named(shared, most)}.")


def crowded(heard: Sequence[Heard]) -> tuple[str, ...]:
    """Dialogues in which two speakers are heard in one channel, so that perhaps one of them was not found."""
    speakers: dict[tuple[str, int], set[str]] = defaultdict(set)
    for one in heard:
        speakers[one.recording, one.channel].add(one.speaker)
    return tuple(sorted({recording for (recording, _), own in speakers.items() if len(own) > 1}))


def _left_out(card: CorpusCard, most: int) -> Iterator[Line]:
    if card.missing and not card.labels_alone:
        yield Line("missing", f"{counted(len(card.missing), 'recording')}: {named(card.missing, most)}.")
    for number, one in enumerate(card.broken[:most]):
        yield Line("" if number else "broken", _reason(one, most))
    yield from _more(card.broken[most:])
    for number, same in enumerate(card.same[:most]):
        fate = (
            f"{same.clip_ids[0]} is kept" if same.first_kept else "all are left out, for nobody can know which label is right"
        )
        yield Line("" if number else "the same audio", f"{named(same.clip_ids, most)}: {fate}.")
    if len(card.same) > most:
        yield Line("", f"And {counted(len(card.same) - most, 'more group')} of clips with the same audio.")
    for number, one in enumerate(card.left_out[:most]):
        yield Line("" if number else "by the reader", _reason(one, most))
    yield from _more(card.left_out[most:])


def _reason(one: Listed, most: int) -> str:
    n = f" ({len(one.clip_ids):,})" if len(one.clip_ids) > 1 else ""
    return f"{one.reason}{n}: {named(one.clip_ids, most)}."


def _more(rest: Sequence[Listed]) -> Iterator[Line]:
    if rest:
        n_clips = sum(len(one.clip_ids) for one in rest)
        yield Line("", f"And {n_clips:,} more, for {counted(len(rest), 'other reason')}.")


def _origin(card: CorpusCard) -> Iterator[Line]:
    corpus = card.corpus
    for term, text in (("how to get it", corpus.source), ("licence", corpus.licence), ("citation", corpus.citation)):
        yield Line(term, text or "not given")
