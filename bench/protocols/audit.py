"""The audit: what must be known about a task before anything is fitted. Each finding is one function."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from bench.base.finding import Finding
from bench.corpora.corpus import Clip
from bench.protocols.confounder import caution, speakers_differ, text_predicts
from bench.protocols.fold import Fold
from bench.protocols.task import Task

MIN_SPEAKERS = 5
SHOWN = 5  # examples in a sentence
SHARED = 0.5  # of the shorter of two stretches; people who talk to each other overlap by less

LABEL_NOTES = {
    "proxy": "is a proxy: it stands in for something that nobody measured",
    "acted": "was acted: it says what was to be shown, not what was felt",
    "synthetic": "and the speech are synthetic: they show that the machinery works and say nothing about people",
}


def audit(task: Task, sample_hashes: Mapping[str, str]) -> tuple[Finding, ...]:
    """Look at a task for leaks and for what limits its numbers.

    Parameters
    ----------
    task : Task
    sample_hashes : mapping of str to str
        Clip id to the hash of its decoded samples within its bounds.

    Returns
    -------
    tuple of Finding
        By code; those that stop the run have ``stops`` set.
    """
    found = (
        speaker_on_two_sides(task),
        audio_on_two_sides(task, sample_hashes),
        stretch_on_two_sides(task),
        absent_class(task),
        few_speakers(task),
        left_out(task),
        label_kind(task),
        speakers_differ(task),
        text_predicts(task),
        caution(task),
    )
    return tuple(sorted((finding for finding in found if finding is not None), key=lambda finding: finding.code))


def speaker_on_two_sides(task: Task) -> Finding | None:
    """FB001: a speaker is trained on and tested in the same fold. Not asked where speakers are unknown."""
    if task.corpus.speakers == "unknown":
        return None
    speaker = {clip.id: clip.speaker for clip in task.clips}
    shared = _shared(task.folds, speaker.__getitem__)
    if not shared:
        return None
    return Finding(
        "FB001",
        f"{_number(len(shared), 'speaker')} of {task.name} stand on both sides of a split: {_examples(shared)}. "
        "Their voices would be known already. Give folds that keep speakers together, or use loso.",
        stops=True,
    )


def audio_on_two_sides(task: Task, sample_hashes: Mapping[str, str]) -> Finding | None:
    """FB002: the same decoded samples, whatever the file is called, are trained on and tested in the same fold."""
    shared = _shared(task.folds, sample_hashes.__getitem__)
    if not shared:
        return None
    names = defaultdict(list)
    for clip in task.clips:
        names[sample_hashes[clip.id]].append(clip.id)
    same = {" = ".join(names[sound]): fold for sound, fold in shared.items()}
    return Finding(
        "FB002",
        f"{_number(len(shared), 'recording')} of {task.name} stand on both sides of a split: {_examples(same)}. "
        "Samples of these clips are equal. Correct the corpus, or give folds that keep them together.",
        stops=True,
    )


def stretch_on_two_sides(task: Task) -> Finding | None:
    """FB002: two stretches of one file that share most of their samples are trained on and tested in the same fold.

    Clips whose turns are known are not asked: of these, each speaker's own channel may be heard.
    """
    pairs = _overlapping(clip for clip in task.clips if not clip.turns)
    found: dict[str, str] = {}
    for fold in task.folds if pairs else ():
        train, test = set(fold.train), set(fold.test)
        for one, other in pairs:
            if (one in train and other in test) or (other in train and one in test):
                found.setdefault(f"{one} and {other}", fold.name)
    if not found:
        return None
    return Finding(
        "FB002",
        f"{_number(len(found), 'pair')} of stretches of {task.name} stand on both sides of a split: {_examples(found)}. They "
        "share more than half of their samples. Correct the bounds, or give folds that keep them together.",
        stops=True,
    )


def _overlapping(clips: Iterable[Clip]) -> list[tuple[str, str]]:
    """Pairs of stretches of a file of which the shorter lies in the other by more than ``SHARED``."""
    by_file: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for clip in clips:
        end_s = math.inf if clip.end_s is None else clip.end_s
        by_file[str(clip.path)].append((clip.start_s or 0.0, end_s, clip.id))
    pairs = []
    for stretches in by_file.values():
        stretches.sort()
        for number, (start_s, end_s, clip_id) in enumerate(stretches):
            for other_start_s, other_end_s, other_id in stretches[number + 1 :]:
                if other_start_s >= end_s:
                    break
                if (start_s, end_s) == (other_start_s, other_end_s):
                    continue  # equal stretches have equal samples, which their hashes tell
                shorter_s = min(end_s - start_s, other_end_s - other_start_s)
                if other_end_s <= end_s or end_s - other_start_s > SHARED * shorter_s:
                    pairs.append((clip_id, other_id))
    return pairs


def absent_class(task: Task) -> Finding | None:
    """FB003: a class has no clip in a test fold, in a training side, or at all; one finding that counts folds."""
    if task.form == "score":
        return None
    levels = task.target.levels
    code = dict(zip(task.clip_ids, task.y().tolist(), strict=True))
    never = [level for k, level in enumerate(levels) if k not in code.values()]
    present = [k for k, level in enumerate(levels) if level not in never]
    tests = Counter(levels[k] for fold in task.folds for k in _absent(fold.test, code, present))
    trains = Counter(levels[k] for fold in task.folds for k in _absent(fold.train, code, present))
    lacking = sum(bool(_absent(fold.test, code, present)) for fold in task.folds)
    sentences = []
    if never:
        sentences.append(f"No clip of {task.name} has the level {_listed(never)}.")
    if tests:
        counted = ", ".join(f"{level} in {n}" for level, n in tests.most_common())
        sentences.append(
            f"{lacking} of {_number(len(task.folds), 'test fold')} {'lacks' if lacking == 1 else 'lack'} a class ({counted}): "
            "recalls hold over all folds together, not within each."
        )
    if trains:
        counted = ", ".join(f"{level} in {n}" for level, n in trains.most_common())
        sentences.append(f"A class is absent from the training side of folds ({counted}), where no model can predict it.")
    return Finding("FB003", " ".join(sentences)) if sentences else None


def few_speakers(task: Task) -> Finding | None:
    """FB008: too few speakers are held out, or nobody knows who speaks, so values stand without an interval."""
    if task.corpus.speakers == "unknown":
        return Finding("FB008", f"The corpus {task.corpus.name!r} does not say who speaks, so values have no interval.")
    tested = {clip_id for fold in task.folds for clip_id in fold.test}
    speakers = {clip.speaker for clip in task.clips if clip.id in tested}
    if len(speakers) >= MIN_SPEAKERS:
        return None
    return Finding(
        "FB008",
        f"{_number(len(speakers), 'held-out speaker')} in {task.name}, and an interval over speakers takes {MIN_SPEAKERS}: "
        "values have none.",
    )


def left_out(task: Task) -> Finding | None:
    """FB009: clips are excluded, with the reasons and how many clips each has."""
    if not task.excluded:
        return None
    reasons = Counter(exclusion.reason for exclusion in task.excluded).most_common()
    counted = "; ".join(f"{reason} ({n})" for reason, n in reasons[:SHOWN])
    others = sum(n for _, n in reasons[SHOWN:])
    if others:
        counted += f"; {len(reasons) - SHOWN} other reasons, listed with the clips ({others})"
    total = len(task.excluded)
    return Finding("FB009", f"{_number(total, 'clip')} of {task.name} {'is' if total == 1 else 'are'} excluded: {counted}.")


def label_kind(task: Task) -> Finding | None:
    """FB010: the label was not measured on the speaker."""
    if task.target.kind == "measured":
        return None
    return Finding("FB010", f"The label {task.target.name!r} {LABEL_NOTES[task.target.kind]}.")


def _shared(folds: Iterable[Fold], key: Callable[[str], str]) -> dict[str, str]:
    """Keys that stand on both sides of a fold, each with the name of its first such fold."""
    found: dict[str, str] = {}
    for fold in folds:
        for value in sorted({key(clip) for clip in fold.train} & {key(clip) for clip in fold.test}):
            found.setdefault(value, fold.name)
    return found


def _absent(clip_ids: Sequence[str], code: Mapping[str, int], levels: Iterable[int]) -> list[int]:
    there = {code[clip_id] for clip_id in clip_ids}
    return [level for level in levels if level not in there]


def _examples(folds: Mapping[str, str]) -> str:
    shown = [f"{value} (fold {fold})" for value, fold in list(folds.items())[:SHOWN]]
    return ", ".join(shown) + (f" and {len(folds) - SHOWN} more" if len(folds) > SHOWN else "")


def _listed(names: Sequence[str]) -> str:
    return " or ".join(repr(name) for name in names)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
