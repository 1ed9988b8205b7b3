"""Yardsticks of a board: what others published for its corpus, and whether it can be set beside its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.base.spelling import parse
from bench.corpora.corpus import Form
from bench.corpora.pool import parse_mix
from bench.corpora.yardstick import Published
from bench.metrics.metric import METRICS, PRIMARY
from bench.protocols.task import Task
from bench.runs.board import Yardstick

NEARLY_ALL = 0.99  # of the published clips or speakers: a few recordings that cannot be used leave a task the same
Record = Mapping[str, Any]


def yardsticks_of(task: Task) -> list[dict[str, Any]]:
    """What is published for a task, as its record keeps it.

    Returns
    -------
    list of dict
        Empty for several corpora at once.
    """
    if len(parse_mix(task.corpus.name).parts) > 1:
        return []
    known = task.corpus.yardsticks
    return [one.model_dump(exclude_defaults=True) for one in known if one.is_for(task.target.name, task.form)]


def make_yardsticks(task: Record) -> tuple[Yardstick, ...]:
    """The yardsticks of a board from the record of its task: those that can be compared first, each group highest first.

    Examples
    --------
    >>> told = {"target": "kss", "form": "score", "label": "a", "value": 0.3, "source": "Ann (2020)", "protocol": "loso"}
    >>> task = {"name": "c/kss/score", "form": "score", "track": "open", "metric": "spearman", "splitter": "grouped-6"}
    >>> task |= {"target": {"name": "kss", "levels": []}, "n_clips": 90, "n_speakers": 9}
    >>> [one] = make_yardsticks({**task, "yardsticks": [{**told, "splitter": "loso", "n_clips": 100}]})
    >>> one.comparable
    'its folds are loso, and ours grouped-6; it has 100 clips, and 90 are here'
    """
    found = [Published(**one) for one in task.get("yardsticks", ())]  # older ledgers have none
    made = [
        Yardstick(one.label, one.value, metric_of(one), one.cited, one.protocol, "; ".join(_differences(one, task)))
        for one in found
    ]
    return tuple(sorted(made, key=lambda one: (bool(one.comparable), -one.value)))


def metric_of(one: Published) -> str:
    """What the value of a yardstick is of, for a person."""
    return one.metric or PRIMARY[one.form].label


def _differences(one: Published, task: Record) -> Iterator[str]:
    """What keeps a yardstick from being compared, in phrases."""
    if one.differs:
        yield one.differs
    yield from _other_question(one, task)
    if one.track != task["track"]:
        yield f"it is of the {one.track} track, and this board of the {task['track']} track"
    if not one.differs and not one.splitter:
        yield "it is not known who was held out"
    elif not one.differs and one.splitter != task["splitter"]:
        yield f"its folds are {one.splitter}, and ours {task['splitter']}"
    yield from _other_clips(one, task)


def _other_question(one: Published, task: Record) -> Iterator[str]:
    form: Form = task["form"]
    target, n_levels = task["target"]["name"], len(task["target"]["levels"])
    if one.target != target:
        what = f"tells {one.n_levels} levels of {one.target} apart" if one.n_levels else f"is about {one.target}"
        yield f"it {what}, and this board {f'{n_levels} of ' if form == 'level' and one.n_levels else 'is about '}{target}"
    elif form == "level" and one.n_levels not in (None, n_levels):
        yield f"it tells {one.n_levels} levels apart, and this board {n_levels}"
    label = METRICS[task["metric"]].label
    if metric_of(one) != label:
        yield f"its value is {metric_of(one)}, and ours {label}"


def _other_clips(one: Published, task: Record) -> Iterator[str]:
    name = task["name"].removesuffix(f"/{task['target']['name']}/{task['form']}")
    if parse(name).values:
        yield f"this board is of {name}, another choice of clips"
    for noun, known, here in (("clips", one.n_clips, task["n_clips"]), ("speakers", one.n_speakers, task["n_speakers"])):
        if known is not None and not here:
            yield f"it has {known:,} {noun}, and how many are here is not known"
        elif known is not None and not NEARLY_ALL * known <= here <= known / NEARLY_ALL:
            yield f"it has {known:,} {noun}, and {here:,} are here"
    if not one.differs and one.n_clips is None and one.n_speakers is None:
        yield "it does not say how many clips it has"
