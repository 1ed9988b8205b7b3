"""Trials: what a plug-in is tried on, one after the other, whatever its code may raise."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

DREW = (
    "it drew from the global generator of {what}, or seeded it; others draw from it, too, and the numbers hang on who came "
    "first. Use `numpy.random.default_rng(seed)`."
)
READ_ONLY = (
    "it tried to change the samples that it was given; other feature sets see them too, so they are read-only. Work on a copy."
)


@dataclass(frozen=True)
class Trial:
    """One thing that a plug-in is tried on.

    Attributes
    ----------
    what : str
        How a sentence about it begins, as in "Asked for the values of a clip".
    ask : callable
        Tries it; gives a sentence a fault, or raises what the plug-in raises.
    stops : bool
        Whether nothing else can be tried after a fault here.
    ours : bool
        Whether what it does beside answering is not the plug-in's but ours.
    """

    what: str
    ask: Callable[[], Iterable[str]]
    stops: bool = False
    ours: bool = False


def faults_of(trials: Sequence[Trial]) -> list[str]:
    """Try one after the other in this process.

    Returns
    -------
    list of str
        A sentence a fault; empty if none was found.

    Examples
    --------
    >>> faults_of([Trial("Asked for a quotient", lambda: [str(1 / 0)]), Trial("Asked again", lambda: ["It is tired."])])
    ['Asked for a quotient, it raised ZeroDivisionError: division by zero.', 'It is tired.']
    """
    faults: list[str] = []
    known: set[str] = set()
    for trial in trials:
        found = told(trial, known)
        faults += found
        if found and trial.stops:
            break
    return faults


def told(trial: Trial, known: set[str]) -> list[str]:
    """Try one thing; what is raised is told, and once only.

    Parameters
    ----------
    trial : Trial
    known : set of str
        What was raised already; what is raised here is added.
    """
    before = _dice()
    faults: list[str] = []
    try:
        faults.extend(trial.ask())
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a stranger's code raises is the fault to be told
        raised = _raised(error)
        if raised not in known:
            faults.append(f"{trial.what}, {raised}")
        known.add(raised)
    after = _dice()
    for what in (name for name in before if before[name] != after[name]):
        drew = DREW.format(what=what)
        if drew not in known:
            faults.append(f"{trial.what}, {drew}")
        known.add(drew)
    return faults


def _raised(error: BaseException) -> str:
    if isinstance(error, ValueError) and "read-only" in str(error):
        return READ_ONLY
    text = " ".join(str(error).split())[:300]
    return f"it raised {type(error).__name__}" + (f": {text}" if text else "") + ("" if text.endswith((".", "!", "?")) else ".")


def _dice() -> dict[str, Any]:
    """The state of every global generator that is loaded."""
    states: dict[str, Any] = {"random": random.getstate()}
    if "numpy.random" in sys.modules:
        kind, keys, *rest = sys.modules["numpy.random"].get_state()
        states["numpy.random"] = (kind, keys.tobytes(), *rest)
    if "torch" in sys.modules:
        states["torch"] = sys.modules["torch"].random.get_rng_state().numpy().tobytes()
    return states
