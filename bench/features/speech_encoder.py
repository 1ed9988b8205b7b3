"""What trained and untrained speech encoders have in common: layers, poolings, and one pass that stores them all.

Torch and transformers are imported when something is extracted, not before: identity, layers and columns are read from the
checkpoint's small files.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from bench.base.error import TooShort, unknown_name
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FeatureSet, Partial, Values
from bench.features.framing import Framing

if TYPE_CHECKING:
    from bench.features.encoder import Encoder

STATISTICS = ("mean", "std", "max", "voiced")
POOLINGS = {
    "mean": ("mean",),
    "std": ("std",),
    "max": ("max",),
    "voiced": ("voiced",),
    "mean_std": ("mean", "std"),
}


class SpeechEncoder(FeatureSet):
    """The common part of trained and untrained encoders.

    One pass stores the mean, the standard deviation, the maximum and the mean over voiced frames of every layer. Layer 0 is
    the input of the transformer; the last one is its output after the final norm. A recording of up to 30 s is run as a
    whole; a longer one in windows (``Framing.windows``), each frame counted once. Normalisation, where the checkpoint asks
    for it, is that of the whole recording.
    """

    views: ClassVar[tuple[str, ...]] = ("pooling",)

    pooling: str = "mean"

    def __post_init__(self) -> None:
        if self.pooling not in POOLINGS:
            raise unknown_name("pooling", self.pooling, POOLINGS)

    @property
    @abstractmethod
    def config(self) -> Mapping[str, Any]:
        """The architecture, as in ``config.json``."""

    @abstractmethod
    def _encoder(self) -> Encoder:
        """The encoder itself; imports torch."""

    @property
    def control(self) -> SpeechEncoder | None:
        """An encoder of the same shape that has not learned what this one has, or None."""
        return None

    @property
    def cost(self) -> float:
        """Rough seconds of one core for a second of audio, from the sizes of the architecture."""
        widths = [1, *self.config.get("conv_dim", [512] * 7)]
        kernels, strides = self.config["conv_kernel"], self.config["conv_stride"]
        frames = self.rate / np.cumprod(strides)  # a second, by convolution
        convolved = sum(a * b * k * n for a, b, k, n in zip(widths, widths[1:], kernels, frames, strict=False))
        transformed = self.config["num_hidden_layers"] * self.config["hidden_size"] ** 2
        return float(0.004 + 2.9e-11 * convolved + 1.9e-8 * transformed)

    @property
    def columns(self) -> tuple[str, ...]:
        """``d000`` and up, one a dimension of the hidden state."""
        return tuple(f"d{index:03d}" for index in range(self.config["hidden_size"]))

    @property
    def layers(self) -> tuple[int, ...]:
        """0, the input of the transformer, to the number of its layers."""
        return tuple(range(self.config["num_hidden_layers"] + 1))

    @property
    def statistics(self) -> tuple[str, ...]:
        """Mean, standard deviation, maximum, and mean over voiced frames."""
        return STATISTICS

    @property
    def pooled(self) -> tuple[str, ...]:
        """The statistics that ``pooling`` names."""
        return POOLINGS[self.pooling]

    def extract(self, wave: Waveform) -> Values | Partial:
        """Extract from one waveform: float32 of shape (n_layers, 4 * hidden size); see ``FeatureSet.extract``.

        Raises
        ------
        TooShort
            If it is shorter than one frame (25 ms for all known checkpoints).
        BenchError
            If the checkpoint cannot be used.
        """
        (result,) = self.extract_batch([wave])
        if isinstance(result, str):
            raise TooShort(result)
        return result

    def extract_batch(self, waves: Sequence[Waveform]) -> list[Values | Partial | str]:
        """Extract from several waveforms, near-equal lengths at once; see ``FeatureSet.extract_batch``."""
        framing = Framing.of(self.config)
        waves = [wave.resampled(self.rate) for wave in waves]
        results: list[Values | Partial | str] = [self._too_short(wave, framing) for wave in waves]
        fits = [index for index, wave in enumerate(waves) if framing.count(len(wave.samples))]
        if not fits:
            return results
        recordings = [waves[index].samples for index in fits]
        for index, sums in zip(fits, self._encoder().pool(recordings, self.rate), strict=True):
            values = sums.values()
            if sums.voiced:
                results[index] = values
            else:
                results[index] = Partial(values, tuple(f"voiced:{column}" for column in self.columns), "no voiced frame")
        return results

    def _too_short(self, wave: Waveform, framing: Framing) -> str:
        return (
            f"The clip has {len(wave.samples)} samples ({1000 * wave.duration_s:.0f} ms). "
            f"One frame of the encoder needs {framing.length} ({1000 * framing.length / self.rate:.0f} ms)."
        )
