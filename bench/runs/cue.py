"""Cues: does a measure that people connect with fatigue move with the label within the speakers of a corpus?"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError, RequestError
from bench.base.spelling import parse
from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.decoders.facts import FactStore
from bench.decoders.survey import exclude
from bench.features.cue import Cue, read_cues, value_of
from bench.features.extraction import extract
from bench.features.feature_set import FEATURE_SETS
from bench.features.store import FeatureStore
from bench.metrics.within import MIN_CLIPS, Shift, Verdict, by_speaker, holm, mean_shift
from bench.runs.plugin import add_plugins
from bench.runs.progress import Progress, Quiet, Watch
from bench.runs.record import BADGES
from bench.runs.row import Value
from bench.runs.source import read_corpus
from bench.runs.study import processes

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CueRow:
    """A cue on a corpus.

    Attributes
    ----------
    cue : Cue
    value : Value
        Mean over speakers of Spearman's correlation with the label, with its own 95 % interval.
    adjusted : Value
        The same with the interval at the level that Holm's procedure held it against.
    p : float or None
        Of the cue alone.
    claimed : bool
        Whether the adjusted interval excludes 0.
    n_speakers : int
        Speakers that have a correlation.
    n_still : int
        Those of them in whom the cue never moves; they count as 0.
    n_missing : int
        Clips in which it has no value.
    """

    cue: Cue
    value: Value
    adjusted: Value
    p: float | None
    claimed: bool
    n_speakers: int
    n_still: int
    n_missing: int

    @property
    def direction(self) -> Literal["", "up", "down"]:
        """Which way it moves, where that is claimed."""
        if not self.claimed:
            return ""
        return "up" if self.value.value > 0 else "down"

    @property
    def agreement(self) -> Literal["", "agrees", "opposite"]:
        """How that compares with what is reported; "" where nothing is claimed or no one direction is reported."""
        if not self.claimed or self.cue.reported not in ("up", "down"):
            return ""
        return "agrees" if self.direction == self.cue.reported else "opposite"


@dataclass(frozen=True)
class CueBoard:
    """All cues on one target of a corpus.

    Attributes
    ----------
    corpus : str
    target : Target
    others : tuple of str
        Targets of the corpus that were not asked about.
    badge : str
        "proxy label", "synthetic speech", "acted", or "" for measured labels.
    caution : str
        What the corpus asks to be said beside every interval, or "".
    rows : tuple of CueRow
        In the order of the cues' file.
    n_clips, n_unlabelled : int
        Clips with a label, and without.
    n_speakers, n_usable : int
        Speakers of the clips with a label, and those of them with 5 clips or more and more than one label.
    excluded : tuple of Exclusion
    command : str
        Makes the same numbers.
    """

    corpus: str
    target: Target
    others: tuple[str, ...]
    badge: str
    caution: str
    rows: tuple[CueRow, ...]
    n_clips: int
    n_unlabelled: int
    n_speakers: int
    n_usable: int
    excluded: tuple[Exclusion, ...]
    command: str


def make_cues(
    spelled: str,
    folder: Path | None = None,
    target: str | None = None,
    *,
    cache: Path = Path("features_cache"),
    jobs: int | None = None,
    plugins: Sequence[Path] = (),
    progress: Progress | None = None,
) -> CueBoard:
    """Look at every cue within the speakers of a corpus.

    Parameters
    ----------
    spelled : str
        The corpus, as in ``ravdess`` or ``synthetic[effect=0]``.
    folder : Path or None
        Where it lies; None for one that makes itself.
    target : str or None
        The first one of the corpus if None.
    cache : Path
        Where stored features lie; what is there is not extracted again.
    jobs : int or None
        Parallel processes; None for one a core.
    plugins : sequence of Path
        Files of the user's own.
    progress : Progress or None
        Something that watches.

    Returns
    -------
    CueBoard

    Raises
    ------
    RequestError
        If the corpus or the target does not exist, the speakers are unknown, the label has no order, or ``jobs`` is no number
        of processes.
    BenchError
        If the cache cannot be written or a feature set fails.
    """
    jobs = processes(jobs)
    add_plugins(plugins)
    corpus = read_corpus(spelled, folder, cache)
    asked = _asked(corpus, target)
    cues = read_cues()
    store = FeatureStore(cache / "features")
    sets = {name: FEATURE_SETS.make(parse(name)) for name in dict.fromkeys(cue.features for cue in cues)}
    found = extract(corpus.clips, tuple(sets.values()), store, FactStore(cache), jobs=jobs, progress=Watch(progress or Quiet()))
    failures = [sentence for one in sets.values() if (sentence := found.failure_of(one))]
    if failures:
        raise BenchError(" ".join(failures))
    corpus = exclude(corpus, found.facts)
    clips = [clip for clip in corpus.clips if asked.name in clip.labels]
    tables = {name: store.table(one, [clip.id for clip in clips], found.keys) for name, one in sets.items()}
    columns = {(name, column): table.values[:, at] for name, table in tables.items() for at, column in enumerate(table.columns)}
    command = _command(spelled, folder, asked.name, plugins)
    return judge_cues(corpus, asked, {cue: value_of(cue, columns) for cue in cues}, command)


def _command(spelled: str, folder: Path | None, target: str, plugins: Sequence[Path]) -> str:
    words = ["fatigue-bench", "cues", f"{spelled}={folder}" if folder else spelled, "--target", target]
    return shlex.join([*words, *(word for file in plugins for word in ("--plugin", str(file)))])


def _asked(corpus: Corpus, target: str | None) -> Target:
    asked = corpus.target(target) if target else corpus.targets[0]
    if corpus.speakers == "unknown":
        raise RequestError(
            f"Nobody knows who speaks in {corpus.name!r}, and cues are looked at within speakers. Give a corpus with speakers."
        )
    if asked.scale is None and not asked.ordinal:
        raise RequestError(
            f"The levels of {asked.name!r} have no order, so nothing can rise or fall with them. "
            f"Give another `--target`; {corpus.name} has {', '.join(one.name for one in corpus.targets)}."
        )
    return asked


def judge_cues(corpus: Corpus, target: Target, values: Mapping[Cue, Floats], command: str) -> CueBoard:
    """Make the board from the values of each cue.

    Parameters
    ----------
    corpus : Corpus
        After the decoder's exclusions.
    target : Target
    values : mapping of Cue to float64 array, shape (n_clips,)
        On the clips that have the label, in the order of the corpus.
    command : str
    """
    clips = [clip for clip in corpus.clips if target.name in clip.labels]
    labels = [_number(target, clip) for clip in clips]
    speakers = [clip.speaker for clip in clips]
    each = {cue: by_speaker(own, labels, speakers) for cue, own in values.items()}
    shifts = {cue: mean_shift(list(found.values())) for cue, found in each.items()}
    tested = {cue: p for cue, shift in shifts.items() if (p := shift.p) is not None}
    verdicts = dict(zip(tested, holm(list(tested.values())), strict=True))
    return CueBoard(
        corpus=corpus.name,
        target=target,
        others=tuple(one.name for one in corpus.targets if one.name != target.name),
        badge=BADGES[target.kind],
        caution=corpus.caution,
        rows=tuple(_row(cue, values[cue], shifts[cue], verdicts.get(cue), speakers, each[cue]) for cue in values),
        n_clips=len(clips),
        n_unlabelled=len(corpus.clips) - len(clips),
        n_speakers=len(set(speakers)),
        n_usable=len(by_speaker(np.zeros(len(clips)), labels, speakers, MIN_CLIPS)),
        excluded=corpus.excluded,
        command=command,
    )


def _number(target: Target, clip: Clip) -> float:
    label = clip.labels[target.name]
    return float(label) if target.scale is not None else float(target.level(label))


def _row(
    cue: Cue, values: Floats, shift: Shift, verdict: Verdict | None, speakers: Sequence[str], each: Mapping[str, float]
) -> CueRow:
    names = np.asarray(speakers, dtype=np.str_)
    return CueRow(
        cue=cue,
        value=Value(shift.value, *(shift.bounds() or (None, None))),
        adjusted=Value(shift.value, *((shift.bounds(1 - verdict.alpha) if verdict else None) or (None, None))),
        p=shift.p,
        claimed=bool(verdict and verdict.passed),
        n_speakers=shift.n_speakers,
        n_still=sum(1 for name in each if np.unique(values[(names == name) & np.isfinite(values)]).size == 1),
        n_missing=int((~np.isfinite(values)).sum()),
    )
