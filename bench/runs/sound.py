"""The sound of a corpus, as its card tells it: lengths, levels, rates, clipping, silence, and who is heard where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.corpora.corpus import Clip
from bench.decoders.facts import ClipFacts
from bench.runs.portion import Numbers, Part, part_of


@dataclass(frozen=True)
class Clipped:
    """A clip with samples in flat runs at full scale, and their share (0 to 1)."""

    clip_id: str
    share: float


@dataclass(frozen=True)
class Heard:
    """The channel (from 0) in which a speaker of a dialogue is heard."""

    recording: str
    speaker: str
    channel: int
    n_clips: int


@dataclass(frozen=True)
class Sound:
    """The recordings of the clips that can be used.

    Attributes
    ----------
    durations_s, peaks_dbfs, levels_dbfs, silence : Numbers
        One a clip: seconds, peak and root mean square in dBFS, share of silent frames.
    clipped : tuple of Clipped
        The worst first; clips without clipping are left out.
    rates, channels : tuple of Part
        By rate in Hz, and by number of channels, ascending.
    heard : tuple of Heard
        For the speakers of dialogues of whom one channel is heard.
    """

    durations_s: Numbers
    peaks_dbfs: Numbers
    levels_dbfs: Numbers
    silence: Numbers
    clipped: tuple[Clipped, ...]
    rates: tuple[Part, ...]
    channels: tuple[Part, ...]
    heard: tuple[Heard, ...]

    @property
    def seconds(self) -> float:
        """The length of all together."""
        return sum(self.durations_s.values)


def sound_of(clips: Sequence[Clip], facts: Mapping[str, ClipFacts]) -> Sound:
    """Describe recordings, of one clip at least, all of which can be used."""
    own = [facts[clip.id] for clip in clips]
    clipped = [Clipped(clip.id, fact.clipped_share) for clip, fact in zip(clips, own, strict=True) if fact.clipped_share]
    return Sound(
        durations_s=Numbers.of(fact.duration_s for fact in own),
        peaks_dbfs=Numbers.of(fact.peak_dbfs for fact in own),
        levels_dbfs=Numbers.of(fact.rms_dbfs for fact in own),
        silence=Numbers.of(fact.silence_share for fact in own),
        clipped=tuple(sorted(clipped, key=lambda one: (-one.share, one.clip_id))),
        rates=_by_number(clips, [fact.rate for fact in own]),
        channels=_by_number(clips, [fact.channels for fact in own]),
        heard=_heard(clips, own),
    )


def _by_number(clips: Sequence[Clip], numbers: Sequence[int]) -> tuple[Part, ...]:
    found = sorted(set(numbers))
    return tuple(
        part_of(f"{number:,}", [clip for clip, own in zip(clips, numbers, strict=True) if own == number]) for number in found
    )


def _heard(clips: Sequence[Clip], facts: Sequence[ClipFacts]) -> tuple[Heard, ...]:
    counts: dict[tuple[str, str, int], int] = defaultdict(int)
    for clip, fact in zip(clips, facts, strict=True):
        if fact.channel is not None:
            counts[clip.path.as_posix(), clip.speaker, fact.channel] += 1
    names = {path: path.rpartition("/")[2] for path, _, _ in counts}
    return tuple(Heard(names[path], speaker, channel, n) for (path, speaker, channel), n in sorted(counts.items()))
