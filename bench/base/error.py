"""Errors that a person can act on: what happened, what was expected, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BenchError(Exception):
    """Something failed; the message is one sentence for the person at the keyboard (exit code 1)."""


class RequestError(BenchError):
    """The request itself was wrong: an unknown name, a bad value, a file of the wrong form (exit code 2)."""


class TooShort(BenchError):
    """A clip is too short for a feature set; the clip stays and its values are missing."""


def unknown_name(kind: str, name: str, known: Iterable[str], advice: str = "") -> RequestError:
    """Make the error for a name that nobody knows, with the closest one that somebody does.

    Parameters
    ----------
    kind : str
        What was looked for, as in "feature set".
    name : str
        The name that was asked for.
    known : iterable of str
        The names that exist.
    advice : str
        A sentence that says where to look further.

    Returns
    -------
    RequestError

    Examples
    --------
    >>> print(unknown_name("model", "lineer", ["linear", "svm"]))
    No model is called 'lineer'. Did you mean 'linear'? Known are: linear, svm.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    parts = [f"No {kind} is called {name!r}."]
    if close:
        parts.append(f"Did you mean {close[0]!r}?")
    if len(names) <= 12:
        parts.append(f"Known are: {', '.join(names) or 'none'}.")
    if advice:
        parts.append(advice)
    return RequestError(" ".join(parts))
