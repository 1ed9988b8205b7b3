"""What is to be predicted: for each frame of 20 ms, the cluster it falls into, of one or several kinds.

Timbre (MFCC), melody (pitch, voicing, level), voice (breathy, pressed, bright) and delivery (what melody and voice do over a
second and a half) are known before anything is learned. The encoder's own middle layer makes the clusters of a next stage (Hsu
et al. 2021). Clusters are found on the clean speech that is learned from.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from bench.base.durable import TEMPORARY, write_whole
from bench.base.identity import digest
from recipes.nano.progress import Preparation
from recipes.nano.speech import HOP, LENGTH, RATE, Samples, Shelf, n_frames

N_FITTED, _FROM_ONE = 200_000, 40  # frames that clusters are found on, at most so many of a segment
_BANDS, _CEPSTRA, _HIGHEST = 26, 13, 4_000.0  # all speech here reaches 4 kHz, so no cluster tells a telephone from a studio
_LOWEST_F0, _HIGHEST_F0 = 60.0, 500.0
_AROUND = 75  # frames: 1.5 s
_WIDE = 640  # samples: 40 ms hold more than two cycles of a low voice

Frames = npt.NDArray[np.float32]
Values = npt.NDArray[np.floating]
Describe = Callable[[Samples], Frames]
log = logging.getLogger(__name__)


def timbre(samples: Samples) -> Frames:
    """MFCC with their first and second slopes over time.

    Parameters
    ----------
    samples : float32 array, shape (n_samples,)
        A segment; its level is taken off.

    Returns
    -------
    float32 array, shape (n_frames, 39)
    """
    from scipy.fft import dct

    power = np.abs(np.fft.rfft(_framed(_levelled(samples), LENGTH) * np.hanning(LENGTH), 512)) ** 2
    cepstra = dct(np.log(power @ _mel_bands() + 1e-3), norm="ortho")[:, :_CEPSTRA]
    slopes = _slope(cepstra)
    return np.hstack([cepstra, slopes, _slope(slopes)]).astype(np.float32)


def melody(samples: Samples) -> Frames:
    """Pitch where it is voiced, how clearly it is voiced, level, and their slopes.

    Parameters
    ----------
    samples : float32 array, shape (n_samples,)
        A segment; its level is taken off.

    Returns
    -------
    float32 array, shape (n_frames, 5)
    """
    tone = _tone(samples)
    turn = _slope(tone.pitch[:, None])[:, 0] * tone.voiced
    columns = [
        2 * tone.pitch * tone.voiced,
        1.5 * tone.clarity,
        tone.level / 10,
        4 * turn,
        _slope(tone.level[:, None])[:, 0] / 5,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def voice(samples: Samples) -> Frames:
    """How a voice is made: breathy or pressed, dark or bright; near 0 where nothing is voiced.

    The harmonics-to-noise ratio, the level of the first harmonic over that of the second, the power below 1 kHz over that above
    (alpha ratio), and the strongest peak below 2 kHz over that above (Hammarberg index), as Eyben et al. (2016) list them for
    GeMAPS, here up to 4 kHz.

    Parameters
    ----------
    samples : float32 array, shape (n_samples,)
        A segment.

    Returns
    -------
    float32 array, shape (n_frames, 4)
    """
    tone = _tone(samples)
    return np.stack([tone.harmonicity / 8, tone.first_over_second / 8, tone.slope / 8, tone.peaks / 12], axis=1).astype(
        np.float32
    )


def delivery(samples: Samples) -> Frames:
    """How something is said over a second and a half.

    Mean and spread of pitch and of spectral slope, mean harmonicity, spread of level, how fast level and pitch change, and how
    much is voiced.

    Parameters
    ----------
    samples : float32 array, shape (n_samples,)
        A segment; its level is taken off.

    Returns
    -------
    float32 array, shape (n_frames, 9)
    """
    tone = _tone(samples)
    always = np.ones_like(tone.level)
    pitch, slope, harmonicity = (_around(values, tone.voiced) for values in (tone.pitch, tone.slope, tone.harmonicity))
    level = _around(tone.level, always)
    rise = _around(np.abs(_slope(tone.level[:, None])[:, 0]), always)
    turn = _around(np.abs(_slope(tone.pitch[:, None])[:, 0]), tone.voiced)
    voiced = _around(tone.voiced, always)
    columns = [
        2 * pitch[0],
        5 * pitch[1],
        slope[0] / 4,
        slope[1] / 4,
        harmonicity[0] / 3,
        level[1] / 4,
        rise[0],
        20 * turn[0],
        4 * voiced[0],
    ]
    return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True)
class Tone:
    """What is measured of each frame; every array has shape (n_frames,).

    Attributes
    ----------
    pitch : array
        In octaves over 150 Hz; says nothing where it is not voiced.
    clarity : array
        The strongest peak of the autocorrelation, 0 to 1, a little less for longer periods.
    voiced : array
        0 to 1.
    level : array
        In dB over that of the segment.
    harmonicity, first_over_second, slope, peaks : array
        Of the voice, in dB: harmonics over noise, first harmonic over second, below 1 kHz over above, and strongest below 2
        kHz over strongest above; 0 where it is not voiced.
    """

    pitch: Values
    clarity: Values
    voiced: Values
    level: Values
    harmonicity: Values
    first_over_second: Values
    slope: Values
    peaks: Values


def _tone(samples: Samples) -> Tone:
    """Measure each frame; pitch is the strongest peak of the autocorrelation over that of the window (Boersma 1993)."""
    from scipy.signal import medfilt

    frames = _framed(_levelled(samples), _WIDE)
    frames = frames - frames.mean(axis=1, keepdims=True)
    window = np.hanning(_WIDE)
    first, last = int(RATE / _HIGHEST_F0), int(RATE / _LOWEST_F0)
    power = np.abs(np.fft.rfft(frames * window, 2 * _WIDE)) ** 2
    found = np.fft.irfft(power)[:, : last + 1]
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * _WIDE)) ** 2)[: last + 1]
    level = 10 * np.log10(found[:, 0] / own[0] + 1e-4)
    peaks = found[:, first:] / (found[:, :1] + 1e-3) * (own[0] / own[first:])
    judged = peaks - 0.05 * np.log2(np.arange(first, last + 1) / first)  # the shorter of two equal periods
    clarity = medfilt(np.clip(judged.max(axis=1), 0, 1), 3)
    hz = RATE / (first + medfilt(judged.argmax(axis=1).astype(float), 5).clip(0))
    voiced = np.clip((clarity - 0.4) / 0.3, 0, 1)
    share = medfilt(peaks[np.arange(len(hz)), judged.argmax(axis=1)], 3).clip(0.02, 0.98)
    decibel = 10 * np.log10(power + 1e-2)
    each = RATE / (2 * _WIDE)  # Hz from one value of the spectrum to the next
    at = np.round(np.stack([hz, 2 * hz]) / each).astype(int)
    near = [np.max([decibel[np.arange(len(hz)), where + shift] for shift in range(-2, 3)], axis=0) for where in at]
    bounds = [round(edge / each) for edge in (60, 1_000, 2_000, _HIGHEST)]
    below, above = (10 * np.log10(power[:, a:b].sum(axis=1) + 1e-2) for a, b in (bounds[:2], (bounds[1], bounds[3])))
    strongest = decibel[:, bounds[0] : bounds[2]].max(axis=1) - decibel[:, bounds[2] : bounds[3]].max(axis=1)
    return Tone(
        np.log2(hz / 150),
        clarity,
        voiced,
        level,
        10 * np.log10(share / (1 - share)) * voiced,
        (near[0] - near[1]) * voiced,
        (below - above) * voiced,
        strongest * voiced,
    )


def _around(values: Values, weights: Values) -> tuple[Values, Values]:
    """Weighted mean and standard deviation over about a second and a half around each frame."""
    bell = np.hanning(_AROUND)
    moments = [_smoothed(weights * values**power, bell) for power in range(3)]
    total = moments[0] + 1e-3 * bell.sum()
    mean = moments[1] / total
    return mean, np.sqrt(np.clip(moments[2] / total - mean**2, 0, None))


def _smoothed(values: Values, bell: Values) -> Values:
    return np.convolve(values, bell)[len(bell) // 2 :][: len(values)]


def describe_and_assign(
    name: str, describe: Describe, n_clusters: int, shelves: Sequence[Shelf], seed: int
) -> list[npt.NDArray[np.uint16]]:
    """Give each frame of each shelf its cluster; what is ready is kept.

    Parameters
    ----------
    name : str
        Of this kind of target; part of the file names.
    describe : callable
        Samples of a segment to float32 of shape (n_frames, n_dims).
    n_clusters : int
    shelves : sequence of Shelf
    seed : int

    Returns
    -------
    list of uint16 array, shape (n_samples / 320,)
        One a shelf; the frames of a segment that starts at sample ``s`` lie from ``s / 320`` on.
    """
    kind, name = name, f"{name}-{digest([n_clusters, seed, [shelf.path.name for shelf in shelves]])[:8]}"
    centres = _centres(name, describe, n_clusters, shelves, seed)
    paths = [shelf.path.with_name(f"{shelf.path.name}-{name}.npy") for shelf in shelves]
    missing = [(path, shelf) for path, shelf in zip(paths, shelves, strict=True) if not path.exists()]
    progress = Preparation(f"clusters of {kind}", sum(shelf.hours for _, shelf in missing))
    for path, shelf in missing:
        _assign(path, describe, centres, shelf, progress)
    return [np.load(path, mmap_mode="r") for path in paths]


def n_drawn(shelves: Sequence[Shelf]) -> int:
    """How many frames there are to find clusters in."""
    learned = [shelf for shelf in shelves if not shelf.held_out]
    return sum(min(_FROM_ONE, n_frames(n_samples)) for shelf in learned for _, n_samples in shelf.segments)


def _centres(name: str, describe: Describe, n_clusters: int, shelves: Sequence[Shelf], seed: int) -> Frames:
    from sklearn.cluster import MiniBatchKMeans

    path = shelves[0].path.with_name(f"centres-{name}.json")
    if path.exists():
        return np.array(json.loads(path.read_text()), dtype=np.float32)
    sample = np.concatenate(list(_sampled(describe, [shelf for shelf in shelves if not shelf.held_out], seed)))
    found = MiniBatchKMeans(n_clusters, batch_size=8_192, n_init=3, max_iter=60, random_state=seed).fit(sample)
    write_whole(path, json.dumps(found.cluster_centers_.tolist()).encode())
    log.info("%d clusters of %s from %d frames", n_clusters, name, len(sample))
    return np.asarray(found.cluster_centers_, dtype=np.float32)


def _sampled(describe: Describe, shelves: Sequence[Shelf], seed: int) -> Iterator[Frames]:
    """Frames of segments drawn from all shelves; at most 40 of a segment."""
    random = np.random.default_rng([seed, 1])
    places = [(shelf, index) for shelf in shelves for index in range(len(shelf.segments))]
    drawn = [places[at] for at in random.permutation(len(places))]
    counts = np.cumsum([min(_FROM_ONE, n_frames(shelf.segments[index, 1])) for shelf, index in drawn])
    drawn = drawn[: 1 + int(np.searchsorted(counts, N_FITTED))]
    for frames in _together(lambda place: describe(place[0].segment(place[1])), drawn):
        yield frames[random.permutation(len(frames))[:_FROM_ONE]]


def _assign(path: Path, describe: Describe, centres: Frames, shelf: Shelf, progress: Preparation) -> None:
    squares = (centres**2).sum(axis=1)
    assigned = np.zeros(len(shelf.samples) // HOP, dtype=np.uint16)

    def nearest(index: int) -> npt.NDArray[np.int64]:
        return np.asarray((squares - 2 * describe(shelf.segment(index)) @ centres.T).argmin(axis=1))

    for (start, n_samples), found in zip(shelf.segments, _together(nearest, range(len(shelf.segments))), strict=True):
        assigned[start // HOP : start // HOP + n_frames(n_samples)] = found
        progress.add(n_samples / RATE / 3600)
    temporary = path.with_name(f"{TEMPORARY}{path.name}")
    with temporary.open("wb") as stream:
        np.save(stream, assigned)
    temporary.replace(path)


def _together(work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """Results in order, made by as many threads as there are cores, each with one of torch's own."""
    with ThreadPoolExecutor(os.cpu_count(), initializer=torch.set_num_threads, initargs=(1,)) as pool:
        yield from pool.map(work, items)


def _levelled(samples: Samples) -> Samples:
    return np.asarray((samples - samples.mean()) / (samples.std() + 1e-5))


def _framed(samples: Samples, width: int) -> Frames:
    """The samples around the middle of each of the encoder's frames, shape (n_frames, width)."""
    edge = (width - LENGTH) // 2
    padded = np.pad(samples, edge) if edge else samples
    return np.lib.stride_tricks.sliding_window_view(padded, width)[::HOP]


def _slope(values: Values) -> Values:
    """The slope over five frames, by least squares."""
    padded = np.pad(values, ((2, 2), (0, 0)), mode="edge")
    return (2 * (padded[4:] - padded[:-4]) + padded[3:-1] - padded[1:-3]) / 10


def _mel_bands() -> npt.NDArray[np.float64]:
    """Triangles evenly spaced on the mel scale from 60 to 4,000 Hz, shape (257, 26)."""
    mel = np.linspace(*(2595 * np.log10(1 + np.array([60.0, _HIGHEST]) / 700)), _BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hz = np.linspace(0, RATE / 2, 257)[:, None]
    rising, falling = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2]), (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None))
