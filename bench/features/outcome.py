"""The outcome of an extraction: what a feature set gave, held against what it declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.base.error import BenchError
from bench.features.feature_set import Partial, Values
from bench.features.part import Shape


@dataclass(frozen=True)
class Outcome:
    """Values to store (NaN where missing), and why they are missing."""

    values: Values
    note: str | None


def outcome_of(found: object, shape: Shape, columns: Sequence[str]) -> Outcome:
    """Check what ``extract`` or ``extract_batch`` gave for one clip.

    Parameters
    ----------
    found : float32 array, Partial or str
        A str is the message of a ``TooShort``.
    shape : Shape
    columns : sequence of str

    Returns
    -------
    Outcome

    Raises
    ------
    BenchError
        If the kind, the shape or the dtype is not as declared, a value is NaN or infinite, or what is named as missing is no
        column.

    Examples
    --------
    >>> outcome_of(np.zeros(3, np.float32), Shape(None, ("",), 2), ("a", "b"))
    Traceback (most recent call last):
    bench.base.error.BenchError: it gave values of shape (3,), and declares (2,)
    """
    if isinstance(found, str):
        return Outcome(np.full(shape.values_shape, np.nan, np.float32), found)
    values = found.values if isinstance(found, Partial) else found
    if not isinstance(values, np.ndarray):
        raise BenchError(f"it gave a {type(values).__name__}, and must give a float32 array")
    if values.shape != shape.values_shape:
        raise BenchError(f"it gave values of shape {values.shape}, and declares {shape.values_shape}")
    if values.dtype != np.float32:
        raise BenchError(f"it gave values of the kind {values.dtype}, and must give float32")
    if not np.isfinite(values).all():
        names = list(columns) * (values.size // len(columns))
        bad = [names[i] for i in np.flatnonzero(~np.isfinite(values.ravel()))]
        raise BenchError(f"it gave {len(bad)} of {values.size} values that are NaN or infinite, {bad[0]!r} the first")
    if isinstance(found, Partial):
        return Outcome(_without(found, shape, columns), found.reason)
    return Outcome(values, None)


def _without(found: Partial, shape: Shape, columns: Sequence[str]) -> Values:
    """The values, missing where a column (in every statistic) or ``statistic:column`` is named; every layer alike."""
    if isinstance(found.missing, str):  # each letter would be taken for a column
        raise BenchError(f"it names the text {found.missing!r} as missing, and must give a tuple, as in ({found.missing!r},)")
    names = [(column, f"{statistic}:{column}") for statistic in shape.statistics for column in columns]
    unknown = set(found.missing) - {name for pair in names for name in pair}
    if unknown:
        first = next(name for name in found.missing if name in unknown)
        raise BenchError(f"it names {first!r} as missing, which is none of its columns")
    missing = set(found.missing)
    gone = np.array([not missing.isdisjoint(pair) for pair in names])
    values = found.values.copy()
    values.reshape(-1, len(names))[:, gone] = np.nan
    return values
