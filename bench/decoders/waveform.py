"""The waveform: what a feature set is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Waveform:
    """Mono audio in memory.

    Attributes
    ----------
    samples : float32 array, shape (n_samples,)
        Finite, read-only, nominally within -1 to 1.
    rate : int
        Samples a second, in Hz.
    """

    samples: npt.NDArray[np.float32]
    rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.dtype != np.float32:
            raise ValueError(f"expected mono float32 samples, got {self.samples.dtype} of shape {self.samples.shape}")
        if self.samples.flags.writeable:
            samples = self.samples.view()
            samples.flags.writeable = False
            object.__setattr__(self, "samples", samples)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    def resampled(self, rate: int) -> Waveform:
        """The same audio at another rate (soxr HQ); itself where the rate is right already."""
        if rate == self.rate:
            return self
        import soxr

        return Waveform(np.asarray(soxr.resample(self.samples, self.rate, rate, "HQ"), dtype=np.float32), rate)
