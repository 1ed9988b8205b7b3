"""Framing: which samples an encoder's frames see, and how long recordings are cut into windows.

The convolutions of a speech encoder use no padding, so frame ``i`` sees the samples from ``i * hop`` on, ``length`` of them,
and a piece of audio that starts at a multiple of ``hop`` gives the frames of the whole recording.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WINDOW_S = 30.0
CONTEXT_S = 1.0


@dataclass(frozen=True)
class Window:
    """A piece of a recording that is run through the encoder at once.

    Attributes
    ----------
    start, stop : int
        Samples that are read.
    lead : int
        Frames at its beginning that are context only and are not counted.
    first, count : int
        The frames of the recording that it answers for: ``first`` to ``first + count - 1``.
    """

    start: int
    stop: int
    lead: int
    first: int
    count: int

    @property
    def n_samples(self) -> int:
        """Samples that are read."""
        return self.stop - self.start


@dataclass(frozen=True)
class Framing:
    """The frames of a stack of unpadded convolutions.

    Attributes
    ----------
    kernels, strides : tuple of int
        Of each convolution, in order.

    Examples
    --------
    >>> framing = Framing((10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2))
    >>> framing.hop, framing.length, framing.count(399), framing.count(400), framing.count(16_000)
    (320, 400, 0, 1, 49)
    """

    kernels: tuple[int, ...]
    strides: tuple[int, ...]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Framing:
        """Read the framing from a checkpoint's configuration."""
        return cls(tuple(config["conv_kernel"]), tuple(config["conv_stride"]))

    @property
    def hop(self) -> int:
        """Samples from one frame to the next."""
        return math.prod(self.strides)

    @property
    def length(self) -> int:
        """Samples that one frame sees."""
        length = 1
        for kernel, stride in zip(reversed(self.kernels), reversed(self.strides), strict=True):
            length = (length - 1) * stride + kernel
        return length

    def count(self, n_samples: int) -> int:
        """Frames that so many samples give."""
        return 0 if n_samples < self.length else (n_samples - self.length) // self.hop + 1

    def windows(self, n_samples: int, rate: int) -> list[Window]:
        """Cut a recording into windows of at most 30 s.

        A recording of up to 30 s is one window, and so exact. A longer one is shared out evenly, each frame counted once.
        At every inner edge a window reads one second more, whose frames are not counted, because a frame without its
        neighbours comes out differently.

        Parameters
        ----------
        n_samples : int
            Length of the recording; at least one frame.
        rate : int
            Samples a second, in Hz.

        Returns
        -------
        list of Window

        Examples
        --------
        >>> framing = Framing((10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2))
        >>> [(w.start / 16_000, w.stop / 16_000, w.lead, w.count) for w in framing.windows(40 * 16_000, 16_000)]
        [(0.0, 21.005, 0, 1000), (19.0, 40.0, 50, 999)]
        """
        total = self.count(n_samples)
        if n_samples <= WINDOW_S * rate:
            return [Window(0, n_samples, 0, 0, total)]
        context = round(CONTEXT_S * rate / self.hop)
        parts = math.ceil(total / (int(WINDOW_S * rate / self.hop) - 2 * context - 1))
        share, rest = divmod(total, parts)
        windows, first = [], 0
        for part in range(parts):
            count = share + (part < rest)
            lead = min(context, first)
            last = min(total, first + count + context)
            stop = n_samples if last == total else (last - 1) * self.hop + self.length
            windows.append(Window((first - lead) * self.hop, stop, lead, first, count))
            first += count
        return windows
