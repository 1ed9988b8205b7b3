"""The proxy sheet: what a proxy label looks like in a corpus before anything is trained on it, and how its variants agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus, Target
from bench.decoders.facts import ClipFacts
from bench.decoders.survey import exclude
from bench.metrics.variance import eta_squared
from bench.runs.board import Board, Stability

CLASS = "emotion"  # the target whose levels are held against the proxy, where ratings and not the class make the proxy


@dataclass(frozen=True)
class ProxySheet:
    """What is known of a proxy label.

    Attributes
    ----------
    corpus : str
    n_clips, n_speakers : int
        With a label; no speaker where nobody knows who speaks.
    distribution : mapping of str to tuple of float
        By variant: least, first quartile, median, third quartile, largest.
    shares : mapping of str to mapping of str to float
        By variant and level: the share of the clips.
    agreement : mapping of (str, str) to float
        By pair of variants: Spearman's correlation of the labels.
    duration : mapping of str to float or None
        By variant: Spearman's correlation with the clip's duration; None without recordings.
    explained : mapping of str to mapping of str to float
        By variant and grouping (speaker, session, text): eta squared; only groupings that the corpus knows.
    classes : mapping of str to float
        By class of emotion: the mean of the default label. Empty where the corpus has no classes.
    notes : tuple of str
    stability : mapping of str to Stability
        By task of a finished run on this corpus.
    """

    corpus: str
    n_clips: int
    n_speakers: int
    distribution: Mapping[str, tuple[float, float, float, float, float]]
    shares: Mapping[str, Mapping[str, float]]
    agreement: Mapping[tuple[str, str], float]
    duration: Mapping[str, float | None]
    explained: Mapping[str, Mapping[str, float]]
    classes: Mapping[str, float]
    notes: tuple[str, ...]
    stability: Mapping[str, Stability]


def make_sheet(corpus: Corpus, facts: Mapping[str, ClipFacts], board: Board | None = None) -> ProxySheet:
    """Describe the proxy label of a corpus.

    Parameters
    ----------
    corpus : Corpus
    facts : mapping of str to ClipFacts
        By clip id, for every clip.
    board : Board or None
        Of a finished run; its tasks on this corpus' proxy say whether ranks hold under the variants.

    Returns
    -------
    ProxySheet

    Raises
    ------
    RequestError
        If the corpus has no proxy label, or no clip with one.
    """
    variants = _variants(corpus)
    there = any(not fact.problem for fact in facts.values())
    usable = exclude(corpus, facts) if there else corpus
    clips = [clip for clip in usable.clips if all(target.name in clip.labels for target in variants)]
    if not clips:
        raise RequestError(
            f"None of the {len(corpus.clips)} clips of {corpus.name} has a label of {variants[0].name!r}. Expected is at least "
            "one. Check the corpus with `fatigue-bench card`."
        )
    labels = {target.name: np.array([float(clip.labels[target.name]) for clip in clips]) for target in variants}
    durations = np.array([facts[clip.id].duration_s for clip in clips]) if there else None
    return ProxySheet(
        corpus=corpus.name,
        n_clips=len(clips),
        n_speakers=len({clip.speaker for clip in clips}) if corpus.speakers == "known" else 0,
        distribution={name: _five(own) for name, own in labels.items()},
        shares={target.name: _shares(target, clips) for target in variants},
        agreement={(a, b): _spearman(labels[a], labels[b]) for a, b in combinations(labels, 2)},
        duration={name: None if durations is None else _spearman(own, durations) for name, own in labels.items()},
        explained={name: _explained(own, clips) for name, own in labels.items()},
        classes=_classes(corpus, clips, labels[variants[0].name]),
        notes=tuple(_notes(corpus, usable, len(clips), there)),
        stability=_stability(board, corpus.name, variants[0].name),
    )


def _variants(corpus: Corpus) -> tuple[Target, ...]:
    """The proxy target that has variants, and these."""
    roots = [target for target in corpus.targets if any(other.variant_of == target.name for other in corpus.targets)]
    if not roots:
        there = ", ".join(f"{target.name} ({target.kind})" for target in corpus.targets)
        raise RequestError(
            f"{corpus.name} has no proxy label: its targets are {there}. Expected is an emotion corpus, whose fatigue proxy is "
            "made from norms. Look at its labels with `fatigue-bench card`."
        )
    return (roots[0], *(target for target in corpus.targets if target.variant_of == roots[0].name))


def _five(values: np.ndarray) -> tuple[float, float, float, float, float]:
    least, first, median, third, largest = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]).tolist()
    return least, first, median, third, largest


def _shares(target: Target, clips: Sequence[Clip]) -> dict[str, float]:
    counts = np.bincount([target.level(clip.labels[target.name]) for clip in clips], minlength=len(target.levels))
    return dict(zip(target.levels, (counts / len(clips)).tolist(), strict=True))


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(one, other).statistic) if np.ptp(one) and np.ptp(other) else float("nan")


def _explained(values: np.ndarray, clips: Sequence[Clip]) -> dict[str, float]:
    groupings = {
        "speaker": [clip.speaker for clip in clips],
        "session": [clip.session or "" for clip in clips],
        "text": [clip.text or "" for clip in clips],
    }
    return {name: eta_squared(values, own) for name, own in groupings.items() if all(own) and len(set(own)) > 1}


def _classes(corpus: Corpus, clips: Sequence[Clip], values: np.ndarray) -> dict[str, float]:
    if CLASS not in [target.name for target in corpus.targets]:
        return {}
    own: dict[str, list[float]] = defaultdict(list)
    for clip, value in zip(clips, values.tolist(), strict=True):
        if CLASS in clip.labels:
            own[str(clip.labels[CLASS])].append(value)
    return dict(sorted(((name, float(np.mean(found))) for name, found in own.items()), key=lambda pair: -pair[1]))


def _notes(corpus: Corpus, usable: Corpus, n_labelled: int, there: bool) -> list[str]:
    notes = []
    if not there:
        notes.append("No recording is there: this comes from the label files alone, without durations.")
    gone = len(corpus.clips) - len(usable.clips)
    if gone:
        notes.append(f"Left out, unusable or heard twice: {_clips(gone)}; `fatigue-bench card` lists what and why.")
    without = len(usable.clips) - n_labelled
    if without:
        notes.append(f"Left out, without a label of it: {_clips(without)}.")
    return notes


def _clips(count: int) -> str:
    return f"{count} clip" + ("" if count == 1 else "s")


def _stability(board: Board | None, corpus: str, target: str) -> dict[str, Stability]:
    tasks = board.tasks if board else ()
    return {
        task.name: task.stability
        for task in tasks
        if task.stability and task.target.name == target and task.name.startswith(f"{corpus}/") and task.track == "open"
    }


def kept_board(reports: Path) -> Board | None:
    """The board of the last run in a folder of reports, or None where nothing was run."""
    from bench.runs.ledger import Ledger
    from bench.runs.prediction import PredictionStore
    from bench.runs.standing import make_board

    ledger = Ledger(reports / "ledger.jsonl")
    return make_board(ledger, PredictionStore(reports)) if ledger.records("study") else None
