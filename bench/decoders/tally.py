"""The tally: what is counted of a clip while it is read block by block.

Clipping: the share of samples, over all channels heard, that stand in a flat run at full scale. A run is two samples or more,
one after the other in one channel, at the highest or at the lowest value that the coding of the file can hold, or within one
step of 16 bits of it (what was clipped and then dithered is clipped still). A lone peak at full scale is none, nor is a wave
that was clipped before its level was lowered, nor a sample beyond full scale in a file of floats.

Silence: the share of whole frames of 25 ms, side by side from the clip's first sample, whose mean square lies more than 40 dB
below that of the loudest one, pauses and both ends alike. So it does not change with the gain, and a recording whose noise is
louder than that has none. What is left after the last whole frame is not counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

STEP = 2.0**-15  # of 16 bits
FRAME_S = 0.025
SILENT_DB = 40.0
EXTREMES = {
    "PCM_U8": (-1.0, 1 - 2.0**-7),
    "PCM_S8": (-1.0, 1 - 2.0**-7),
    "PCM_16": (-1.0, 1 - STEP),
    "ULAW": (-32124 * STEP, 32124 * STEP),
    "ALAW": (-32256 * STEP, 32256 * STEP),
}  # by coding; of others -1 and 1

Samples = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass
class Clipping:
    """Counts the samples in flat runs at full scale.

    Parameters
    ----------
    subtype : str
        The coding of the file, as libsndfile calls it.

    Examples
    --------
    >>> found = Clipping("FLOAT")
    >>> found.add(np.array([[0.0], [1.0], [1.0], [0.0], [1.0], [-1.0]], dtype="float32"))
    >>> found.count
    2
    """

    subtype: str
    count: int = 0
    _ends: list[tuple[Flags, Flags]] = field(default_factory=list)  # of the last frame so far: in reach, and counted

    def add(self, block: Samples) -> None:
        """Count the samples of the next block, of shape (n_frames, n_channels)."""
        none = np.zeros(block.shape[1], dtype=bool)
        before = self._ends or [(none, none)] * 2
        self._ends = []
        for extreme, (last, last_counted) in zip(EXTREMES.get(self.subtype, (-1.0, 1.0)), before, strict=True):
            reached = np.abs(block - np.float32(extreme)) <= STEP
            if not reached.any():
                self._ends.append((none, none))
                continue
            neighbours = np.vstack([last, reached[:-1]]) | np.vstack([reached[1:], none])
            counted = reached & neighbours
            self.count += int(counted.sum() + (last & ~last_counted & reached[0]).sum())
            self._ends.append((reached[-1], counted[-1]))


@dataclass
class Silence:
    """Collects the mean squares of frames, to tell the share of silent ones.

    Parameters
    ----------
    rate : int
        In Hz.

    Examples
    --------
    >>> found = Silence(rate=40)  # a frame a sample
    >>> found.add(np.array([1.0, 0.5, 0.009, 0.0], dtype="float32"))
    >>> found.share
    0.5
    """

    rate: int
    _frames: list[npt.NDArray[np.float64]] = field(default_factory=list)
    _rest: Samples = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    def add(self, mono: Samples) -> None:
        """Take the next samples, of shape (n_samples,)."""
        length = max(1, round(FRAME_S * self.rate))
        waiting = np.concatenate([self._rest, mono])
        whole = len(waiting) // length * length
        self._frames.append(np.square(waiting[:whole].reshape(-1, length), dtype=np.float64).mean(axis=1))
        self._rest = waiting[whole:].copy()

    @property
    def share(self) -> float:
        """The share of silent frames, 0 to 1; of a clip without any sound, 0."""
        levels = np.concatenate(self._frames)
        if not len(levels):
            return 0.0
        return float(np.mean(levels < levels.max() * 10 ** (-SILENT_DB / 10)))


@dataclass
class Tally:
    """The mono samples of a clip, and what was counted of them.

    Attributes
    ----------
    blocks : list of float32 array, shape (n_samples,)
        Mixed down, or of the one channel heard.
    frames, bad : int
        Frames so far, and those with a sample that is no finite number; once there is one, no more is counted.
    loudest, peak : float
        The largest magnitude in any channel heard, and once mixed down.
    energy : float
        The sum of squares; not finite where the channels are so loud that their mean is not.
    """

    clipping: Clipping
    silence: Silence
    blocks: list[Samples] = field(default_factory=list)
    frames: int = 0
    bad: int = 0
    loudest: float = 0.0
    peak: float = 0.0
    energy: float = 0.0
    samples: int = 0

    def add(self, block: Samples) -> None:
        """Take the next block of the channels heard, of shape (n_frames, n_channels)."""
        with np.errstate(over="ignore", invalid="ignore"):  # the energy tells
            mono = block[:, 0] if block.shape[1] == 1 else block.mean(axis=1, dtype=np.float32)
        self.frames += len(mono)
        self.samples += block.size
        self.bad += int(np.count_nonzero(~np.isfinite(block).all(axis=1)))
        if not self.bad:
            self.loudest = max(self.loudest, float(np.abs(block).max()))
            self.peak = max(self.peak, float(np.abs(mono).max()))
            self.energy += float(np.square(mono, dtype=np.float64).sum())
            self.clipping.add(block)
            self.silence.add(mono)
        self.blocks.append(np.ascontiguousarray(mono))

    @property
    def rms(self) -> float:
        """Root mean square of the mono samples."""
        return math.sqrt(self.energy / self.frames)

    @property
    def clipped_share(self) -> float:
        """The share of samples in flat runs at full scale, 0 to 1."""
        return self.clipping.count / self.samples
