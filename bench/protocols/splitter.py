"""Splitters: how the clips of a task are cut into folds, by the name a person gives.

``loso``
    Leave one speaker out.
``grouped-K``
    K groups of whole speakers, alike in size, levels and (where the corpus says it) sex.
``sessions``
    Leave one session out, for corpora whose speakers stay in theirs.
``fixed``
    The publisher's own parts, as the clips' ``split`` says; tuned on the devel part where there is a test part, too.
``speaker-text``
    Groups of speakers crossed with groups of texts: whoever is tested was never heard, and says what was never heard.
``corpora``
    Leave one corpus out, for several corpora that are asked the same question.
a path that ends in ``.json``
    Lists that `fatigue-bench folds` wrote.
``auto``
    What the corpus asks for; else ``loso`` up to 30 speakers, and ``grouped-10`` above.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import RequestError, unknown_name
from bench.corpora.corpus import DEVEL, TEST, TRAIN, Clip, Target
from bench.protocols.fold import Fold, check_folds, read_folds
from bench.protocols.grouping import Codes, Indices, bins, deal_speakers

MAX_LOSO_SPEAKERS = 30
MANY_SPEAKERS = "grouped-10"
N_INNER = 4
MIN_INNER_SPEAKERS = 3
GROUPED = re.compile(r"grouped-([1-9]\d*)")
SPELLINGS = ("auto", "corpora", "fixed", "grouped-10", "loso", "sessions", "speaker-text")
CROSSED = "speaker-text"
MOST_CROSSED = 5  # groups of speakers, and of texts: 25 folds at most


def resolve_splitter(splitter: str, clips: Sequence[Clip]) -> str:
    """The splitter that is meant: ``auto`` becomes one of the others, and an unknown name is an error.

    Raises
    ------
    RequestError
        If no splitter is called so.

    Examples
    --------
    >>> resolve_splitter("auto", [Clip("1", "anna", Path("1.wav"), {}), Clip("2", "ben", Path("2.wav"), {})])
    'loso'
    """
    if splitter == "auto":
        return "loso" if len({clip.speaker for clip in clips}) <= MAX_LOSO_SPEAKERS else MANY_SPEAKERS
    if splitter not in (*SPLITTERS, CROSSED) and not GROUPED.fullmatch(splitter) and not splitter.endswith(".json"):
        raise unknown_name(
            "splitter", splitter, SPELLINGS, "grouped-K takes any K from 2 up; a file of folds must end in .json."
        )
    return splitter


def make_folds(
    clips: Sequence[Clip], target: Target, splitter: str = "auto", seed: int = 0, absent: Collection[str] = ()
) -> tuple[Fold, ...]:
    """Cut clips into folds. They are the same for the score and the level form of a target.

    Parameters
    ----------
    clips : sequence of Clip
        All with a label of the target.
    target : Target
        Grouped folds are alike in its levels, or in bins of its scores where it has no levels.
    splitter : str
        See the head of this file.
    seed : int
        Decides between groups that are equally good.
    absent : collection of str
        Ids of clips that are left out of this task and that a list of folds may yet name.

    Returns
    -------
    tuple of Fold
        Ids stand in the order of ``clips``; no clip is tested twice.

    Raises
    ------
    RequestError
        If the splitter is unknown or cannot serve these clips.
    """
    splitter = resolve_splitter(splitter, clips)
    grouped = GROUPED.fullmatch(splitter)
    if grouped:
        folds = _grouped(clips, target, int(grouped[1]), seed)
    elif splitter == CROSSED:
        folds = _crossed(clips, target, seed)
    elif splitter in SPLITTERS:
        folds = SPLITTERS[splitter](clips)
    else:
        folds = _listed(clips, Path(splitter), absent)
    check_folds(folds)
    return tuple(folds)


def inner_folds(speakers: npt.NDArray[Any], y: npt.NDArray[Any], seed: int) -> list[tuple[Indices, Indices]]:
    """Folds inside a training side, for tuning: 4 groups of speakers, 3 where there are 3 speakers.

    Parameters
    ----------
    speakers : array of str, shape (n_clips,)
    y : array, shape (n_clips,)
        Whole numbers are levels, and are spread evenly; others are scores, and their bins are.
    seed : int

    Returns
    -------
    list of (int array, int array)
        Positions to train on and to validate on. Empty with fewer than 3 speakers: nothing can be tuned there.

    Examples
    --------
    >>> for train, valid in inner_folds(np.array(["a", "a", "b", "c"]), np.array([0, 1, 1, 0]), seed=0):
    ...     print(train, valid)
    [2 3] [0 1]
    [0 1 2] [3]
    [0 1 3] [2]
    """
    n_speakers = len(np.unique(speakers))
    if n_speakers < MIN_INNER_SPEAKERS:
        return []
    codes = np.asarray(y, np.int64) if np.issubdtype(y.dtype, np.integer) else bins(y)
    n_folds = min(N_INNER, n_speakers)
    fold = deal_speakers(speakers.tolist(), [codes], n_folds, seed)
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(n_folds)]


def _leave_out(clips: Sequence[Clip], part_of: Sequence[str], names: Sequence[str]) -> list[Fold]:
    """One fold a name, which tests the clips whose part is that name."""
    return [
        Fold(
            name,
            tuple(clip.id for clip, part in zip(clips, part_of, strict=True) if part != name),
            tuple(clip.id for clip, part in zip(clips, part_of, strict=True) if part == name),
        )
        for name in names
    ]


def _speakers(clips: Sequence[Clip]) -> list[str]:
    """Who speaks each clip.

    Raises
    ------
    RequestError
        If there are fewer than two.
    """
    speakers = [clip.speaker for clip in clips]
    if len(set(speakers)) < 2:
        raise RequestError(
            f"The {len(clips)} clips are of {len(set(speakers))} speaker ({', '.join(set(speakers))}). To rate a speaker who "
            "was never heard before takes two speakers or more. Add recordings of others."
        )
    return speakers


def _loso(clips: Sequence[Clip]) -> list[Fold]:
    speakers = _speakers(clips)
    return _leave_out(clips, speakers, sorted(set(speakers)))


def _grouped(clips: Sequence[Clip], target: Target, n_folds: int, seed: int) -> list[Fold]:
    speakers = _speakers(clips)
    if not 2 <= n_folds <= len(set(speakers)):
        raise RequestError(
            f"The splitter grouped-{n_folds} does not fit {len(set(speakers))} speakers. Expected is grouped-2 to "
            f"grouped-{len(set(speakers))}. Give one of these, or loso."
        )
    parts = deal_speakers(speakers, _strata(clips, target), n_folds, seed)
    return _leave_out(clips, [str(part + 1) for part in parts], [str(k + 1) for k in range(n_folds)])


def _crossed(clips: Sequence[Clip], target: Target, seed: int) -> list[Fold]:
    """One fold for each group of speakers and group of texts that meet; trained on where both are others."""
    speakers = _speakers(clips)
    without = [clip.id for clip in clips if not clip.text]
    texts = [clip.text or "" for clip in clips]
    if without or len(set(texts)) < 2:
        what = f"{len(without)} clips have no text, the first is {without[0]!r}" if without else "all clips say the same"
        raise RequestError(
            f"The splitter {CROSSED!r} tests texts that were not trained on, and {what}. Expected are two texts or more, one "
            "for each clip. Fill the text column, or use loso."
        )
    strata = _strata(clips, target)
    by_speaker = deal_speakers(speakers, strata, min(MOST_CROSSED, len(set(speakers))), seed)
    by_text = deal_speakers(texts, strata, min(MOST_CROSSED, len(set(texts))), seed)
    folds = []
    for speaker, text in sorted(set(zip(by_speaker.tolist(), by_text.tolist(), strict=True))):
        test = (by_speaker == speaker) & (by_text == text)
        train = (by_speaker != speaker) & (by_text != text)
        sides = (tuple(clip.id for clip, inside in zip(clips, side, strict=True) if inside) for side in (train, test))
        folds.append(Fold(f"speakers {speaker + 1}, texts {text + 1}", *sides))
    return folds


def _strata(clips: Sequence[Clip], target: Target) -> list[Codes]:
    labels = [clip.labels[target.name] for clip in clips]
    codes = np.array([target.level(label) for label in labels]) if target.levels else bins(np.array(labels, float))
    sexes = [clip.traits.get("sex", "") for clip in clips]
    return [codes, np.unique(sexes, return_inverse=True)[1]]


def _sessions(clips: Sequence[Clip]) -> list[Fold]:
    _speakers(clips)
    without = [clip.id for clip in clips if not clip.session]
    if without:
        raise RequestError(
            f"{len(without)} of {len(clips)} clips have no session, the first is {without[0]!r}. The splitter 'sessions' needs "
            "one for each. Fill the session column, or use loso."
        )
    places: dict[str, set[str]] = {}
    for clip in clips:
        places.setdefault(clip.speaker, set()).add(str(clip.session))
    moving = sorted(speaker for speaker, found in places.items() if len(found) > 1)
    if moving:
        first = moving[0]
        raise RequestError(
            f"{len(moving)} speakers stand in several sessions, the first is {first!r} ({', '.join(sorted(places[first]))}). "
            "Leaving a session out would train and test on the same speaker. Use loso."
        )
    sessions = [str(clip.session) for clip in clips]
    if len(set(sessions)) < 2:
        raise RequestError(f"All clips are of the session {sessions[0]!r}. Expected are two or more. Use loso.")
    return _leave_out(clips, sessions, sorted(set(sessions)))


def _corpora(clips: Sequence[Clip]) -> list[Fold]:
    corpora = [clip.traits.get("corpus", "") for clip in clips]
    if len(set(corpora)) < 2:
        raise RequestError(
            "The splitter 'corpora' leaves one corpus out, and there is one only. Expected are several, as in the task "
            "A+B+C/TARGET. Ask for such a task, or use loso."
        )
    return _leave_out(clips, corpora, list(dict.fromkeys(corpora)))


def _fixed(clips: Sequence[Clip]) -> list[Fold]:
    """One fold: the test part, or the devel part where the test labels are kept back; all else is trained on.

    Beside a test part, hyper-parameters are chosen on the devel part, and the model is then fitted on both.
    """
    parts = [(clip.split or "").lower() for clip in clips]
    found = Counter(part for part in parts if part)
    unknown = sorted(set(found) - TRAIN - DEVEL - TEST)
    other = ", or use loso" if all(clip.speaker for clip in clips) else ""  # which needs to know who speaks
    if unknown:
        raise RequestError(
            f"The splits of these clips are called {', '.join(sorted(found))}. Expected are train, devel and test. "
            f"Rename {', '.join(repr(part) for part in unknown)}{other}."
        )
    tested, trained = (TEST, TRAIN | DEVEL) if TEST & set(found) else (DEVEL, TRAIN)
    if not (tested & set(found) and trained & set(found)):
        raise RequestError(
            f"The splits of these clips are {dict(found) or 'empty'}. The splitter 'fixed' needs a train part, and a test or "
            f"devel part. Fill the split column{other}."
        )
    train = tuple(clip.id for clip, part in zip(clips, parts, strict=True) if part in trained)
    test = tuple(clip.id for clip, part in zip(clips, parts, strict=True) if part in tested)
    devel = tuple(clip.id for clip, part in zip(clips, parts, strict=True) if tested is TEST and part in DEVEL)
    return [Fold("test" if tested is TEST else "devel", train, test, devel if len(devel) < len(train) else ())]


def _listed(clips: Sequence[Clip], path: Path, absent: Collection[str]) -> list[Fold]:
    here = [clip.id for clip in clips]
    folds = read_folds(path)
    named = {clip for fold in folds for clip in (*fold.train, *fold.test)}
    strange = sorted(named - set(here) - set(absent))
    if strange:
        raise RequestError(
            f"The fold file {str(path)!r} names {len(strange)} clips that the corpus does not have, the first is "
            f"{strange[0]!r}. Expected are clip ids of this corpus. Give the file that belongs to it."
        )
    result = []
    for fold in folds:
        sides = (set(fold.train), set(fold.test), set(fold.devel))
        result.append(Fold(fold.name, *(tuple(clip for clip in here if clip in side) for side in sides)))
    return result


SPLITTERS: dict[str, Callable[[Sequence[Clip]], list[Fold]]] = {
    "loso": _loso,
    "sessions": _sessions,
    "fixed": _fixed,
    "corpora": _corpora,
}
