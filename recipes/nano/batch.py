"""Crops of equal length, so that nothing is padded; every draw is made from the seed and the step alone.

So a run that was stopped goes on with the crops, the distortions and the masks that it would have had.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recipes.nano.distortion import distort
from recipes.nano.speech import HOP, RATE, Shelf, n_frames

MASK_START, MASK_FRAMES = 0.08, 10  # each frame starts a mask with this chance; a mask covers 200 ms
_LONGEST_S = 5.0
_POOL = 256  # segments that are sorted by length together
_ORDER, _BATCH, _HELD_OUT = 2, 3, 4  # what a seed is for

Targets = Sequence[Sequence[npt.NDArray[np.uint16]]]  # by kind, by shelf


@dataclass(frozen=True)
class Batch:
    """Crops that go through the encoder together.

    Attributes
    ----------
    samples : float32 array, shape (n_crops, n_samples)
        Each crop with mean 0 and variance 1, as the encoder expects it.
    masked : bool array, shape (n_crops, n_frames)
    targets : tuple of int64 array, shape (n_crops, n_frames)
        The cluster of each frame, one array a kind.
    """

    samples: npt.NDArray[np.float32]
    masked: npt.NDArray[np.bool_]
    targets: tuple[npt.NDArray[np.int64], ...]

    @property
    def hours(self) -> float:
        """Of speech, all crops together."""
        return self.samples.size / RATE / 3600


@dataclass(frozen=True)
class Crop:
    """A segment of a shelf, and how many samples of it are heard."""

    shelf: int
    segment: int
    n_samples: int


class Course:
    """The batches of a training, in order.

    Parameters
    ----------
    shelves : sequence of Shelf
    targets : by kind, by shelf, clusters as ``describe_and_assign`` gives them
    seed : int
    batch_s : float
        Seconds of speech in a batch.
    """

    def __init__(self, shelves: Sequence[Shelf], targets: Targets, seed: int, batch_s: float) -> None:
        self.shelves, self.targets, self.seed, self.batch_s = shelves, targets, seed, batch_s

    def batches(self, first: int, every: int = 1) -> Iterator[Batch]:
        """Batches to learn from, without end: number ``first``, and each ``every``-th after it."""
        at = 0
        for epoch in itertools.count():
            random = np.random.default_rng([self.seed, _ORDER, epoch])
            for crops in self._grouped(self._places(held_out=False), random):
                if at >= first and (at - first) % every == 0:
                    yield self._made(crops, np.random.default_rng([self.seed, _BATCH, at]), distorted=True)
                at += 1

    def held_out(self, most_s: float) -> Iterator[Batch]:
        """About ``most_s`` seconds that are never learned from, undistorted, the same ones with the same masks each time."""
        places = self._places(held_out=True)
        lengths = [int(self.shelves[shelf].segments[index, 1]) for shelf, index in places]
        every = max(1, round(sum(lengths) / (most_s * RATE)))
        random = np.random.default_rng([self.seed, _HELD_OUT])
        for crops in self._grouped(places[::every], random):
            yield self._made(crops, random, distorted=False)

    def _places(self, held_out: bool) -> list[tuple[int, int]]:
        chosen = [index for index, shelf in enumerate(self.shelves) if shelf.held_out == held_out]
        return [(index, segment) for index in chosen for segment in range(len(self.shelves[index].segments))]

    def _grouped(self, places: Sequence[tuple[int, int]], random: np.random.Generator) -> list[list[Crop]]:
        """Segments in random order, near-equal lengths together, each cropped to the shortest of its batch."""
        lengths = np.array([self.shelves[shelf].segments[segment, 1] for shelf, segment in places])
        lengths = np.minimum(lengths, round(_LONGEST_S * RATE))
        groups = []
        for pool in np.array_split(order := random.permutation(len(places)), -(-len(order) // _POOL)):
            pool = pool[np.argsort(-lengths[pool], kind="stable")]
            while len(pool):
                counts = np.arange(1, len(pool) + 1)
                fits = np.count_nonzero(counts * lengths[pool] <= self.batch_s * RATE)
                taken, pool = pool[: max(1, fits)], pool[max(1, fits) :]
                shortest = int(lengths[taken].min())
                groups.append([Crop(*places[place], shortest) for place in taken])
        return [groups[index] for index in random.permutation(len(groups))]

    def _made(self, crops: Sequence[Crop], random: np.random.Generator, distorted: bool) -> Batch:
        n_samples = crops[0].n_samples
        rows, clusters = [], []
        for crop in crops:
            shelf = self.shelves[crop.shelf]
            start, whole = shelf.segments[crop.segment]
            at = int(start // HOP + random.integers((whole - n_samples) // HOP + 1))
            rows.append(shelf.samples[at * HOP : at * HOP + n_samples].astype(np.float32) / np.float32(32_768))
            clusters.append([kind[crop.shelf][at : at + n_frames(n_samples)] for kind in self.targets])
        samples = np.stack(rows)
        if distorted:
            samples = distort(samples, random)
        masked = _masks(len(crops), n_frames(n_samples), random)
        targets = tuple(np.stack(kind).astype(np.int64) for kind in zip(*clusters, strict=True))
        return Batch(levelled(samples), masked, targets)


def levelled(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Bring each row to mean 0 and variance 1, as the feature extractor of transformers does."""
    samples = samples - samples.mean(axis=-1, keepdims=True)
    return np.asarray(samples / np.sqrt(samples.var(axis=-1, keepdims=True) + 1e-7), dtype=np.float32)


def _masks(n_crops: int, count: int, random: np.random.Generator) -> npt.NDArray[np.bool_]:
    starts = random.random((n_crops, count)) < MASK_START
    starts[np.arange(n_crops), random.integers(count, size=n_crops)] = True  # at least one a crop
    masked = np.zeros((n_crops, count), dtype=bool)
    for shift in range(min(MASK_FRAMES, count)):
        masked[:, shift:] |= starts[:, : count - shift]
    return masked
