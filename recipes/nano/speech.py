"""From folders of audio to segments of speech that lie ready in memory-mapped files.

Every file is decoded once, mixed down, brought to 16 kHz and cut at silences into segments of at most six seconds. The
segments of a shelf (one folder, one side, one speed) lie one after the other in one file of int16, each starting at a
multiple of the encoder's hop, so that the frames of a segment are found by division. What is ready is known by the paths and
sizes of the files: after a change of this code or of the targets' begin in another folder.
"""

from __future__ import annotations

import fnmatch
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from bench.base.durable import TEMPORARY, write_whole
from bench.base.error import RequestError
from bench.base.identity import digest

RATE = 16_000
HOP, LENGTH = 320, 400  # of the encoder's frames, in samples
SPEEDS = (1.0, 0.89, 1.12)  # a copy at another speed and pitch is heard as another speaker (Ko et al. 2015)
SUFFIXES = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".au", ".caf", ".w64"}
LARGEST_SEED = 2**32 - 1  # that scikit-learn takes

_LEAST, _ENOUGH, _MOST = 1.2, 2.4, 6.0  # seconds of a segment: joined below, cut at the next silence above, cut at the latest
_QUIET_DB, _AROUND = -35.0, 151  # against the louder frames of the 3 s around
_SILENT_DB, _SILENT_DBFS = (
    -50.0,
    -65.0,
)  # against the louder frames of the file, which may hold clips of several levels; absolute
_PAUSE_FRAMES, _KEPT_FRAMES = 3, 15  # 60 ms are a place to cut; of a longer silence 300 ms are kept

Samples = npt.NDArray[np.float32]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shelf:
    """Segments of the files of one folder, at one speed.

    Attributes
    ----------
    path : Path
        Where the segments lie, without the endings ``.i16`` (samples) and ``.json`` (bounds, what was skipped).
    files : tuple of Path
    held_out : bool
        Whether the model never learns from them.
    speed : float
        Above 1 is faster and higher.
    """

    path: Path
    files: tuple[Path, ...]
    held_out: bool
    speed: float

    def __reduce__(self) -> tuple[Any, ...]:
        return Shelf, (self.path, self.files, self.held_out, self.speed)  # another process maps the samples itself

    @cached_property
    def contents(self) -> dict[str, list[list[int | str]]]:
        """``segments``: start and number of samples; ``skipped``: file and reason."""
        contents: dict[str, list[list[int | str]]] = json.loads(self.path.with_suffix(".json").read_text())
        return contents

    @cached_property
    def segments(self) -> npt.NDArray[np.int64]:
        """Start and number of samples of each segment, shape (n_segments, 2)."""
        return np.array(self.contents["segments"], dtype=np.int64).reshape(-1, 2)

    @cached_property
    def samples(self) -> npt.NDArray[np.int16]:
        """All samples, memory-mapped."""
        return np.memmap(self.path.with_suffix(".i16"), dtype="<i2", mode="r")

    @property
    def hours(self) -> float:
        """Of all segments."""
        return float(self.segments[:, 1].sum() / RATE / 3600)

    def segment(self, index: int) -> Samples:
        """One segment, float32 of shape (n_samples,), within -1 to 1."""
        start, n_samples = self.segments[index]
        return self.samples[start : start + n_samples].astype(np.float32) / np.float32(32_768)


