"""How numbers and names are written, alike in every view: three decimals, brackets for intervals, a true minus sign."""

from __future__ import annotations

import math
import re

from bench.metrics.metric import METRICS
from bench.runs.board import TaskBoard
from bench.runs.row import Row, Value
from bench.views import baseline

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    r"""Write control characters and what XML refuses as escapes, so that a file name cannot steer a terminal or break a page.

    Examples
    --------
    >>> visible("red\x1b[31m")
    'red\\x1b[31m'
    """
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def fixed(value: float | None, decimals: int = 3) -> str:
    """Write a number with fixed decimals; what is no number is called so.

    Parameters
    ----------
    value : float or None
    decimals : int
        1 and up.

    Returns
    -------
    str

    Examples
    --------
    >>> fixed(0.63149), fixed(-0.04), fixed(-0.0001), fixed(float("nan")), fixed(None)
    ('0.631', '−0.040', '0.000', 'not defined', '–')
    """
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "not defined"
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        return text.lstrip("-")
    return text.replace("-", "−")


def signed(value: float) -> str:
    """Write a difference, with its sign.

    Examples
    --------
    >>> signed(0.02), signed(-0.02), signed(0.0)
    ('+0.020', '−0.020', '0.000')
    """
    text = fixed(value)
    return f"+{text}" if value > 0 and float(text) > 0 else text


def interval(value: Value) -> str:
    """Write the bounds of a value, or nothing where it has none.

    Examples
    --------
    >>> interval(Value(0.6, 0.5, 0.7)), interval(Value(0.6))
    ('[0.500, 0.700]', '')
    """
    if value.low is None or value.high is None:
        return ""
    return f"[{fixed(value.low)}, {fixed(value.high)}]"


def with_interval(value: Value) -> str:
    """Write a value and its bounds.

    Examples
    --------
    >>> with_interval(Value(0.6, 0.5, 0.7))
    '0.600 [0.500, 0.700]'
    """
    return f"{fixed(value.value)} {interval(value)}".strip()


def difference(value: Value | None) -> str:
    """Write a difference to the best row with its paired interval; nothing where there is none.

    Examples
    --------
    >>> difference(Value(-0.02, -0.05, 0.01))
    '−0.020 [−0.050, 0.010]'
    """
    return f"{signed(value.value)} {interval(value)}".strip() if value else ""


def no_interval(task: TaskBoard) -> str:
    """Why the values of a task have no interval, or nothing where they have one."""
    values = [row.metrics[task.metric] for row in task.rows if task.metric in row.metrics]
    if not values or any(value.low is not None for value in values):
        return ""
    if task.n_speakers == 0:
        return "no interval: nobody knows who speaks"
    n_speakers = task.n_tested_speakers or task.n_speakers
    return "no interval: fewer than 5 speakers" if n_speakers < 5 else "no interval"


def speakers(task: TaskBoard) -> str:
    """How many speakers a task has; 0 stands for a corpus that does not name them.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> speakers(SimpleNamespace(n_speakers=0)), speakers(SimpleNamespace(n_speakers=12))
    ('speakers who are not known', '12 speakers')
    """
    return counted(task.n_speakers, "speaker") if task.n_speakers else "speakers who are not known"


def size(task: TaskBoard) -> str:
    """Clips and speakers of a task, and how many are tested where that is not all of them.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> size(SimpleNamespace(n_clips=750, n_speakers=14, n_tested=31, n_tested_speakers=2))
    '750 clips of 14 speakers, tested on 31 clips of 2 speakers'
    >>> size(SimpleNamespace(n_clips=31, n_speakers=2, n_tested=31, n_tested_speakers=2))
    '31 clips of 2 speakers'
    """
    said = f"{counted(task.n_clips, 'clip')} of {speakers(task)}"
    if task.n_tested in (0, task.n_clips):
        return said
    of = f" of {counted(task.n_tested_speakers, 'speaker')}" if task.n_tested_speakers else ""
    return f"{said}, tested on {counted(task.n_tested, 'clip')}{of}"


def folds(task: TaskBoard) -> str:
    """How many folds a task has, and who is held out in each.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> folds(SimpleNamespace(n_folds=12, n_speakers=12, splitter="loso"))
    '12 folds of one speaker each (loso)'
    >>> folds(SimpleNamespace(n_folds=6, n_speakers=24, splitter="grouped-6"))
    '6 folds of some speakers each (grouped-6)'
    >>> folds(SimpleNamespace(n_folds=1, n_speakers=24, splitter="fixed"))
    '1 fold (fixed)'
    """
    known = task.splitter == "loso" or task.splitter.startswith("grouped")
    whose = f" of {'one speaker' if task.n_folds == task.n_speakers else 'some speakers'} each" if known else ""
    return f"{counted(task.n_folds, 'fold')}{whose} ({task.splitter})"


def metric_label(task: TaskBoard, name: str) -> str:
    """What people call a metric, and whether less of it is better."""
    if name == task.metric:
        return task.metric_label
    if name.startswith("recall:"):
        return f"Recall of {name.removeprefix('recall:')}"
    if name not in METRICS:
        return name
    metric = METRICS[name]
    return metric.label[:1].upper() + metric.label[1:] + (" (lower is better)" if metric.better == "lower" else "")


def broken(name: str) -> list[str]:
    """Cut a spelling where it may be broken over lines.

    Examples
    --------
    >>> broken("wav2vec2[checkpoint=untrained]@best")
    ['wav2vec2', '[checkpoint=', 'untrained]', '@best']
    >>> broken("odd:even/kss/level"), broken("a+b/kss")
    (['odd:', 'even/', 'kss/', 'level'], ['a+', 'b/', 'kss'])
    """
    return [part for part in re.split(r"(?<=[=,/:+])|(?=[\[@])", visible(name)) if part]


def spelled(row: Row) -> str:
    """The feature set of a row with its layer, as it is typed at a shell; of a baseline, its name.

    Examples
    --------
    >>> spelled(Row("f", "wav2vec2", "best", "linear", 0, "done"))
    'wav2vec2@best'
    """
    if row.baseline:
        return baseline.label(row)
    return f"{row.feature_set}@{row.layer}" if row.layer else row.feature_set


def called(row: Row) -> str:
    """A row in words.

    Examples
    --------
    >>> called(Row("f", "wav2vec2", "best", "linear", 0, "done"))
    'wav2vec2@best with linear'
    >>> called(Row("f", "duration", "", "linear", 0, "done", baseline="duration"))
    'the baseline duration alone'
    """
    if row.baseline:
        return f"the baseline {baseline.label(row)}"
    return f"{spelled(row)} with {row.model}"


def counted(n: int, noun: str) -> str:
    """A count and its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(12000, "clip")
    ('1 row', '12,000 clips')
    """
    return f"{n:,} {noun}" + ("" if n == 1 else "s")
