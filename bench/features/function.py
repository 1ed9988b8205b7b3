"""A feature set from a function of the waveform, for a function that a person has already.

The class that comes out is like one written by hand: it has a name, a version and an identity, is found in a plug-in file
and by entry points, and can be sent to other processes. Parameters with a default become fields.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from bench.base.error import BenchError, RequestError
from bench.base.spelling import NAME
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FeatureSet, Partial, Values

Function = Callable[..., Any]
KINDS = (bool, int, float, str)


class FunctionSet(FeatureSet):
    """The common part of feature sets that are made from functions.

    Attributes
    ----------
    function : callable
        As it was written, to be called as it is: ``zcr.function(samples, rate)``.
    """

    function: ClassVar[Function]

    def extract(self, wave: Waveform) -> Values | Partial:
        """Call the function with the samples, the rate and the fields; see ``FeatureSet.extract``.

        Raises
        ------
        BenchError
            If what it gives does not fit the columns.
        """
        found = self.function(wave.samples, wave.rate, **self.parameters())
        return found if isinstance(found, Partial) else as_values(self.name, found, self.columns)


def feature_function(
    *, version: str, columns: Sequence[str] | str = (), name: str = "", rate: int = 16_000
) -> Callable[[Function], type[FunctionSet]]:
    """Make a feature set from a function of the samples and the rate.

    Parameters
    ----------
    version : str
        To be changed whenever the numbers change, so that nothing stored is mistaken for them.
    columns : sequence of str or str
        What the numbers are called, in order; not needed for a single one, which is called like the function.
    name : str
        What the feature set is called; like the function if not given.
    rate : int
        The sample rate that the function is given, in Hz.

    Returns
    -------
    callable
        Takes the function ``f(samples, rate, ...)`` and gives a subclass of ``bench.FeatureSet``. ``samples`` is float32 of
        shape (n_samples,), mono, read-only. The function gives a number, a list or an array of one number a column, a dict of
        numbers by column, or a ``bench.Partial``; it raises ``bench.TooShort`` where a clip is too short for it. Its other
        parameters need defaults (numbers, texts, true or false), and become fields of the feature set.

    Raises
    ------
    RequestError
        If the function cannot be made into a feature set.

    Examples
    --------
    >>> @feature_function(version="1", columns=("low", "high"))
    ... def spread(samples, rate, share: float = 0.05):
    ...     "Quantiles of the samples."
    ...     return np.quantile(samples, [share, 1 - share])
    >>> made = spread(share=0.25)
    >>> str(made), made.columns
    ('spread[share=0.25]', ('low', 'high'))
    >>> made.extract(Waveform(np.linspace(-1, 1, 101, dtype="float32"), 16_000)).tolist()
    [-0.5, 0.5]
    """

    def make(function: Function) -> type[FunctionSet]:
        called = name or function.__name__
        named = ((columns,) if isinstance(columns, str) else tuple(columns)) or (called,)
        if not NAME.fullmatch(called):
            raise RequestError(f"A feature set cannot be called {called!r}. Give it a name: feature_function(name=...).")
        body: dict[str, Any] = {
            "__module__": function.__module__,
            "__qualname__": function.__qualname__,
            "__doc__": function.__doc__ or f"The function {function.__name__}.",
            "name": called,
            "version": version,
            "columns": named,
            "rate": rate,
            "function": staticmethod(function),
            **_fields(function),
        }
        return types.new_class(function.__name__, (FunctionSet,), exec_body=lambda space: space.update(body))

    return make


def _fields(function: Function) -> dict[str, Any]:
    """The body of the class that declares the function's own parameters as fields."""
    parameters = list(inspect.signature(function).parameters.values())
    kinds = {parameter.kind for parameter in parameters}
    if len(parameters) < 2 or kinds & {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}:
        raise RequestError(
            f"The function {function.__name__!r} takes {inspect.signature(function)}. Expected are the samples, their rate, "
            "and parameters with defaults, each by its name, as in (samples, rate, n_frames=20). Change its first line."
        )
    own = parameters[2:]
    for parameter in own:
        if not isinstance(parameter.default, (*KINDS, types.NoneType)) or parameter.name in _taken():
            raise RequestError(
                f"The parameter {parameter.name!r} of the function {function.__name__!r} cannot become a field of a feature "
                "set. Expected are a default that is a number, a text, true or false, and a name that no feature set uses "
                f"already ({', '.join(_taken())}). Rename it, or give it such a default."
            )
        if parameter.default is None and parameter.annotation is parameter.empty:
            raise RequestError(
                f"The parameter {parameter.name!r} of the function {function.__name__!r} is None and says nothing of its "
                f"kind. Expected is an annotation, as in {parameter.name}: float | None = None. Add it."
            )
    given = {p.name: type(p.default) if p.annotation is p.empty else p.annotation for p in own}
    return {"__annotations__": given, **{p.name: p.default for p in own}}


def _taken() -> list[str]:
    return ["name", "version", *(name for name in dir(FunctionSet) if not name.startswith("_"))]


def as_values(name: str, found: object, columns: Sequence[str]) -> Values:
    """What a function gave as float32, in the order of the columns.

    Parameters
    ----------
    name : str
        Of the feature set, for the sentence.
    found : number, sequence of numbers, array or mapping of str to number
    columns : sequence of str

    Returns
    -------
    float32 array, shape (n_columns,)

    Raises
    ------
    BenchError
        If it is something else, or of another size or other names than the columns.

    Examples
    --------
    >>> as_values("pace", {"rate": 4, "pauses": 0.5}, ("pauses", "rate")).tolist()
    [0.5, 4.0]
    >>> as_values("pace", [1, 2, 3], ("pauses", "rate"))
    Traceback (most recent call last):
    bench.base.error.BenchError: 'pace' gave 3 numbers, and has 2 columns (pauses, rate). Make both agree.
    """
    if isinstance(found, Mapping):
        wrong = [f"lacks {key!r}" for key in columns if key not in found]
        wrong += [f"has {key!r}, which is no column" for key in found if key not in columns]
        if wrong:
            raise BenchError(f"{name!r} gave a dict that {wrong[0]}. Expected are the keys {', '.join(columns)}. Give these.")
        found = [found[key] for key in columns]
    try:
        numbers = np.asarray(found)
    except (TypeError, ValueError):  # lists of unequal length in a list
        numbers = np.empty((0, 0))
    if numbers.ndim > 1 or numbers.dtype.kind not in "biuf":
        what = f"an array of shape {numbers.shape}" if isinstance(found, np.ndarray) else f"{found!r:.60}"
        raise BenchError(
            f"{name!r} gave {what}. Expected is a number, or a list, a dict or an array of one number a column. Give that."
        )
    if numbers.size != len(columns):
        names = ", ".join(columns[:5]) + (", ..." if len(columns) > 5 else "")
        s, plural = "" if numbers.size == 1 else "s", "" if len(columns) == 1 else "s"
        raise BenchError(
            f"{name!r} gave {numbers.size} number{s}, and has {len(columns)} column{plural} ({names}). Make both agree."
        )
    return np.atleast_1d(numbers).astype(np.float32)
