"""Trials: what a plug-in is tried on, one after the other, whatever its code may raise."""

from __future__ import annotations

import difflib
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

SEEDED = (
    "it seeded the global generator of {what}; others draw from it, too, and what looks random to them would be the same every "
    "time. Use `numpy.random.default_rng(seed)`."
)
MOST_BLOCKS = 1000  # of 624 numbers, that may be drawn between two looks
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
    for what in (name for name in before if not _reaches(before[name], after[name])):
        seeded = SEEDED.format(what=what)
        if seeded not in known:
            faults.append(f"{trial.what}, {seeded}")
        known.add(seeded)
    return faults


def missing_method(made: object, base: type, name: str) -> str:
    """The sentence for a method that a plug-in does not have, with the one that it may have meant; "" where it has it.

    Parameters
    ----------
    made : object
    base : type
        The class of ours that only declares the method.
    name : str

    Examples
    --------
    >>> class Base:
    ...     def extract(self): ...
    >>> class Own(Base):
    ...     def extrakt(self): ...
    >>> missing_method(Own(), Base, "extract")
    'It has no method `extract` (it has `extrakt`). Write it.'
    """
    if getattr(type(made), name) is not getattr(base, name):
        return ""
    own = [
        key
        for kind in type(made).__mro__
        if kind not in base.__mro__
        for key in vars(kind)
        if not key.startswith("__") and key != name
    ]
    close = difflib.get_close_matches(name, own, n=1)
    return f"It has no method `{name}`" + (f" (it has `{close[0]}`)" if close else "") + ". Write it."


def _raised(error: BaseException) -> str:
    if isinstance(error, ValueError) and "read-only" in str(error):
        return READ_ONLY
    text = " ".join(str(error).split())[:300]
    return f"it raised {type(error).__name__}" + (f": {text}" if text else "") + ("" if text.endswith((".", "!", "?")) else ".")


def _dice() -> dict[str, tuple[int, ...]]:
    """The state of every global generator that is loaded: the 624 numbers of a Mersenne twister, and the place in them."""
    states = {"random": tuple(random.getstate()[1])}
    if "numpy.random" in sys.modules:
        keys, place = sys.modules["numpy.random"].get_state()[1:3]
        states["numpy.random"] = (*map(int, keys), int(place))
    return states


def _reaches(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Whether drawing leads from one state to the other; that is no fault, since others cannot know what comes next anyway."""
    if before[:-1] == after[:-1]:
        return after[-1] >= before[-1]
    import numpy as np

    state = np.random.RandomState()  # the generator in question
    state.set_state(("MT19937", np.array(before[:-1], np.uint32), 624, 0, 0.0))
    end = np.array(after[:-1], np.uint32)
    for _ in range(MOST_BLOCKS):
        state.randint(0, 1 << 32, size=624, dtype=np.uint32)
        if np.array_equal(state.get_state()[1], end):  # type: ignore[index]
            return True
    return False
