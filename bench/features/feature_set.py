"""The door for feature sets: from one waveform to numbers."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError, RequestError
from bench.base.plugin import Plugin
from bench.base.registry import Registry
from bench.corpora.corpus import Clip
from bench.decoders.waveform import Waveform

Values = npt.NDArray[np.float32]
Late = Literal["mean", "stack"]  # fusions, spelled like feature sets: mean[A+B]
EVERY_COLUMN = "*"
ABSENT = "absent"  # the key of clips of which a set that looks values up knows nothing


@dataclass(frozen=True)
class Partial:
    """Values of which some columns cannot be given for this clip.

    Attributes
    ----------
    values : float32 array
        Of the declared shape, finite everywhere.
    missing : tuple of str
        Columns (as in ``columns``) that are not to be trusted; they become missing values. Sets with several statistics
        name ``statistic:column``, as in ``voiced:d000``.
    reason : str
        Why, as a phrase: "no voiced frame".
    """

    values: Values
    missing: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class LookedUp:
    """What a feature set knows of some clips without hearing them.

    Attributes
    ----------
    keys : mapping of str to str
        From clip id to the key under which its values are stored; all that they depend on beside the identity is in it.
        ``ABSENT`` for clips of which nothing is known.
    found : mapping of str to float32 array, Partial or str
        By key; a str says why there are no values.
    strangers : tuple of str
        What it knows that belongs to none of these clips.
    """

    keys: Mapping[str, str]
    found: Mapping[str, Values | Partial | str]
    strangers: tuple[str, ...] = ()


class Unheard(BenchError):
    """A feature set that looks values up by clip was given a sound."""


class FeatureSet(Plugin):
    """Turns one waveform into numbers; its fields are its parameters.

    Subclasses set ``name``, ``version`` and ``columns`` and write ``extract``.

    Attributes
    ----------
    rate : int
        The sample rate that it wants, in Hz; the waveform arrives at this rate.
    columns : tuple of str
        Names of the dimensions of one statistic, in order.
    layers : tuple of int or None
        The layers that it gives, or None.
    statistics : tuple of str
        For sets that store several poolings of each layer: their names. ``extract`` then gives
        ``len(statistics) * len(columns)`` dimensions a layer, the statistics one after the other.
    cost : float
        Rough seconds of one core for a second of audio; used by the dry run only.
    """

    @property
    def rate(self) -> int:
        """The sample rate that it wants, in Hz; 16,000 unless a set says otherwise."""
        return 16_000

    @property
    def cost(self) -> float:
        """Rough seconds of one core for a second of audio."""
        return 0.01

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the dimensions of one statistic."""
        raise NotImplementedError

    @property
    def layers(self) -> tuple[int, ...] | None:
        """The layers that it gives, or None."""
        return None

    @property
    def statistics(self) -> tuple[str, ...]:
        """Names of the poolings that one pass stores; one unnamed for sets that do not pool."""
        return ("",)

    @property
    def pooled(self) -> tuple[str, ...]:
        """The statistics that this view reads, in order."""
        return self.statistics

    @property
    def kept(self) -> str:
        """Which columns this view reads: shell patterns separated by ``|``."""
        return EVERY_COLUMN

    def findings(self) -> tuple[tuple[str, str], ...]:
        """What a reader of the board must know about this set: (finding code, sentence)."""
        return ()

    def look_up(self, clips: Sequence[Clip]) -> LookedUp | None:
        """What is known of clips without hearing them; None where values are extracted, as by nearly every set.

        Parameters
        ----------
        clips : sequence of Clip
            All of a corpus.

        Raises
        ------
        RequestError
            If what is known cannot be read, or does not fit the clips.
        """
        return None

    def extract(self, wave: Waveform) -> Values | Partial:
        """Extract from one waveform.

        Parameters
        ----------
        wave : Waveform
            Mono float32 at ``rate``; not to be changed.

        Returns
        -------
        float32 array, shape (n_dims,) or (n_layers, n_dims), or Partial
            Finite.

        Raises
        ------
        TooShort
            If the clip is too short for it.
        """
        raise NotImplementedError

    def extract_batch(self, waves: Sequence[Waveform]) -> list[Values | Partial | str]:
        """Extract from several waveforms; the numbers are those of ``extract``.

        Returns
        -------
        list of float32 array, Partial or str
            One an input, in order; a str is the message of a ``TooShort``.
        """
        from bench.base.error import BenchError, TooShort

        results: list[Values | Partial | str] = []
        for wave in waves:
            try:
                found = self.extract(wave)
                if isinstance(found, str):  # in the list it would be taken for the message of a TooShort
                    raise BenchError(f"it gave the text {found!r}, and must give a float32 array")
                results.append(_owned(found))
            except TooShort as error:
                results.append(str(error))
        return results


def positions_kept(feature_set: FeatureSet, columns: Sequence[str]) -> list[int]:
    """Where the columns stand that a view reads, by the patterns of its ``kept``.

    Parameters
    ----------
    feature_set : FeatureSet
    columns : sequence of str
        All names, in order.

    Returns
    -------
    list of int

    Raises
    ------
    RequestError
        If no column fits.

    Examples
    --------
    >>> from bench.base.spelling import parse
    >>> positions_kept(FEATURE_SETS.make(parse("timing[only=h*|*w]")), ["high", "other", "low"])
    [0, 2]
    """
    patterns = feature_set.kept.split("|")
    kept = [place for place, name in enumerate(columns) if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]
    if not kept:
        raise RequestError(
            f"No column of {feature_set.name!r} fits {feature_set.kept!r}. "
            f"Columns are {', '.join(columns[:5])}{', ...' if len(columns) > 5 else ''}. Give another pattern."
        )
    return kept


def _owned(found: Values | Partial) -> Values | Partial:
    """A copy: ``extract`` may fill and give one array again and again."""
    values = found.values if isinstance(found, Partial) else found
    if not isinstance(values, np.ndarray):
        return found  # told where it would be stored
    return replace(found, values=values.copy()) if isinstance(found, Partial) else values.copy()


FEATURE_SETS = Registry(FeatureSet, "bench.features", "feature set", reserved=get_args(Late))