def n_frames(n_samples: int) -> int:
    """How many frames the encoder gives for a number of samples.

    Examples
    --------
    >>> n_frames(399), n_frames(400), n_frames(16_000)
    (0, 1, 49)
    """
    return max(0, (n_samples - LENGTH) // HOP + 1)


def shelves(folders: Sequence[Path], held_out: Sequence[str], work: Path, speeds: Sequence[float] = SPEEDS) -> list[Shelf]:
    """Find the audio files below folders and prepare a shelf for each folder, side and speed; what is ready is kept.

    Parameters
    ----------
    folders : sequence of Path
    held_out : sequence of str
        Patterns, as in ``*/it_IT*``; a file whose whole path fits one is never learned from.
    work : Path
    speeds : sequence of float
        1 the first; what is held out is heard at that one alone.

    Returns
    -------
    list of Shelf
        Some may be empty.

    Raises
    ------
    RequestError
        If a folder holds no audio, a pattern fits no file, or nothing is to be heard on one side.
    """
    files = sorted({path for folder in folders for path in _audio(folder)})
    for pattern in held_out:
        if not any(fnmatch.fnmatch(str(path), pattern) for path in files):
            raise RequestError(
                f"None of {len(files)} audio files fits {pattern!r} of --held-out. "
                "Whole paths are compared: begin the pattern with '*/', as in '*/it_IT*'."
            )
    groups: dict[tuple[Path, bool], list[Path]] = {}
    for path in files:
        side = any(fnmatch.fnmatch(str(path), pattern) for pattern in held_out)
        groups.setdefault((path.parent, side), []).append(path)
    (work / "speech").mkdir(parents=True, exist_ok=True)
    found = []
    for (_, side), members in groups.items():
        for speed in speeds[:1] if side else speeds:
            facts = [[str(path), path.stat().st_size] for path in members]
            shelf = Shelf(work / "speech" / digest([facts, side, speed])[:16], tuple(members), side, speed)
            if not shelf.path.with_suffix(".json").exists():
                _fill(shelf)
                _say(shelf)
            found.append(shelf)
    for side, name in ((False, "to learn from"), (True, "held out")):
        if not any(len(shelf.segments) for shelf in found if shelf.held_out == side):
            raise RequestError(
                f"Of {len(files)} audio files none that can be heard is {name}. "
                "Give more folders by --speech, or other patterns by --held-out."
            )
    return found


def _audio(folder: Path) -> list[Path]:
    named = [path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")]
    found = [path for path in named if path.is_file() and _is_text(path.resolve())]
    for path in sorted(set(named) - set(found)):
        why = "its name is no UTF-8" if path.is_file() else "it is no file, or leads nowhere"
        log.info("passed over %s: %s", ascii(str(path)), why)
    if not found:
        raise RequestError(
            f"--speech {folder} {'holds no audio' if folder.is_dir() else 'is not a folder'}. "
            f"Give a folder with files that end in {', '.join(sorted(SUFFIXES))}."
        )
    return [path.resolve() for path in found]


def _is_text(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _say(shelf: Shelf) -> None:
    log.info("%s at speed %g: %.2f h", shelf.files[0].parent, shelf.speed, shelf.hours)
    if shelf.speed == 1:
        for path, reason in shelf.contents["skipped"]:
            log.info("skipped %s: %s", path, reason)


def _fill(shelf: Shelf) -> None:
    """Write the samples under a name of their own, rename them, and write the bounds last: they say that all is there."""
    skipped: list[tuple[str, str]] = []
    bounds, at = [], 0
    temporary = shelf.path.parent / f"{TEMPORARY}{shelf.path.name}"
    with temporary.open("wb") as stream:
        for segment in _joined(shelf, skipped):
            padded = np.zeros(-(-len(segment) // HOP) * HOP, dtype="<i2")
            padded[: len(segment)] = np.round(np.clip(segment, -1, 1) * 32_767)
            padded.tofile(stream)
            bounds.append((at, len(segment)))
            at += len(padded)
    temporary.replace(shelf.path.with_suffix(".i16"))
    contents = {"segments": bounds, "skipped": skipped}
    write_whole(shelf.path.with_suffix(".json"), json.dumps(contents).encode())


def _joined(shelf: Shelf, skipped: list[tuple[str, str]]) -> Iterator[Samples]:
    """Cut files into segments; what is too short for one waits for the next file of the shelf."""
    waiting = np.zeros(0, dtype=np.float32)
    for path in shelf.files:
        try:
            samples = decode(path, shelf.speed)
        except (soundfile.LibsndfileError, ValueError) as error:
            skipped.append((str(path), str(error)))
            continue
        *whole, waiting = cut(np.concatenate([waiting, samples]))
        yield from whole
        if len(waiting) >= _LEAST * RATE:
            yield waiting
            waiting = waiting[:0]
    if len(waiting) >= _LEAST * RATE / 2:
        yield waiting
    elif len(waiting):
        log.info("left out the last %.2f s of %s: too short for a segment", len(waiting) / RATE, shelf.files[0].parent)


def decode(path: Path, speed: float) -> Samples:
    """Read a file, mix it down, change its speed, bring it to 16 kHz and take long silences out.

    Raises
    ------
    ValueError
        If it is empty, holds what is no number, or nothing is to be heard in it.
    soundfile.LibsndfileError
        If it cannot be read.
    """
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if not len(samples):
        raise ValueError("it holds no samples")
    if not np.isfinite(samples).all():
        raise ValueError("it holds samples that are NaN or infinite")
    samples = soxr.resample(samples.mean(axis=1), rate * speed, RATE, "HQ")
    silent = _silent(samples)
    if silent.all():
        raise ValueError("nothing is to be heard in it")
    keep = np.ones(len(silent), dtype=bool)
    for start, stop in _runs(silent):
        keep[start + _KEPT_FRAMES // 2 : max(start, stop - _KEPT_FRAMES // 2)] = False
    return samples[: len(silent) * HOP].reshape(-1, HOP)[keep].ravel()


def cut(samples: Samples) -> list[Samples]:
    """Cut speech at silences into pieces of 2.4 to 6 s, and what remains; the last piece may be short or empty."""
    cuts = np.array([(start + stop) // 2 * HOP for start, stop in _runs(_silent(samples)) if stop - start >= _PAUSE_FRAMES])
    pieces, start = [], 0
    while True:
        least, enough, most = (start + round(seconds * RATE) for seconds in (_LEAST, _ENOUGH, _MOST))
        late = cuts[(cuts >= enough) & (cuts <= most)]
        early = cuts[(cuts >= least) & (cuts < enough)]
        if len(late):
            stop = int(late[0])
        elif len(samples) > most:
            stop = int(early[-1]) if len(early) else most
        else:
            return [*pieces, samples[start:]]
        pieces.append(samples[start:stop])
        start = stop


def _silent(samples: Samples) -> npt.NDArray[np.bool_]:
    """Whether each 20 ms are silent."""
    from scipy.ndimage import percentile_filter

    frames = samples[: len(samples) // HOP * HOP].reshape(-1, HOP)
    if not len(frames):
        return np.ones(0, dtype=bool)
    level = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    around = percentile_filter(level, 95, size=_AROUND) + _QUIET_DB
    return np.asarray((level < around) | (level < np.percentile(level, 95) + _SILENT_DB) | (level < _SILENT_DBFS))


def _runs(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and stop of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
