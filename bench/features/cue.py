"""Cues: measures that people connect with fatigue, each made from columns of a feature set.

What they are made from, and which way they are reported to move, stands in ``cues.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Direction = Literal["up", "down", "conflicting", "not reported"]
CUES = Path(__file__).with_name("cues.toml")


@dataclass(frozen=True)
class Cue:
    """A measure of speech, and which way it is reported to move with fatigue.

    Attributes
    ----------
    name, group : str
        As people call it, and what it belongs to: "pause length", "pauses".
    features : str
        The feature set that gives it, as spelled.
    columns : tuple of str
        Of that feature set.
    reported : {'up', 'down', 'conflicting', 'not reported'}
    sources : tuple of str
        Who reports it; none of them was re-checked.
    remark : str
        What else must be known, or "".
    join : {'', 'product'}
        How several columns make one number.
    """

    name: str
    group: str
    features: str
    columns: tuple[str, ...]
    reported: Direction
    sources: tuple[str, ...] = ()
    remark: str = ""
    join: Literal["", "product"] = ""


def read_cues(file: Path = CUES) -> tuple[Cue, ...]:
    """Read the cues and their directions.

    Examples
    --------
    >>> [cue.reported for cue in read_cues() if cue.name in ("speech rate", "pause length")]
    ['down', 'conflicting']
    """
    return tuple(_cue(entry) for entry in tomllib.loads(file.read_text(encoding="utf-8"))["cue"])


def _cue(entry: dict[str, Any]) -> Cue:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Cue(**fields)


def value_of(cue: Cue, columns: Mapping[tuple[str, str], npt.NDArray[Any]]) -> Floats:
    """The values of a cue, shape (n_clips,), from columns by feature set and name; NaN where one of them is missing.

    Examples
    --------
    >>> spread = Cue("spread", "pitch", "x", ("mean", "cv"), "up", join="product")
    >>> value_of(spread, {("x", "mean"): np.array([30.0, 40.0]), ("x", "cv"): np.array([0.1, np.nan])}).tolist()
    [3.0, nan]
    """
    own = [np.asarray(columns[cue.features, name], dtype=np.float64) for name in cue.columns]
    return np.prod(own, axis=0) if cue.join == "product" else own[0]
