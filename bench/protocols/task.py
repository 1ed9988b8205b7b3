"""Tasks: one question to one corpus, in one form, with its folds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from bench.base.error import RequestError, unknown_name
from bench.base.identity import digest
from bench.base.spelling import split_outside
from bench.corpora.corpus import Clip, Corpus, Exclusion, Form, Target
from bench.corpora.pool import parse_mix
from bench.protocols.fold import Fold, folds_hash
from bench.protocols.splitter import make_folds, resolve_splitter

PRIMARY: dict[Form, Literal["uar", "spearman"]] = {"level": "uar", "score": "spearman"}
WITHOUT_SPEAKERS = "fixed"


class Question(NamedTuple):
    """What ``CORPUS/TARGET[/FORM]`` asks for; the form is None where every form of the target is meant.

    The corpus may be several, as in ``ravdess:tess`` (see ``corpora.pool``).
    """

    corpus: str
    target: str
    form: Form | None = None


@dataclass(frozen=True)
class Task:
    """One question to one corpus, in one form.

    Attributes
    ----------
    corpus : Corpus
    target : Target
    form : {'score', 'level'}
    splitter : str
        As in ``splitter.py``, never ``auto``.
    seed : int
    clips : tuple of Clip
        Those that have a label of the target and stand in a fold.
    folds : tuple of Fold
        The same for both forms of a target.
    excluded : tuple of Exclusion
        What the corpus left out, clips without this label, and clips that stand in no fold.
    """

    corpus: Corpus
    target: Target
    form: Form
    splitter: str
    seed: int
    clips: tuple[Clip, ...]
    folds: tuple[Fold, ...]
    excluded: tuple[Exclusion, ...] = ()

    @property
    def name(self) -> str:
        """As a person spells it: ``ravdess/fatigue-proxy/level``."""
        return f"{self.corpus.name}/{self.target.name}/{self.form}"

    @property
    def primary(self) -> Literal["uar", "spearman"]:
        """The metric that rows are sorted by: UAR for levels, pooled Spearman for scores."""
        return PRIMARY[self.form]

    @property
    def chance(self) -> float:
        """The primary metric of guessing, by definition: 0 for Spearman, 1/k for the UAR of the k levels that are tested."""
        if self.form == "score":
            return 0.0
        tested = {clip_id for fold in self.folds for clip_id in fold.test}
        return 1 / len({code for clip_id, code in zip(self.clip_ids, self.y().tolist(), strict=True) if clip_id in tested})

    @cached_property
    def clip_ids(self) -> tuple[str, ...]:
        """Ids of the clips, in order."""
        return tuple(clip.id for clip in self.clips)

    @cached_property
    def fold_hash(self) -> str:
        """Hash of the folds: 20 hexadecimal characters."""
        return folds_hash(self.folds)

    @cached_property
    def named_fold_hash(self) -> str:
        """Hash of which fold holds out what, by name, in any order: 20 hexadecimal characters."""
        return digest(sorted([fold.name, folds_hash([fold])] for fold in self.folds))

    def y(self) -> npt.NDArray[Any]:
        """The labels, in the order of ``clips``: int64 codes of levels, 0 for the lowest, or float64 scores."""
        labels = [clip.labels[self.target.name] for clip in self.clips]
        if self.form == "level":
            return np.array([self.target.level(label) for label in labels], np.int64)
        return np.array(labels, np.float64)

    def speakers(self) -> npt.NDArray[np.str_]:
        """Who speaks, in the order of ``clips``."""
        return np.array([clip.speaker for clip in self.clips], np.str_)


def parse_task(text: str) -> Question:
    """Read the spelling of a task.

    Raises
    ------
    RequestError
        If the text is not ``CORPUS/TARGET``, ``CORPUS/TARGET/level`` or ``CORPUS/TARGET/score``.

    Examples
    --------
    >>> parse_task("synthetic[effect=0]/kss/level")
    Question(corpus='synthetic[effect=0]', target='kss', form='level')
    >>> parse_task("ravdess/fatigue-proxy")
    Question(corpus='ravdess', target='fatigue-proxy', form=None)
    """
    parts = [part.strip() for part in split_outside(text, "/")]
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise RequestError(
            f"{text!r} is no task. Expected is CORPUS/TARGET, CORPUS/TARGET/level or CORPUS/TARGET/score, as in "
            "ravdess/fatigue-proxy/level. `fatigue-bench list` shows what there is."
        )
    if len(parts) == 2:
        return Question(parts[0], parts[1])
    for form in get_args(Form):
        if parts[2] == form:
            return Question(parts[0], parts[1], form)
    raise unknown_name("form of a task", parts[2], get_args(Form))


def make_tasks(corpus: Corpus, question: Question, splitter: str = "auto", seed: int = 0) -> tuple[Task, ...]:
    """Make the task of a question, or one of each form where it names none.

    Parameters
    ----------
    corpus : Corpus
        As it is after unusable recordings were excluded; ``question.corpus`` is not looked at.
    question : Question
    splitter : str
        See ``splitter.py``.
    seed : int
        Of the folds.

    Returns
    -------
    tuple of Task

    Raises
    ------
    RequestError
        If the corpus has no such target, the target no such form, its labels nothing to tell apart, or the splitter does
        not fit.
    """
    target = corpus.target(question.target)
    if question.form is not None and question.form not in target.forms:
        raise RequestError(
            f"{corpus.name}/{target.name} has no {question.form} form. Its labels are {' and '.join(target.forms)}s. "
            f"Ask for {corpus.name}/{target.name}/{target.forms[0]}."
        )
    labelled = [clip for clip in corpus.clips if target.name in clip.labels]
    if not labelled:
        raise RequestError(
            f"None of the {len(corpus.clips)} clips of {corpus.name} has a label of {target.name!r}, and "
            f"{len(corpus.excluded)} clips are excluded. At least two speakers with labels are needed. Check the corpus."
        )
    without = [clip for clip in corpus.clips if target.name not in clip.labels]
    excluded = [*corpus.excluded, *(Exclusion(clip.id, f"it has no label of {target.name}") for clip in without)]
    splitter = _splitter(corpus, labelled, splitter)
    folds = make_folds(labelled, target, splitter, seed, {exclusion.clip_id for exclusion in excluded})
    used = {clip_id for fold in folds for clip_id in (*fold.train, *fold.test)}
    reason = f"it stands in no fold of {splitter}"
    excluded += [Exclusion(clip.id, reason) for clip in labelled if clip.id not in used]
    clips = tuple(clip for clip in labelled if clip.id in used)
    forms = target.forms if question.form is None else (question.form,)
    tasks = tuple(Task(corpus, target, form, splitter, seed, clips, folds, tuple(excluded)) for form in forms)
    for task in tasks:
        _check_labels(task)
    return tasks


def _splitter(corpus: Corpus, clips: list[Clip], splitter: str) -> str:
    if splitter == "auto":
        splitter = corpus.splitter or ("auto" if corpus.speakers == "known" else WITHOUT_SPEAKERS)
    resolved = resolve_splitter(splitter, clips)
    if len(parse_mix(corpus.name).parts) > 1:
        expected, why = corpus.splitter, "is several corpora, and {!r} would train and test within one"
    elif corpus.speakers == "unknown":
        expected, why = WITHOUT_SPEAKERS, "does not say who speaks, so {!r} cannot keep speakers apart"
    else:
        return resolved
    if resolved != expected and not resolved.endswith(".json"):
        raise RequestError(
            f"The corpus {corpus.name!r} {why.format(resolved)}. Expected is {expected!r}, which is what 'auto' means here, or "
            "a file of folds. Leave the splitter out."
        )
    return resolved


def _check_labels(task: Task) -> None:
    """Refuse a task whose clips all have the same label.

    Raises
    ------
    RequestError
        If so.
    """
    values = np.unique(task.y())
    if len(values) < 2:
        label = task.target.levels[int(values[0])] if task.form == "level" else f"{values[0]:g}"
        raise RequestError(
            f"All {len(task.clips)} clips of {task.name} have the label {label!r}. There is nothing to tell apart. "
            "Expected are two labels or more. Add recordings or ask for another task."
        )


def check_tested_labels(task: Task) -> None:
    """Refuse a task whose tested clips all have the same label, though others have others.

    Raises
    ------
    RequestError
        If so.
    """
    held_out = {clip_id for fold in task.folds for clip_id in fold.test}
    told = {label for clip_id, label in zip(task.clip_ids, task.y().tolist(), strict=True) if clip_id in held_out}
    if len(told) < 2:
        (value,) = told
        label = task.target.levels[value] if task.form == "level" else f"{value:g}"
        raise RequestError(
            f"All {len(held_out)} tested clips of {task.name} have the label {label!r}. There is nothing to tell apart. "
            "Expected are two labels or more on the test sides. Choose another splitter, or correct the split."
        )
