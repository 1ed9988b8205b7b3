"""The channel: which one of a recording with several a speaker is heard in.

In a dialogue each speaker may have a microphone of their own, and mixing down would put both voices into every clip. Which
microphone is whose is often not written down, so it is heard: the one that is loudest while the speaker talks.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bench.decoders.sndfile import SYSTEM_ERROR, open_audio

if TYPE_CHECKING:
    import soundfile

RULE = "the channel with the most energy over the speaker's turns"
_BLOCK_FRAMES = 1 << 18
_REMEMBERED = 1024  # dialogues times speakers; all clips of one ask the same

Turns = tuple[tuple[float, float], ...]


def loudest_channel(path: Path, turns: Turns) -> int | None:
    """The channel with the most energy over some stretches of a file.

    What is constant over the stretches (an offset of the recorder) is no sound and does not count. The answer is remembered
    in this process for as long as the file stays as it is, so a dialogue is not read once for every clip of it.

    Parameters
    ----------
    path : Path
        A recording with two channels or more.
    turns : tuple of (float, float)
        Stretches in seconds. They are cut to the length of the file; what lies outside, or cannot be read, is passed over.

    Returns
    -------
    int or None
        Counted from 0; of equals the first. None where no stretch lies inside the file, so that nothing speaks for any.

    Raises
    ------
    soundfile.LibsndfileError
        If the file is no audio, or the system does not give its bytes.
    """
    facts = path.stat()
    return _loudest(path, (facts.st_size, facts.st_mtime_ns), turns)


@functools.lru_cache(maxsize=_REMEMBERED)
def _loudest(path: Path, stamp: tuple[int, int], turns: Turns) -> int | None:
    import soundfile

    n_frames = 0
    with open_audio(path) as audio:
        total, energy = np.zeros(audio.channels), np.zeros(audio.channels)
        for first, last in _frames(turns, audio.frames, audio.samplerate):
            try:
                for block in _blocks(audio, first, last):
                    n_frames += len(block)
                    total += block.sum(axis=0)
                    energy += np.square(block).sum(axis=0)
            except soundfile.LibsndfileError as error:
                if error.code == SYSTEM_ERROR:
                    raise
                continue  # the clips of a damaged stretch are told; the others go by what is left
    return int(np.argmax(energy - np.square(total) / n_frames)) if n_frames else None


def _frames(turns: Sequence[tuple[float, float]], n_frames: int, rate: int) -> Iterator[tuple[int, int]]:
    for start_s, end_s in turns:
        if start_s < end_s:
            first, last = (round(min(max(bound, 0.0) * rate, n_frames)) for bound in (start_s, end_s))
            yield first, last


def _blocks(audio: soundfile.SoundFile, first: int, last: int) -> Iterator[npt.NDArray[np.float64]]:
    audio.seek(first)
    while first < last:
        block = audio.read(min(_BLOCK_FRAMES, last - first), dtype="float64", always_2d=True)
        if not len(block):
            return
        first += len(block)
        yield np.where(np.isfinite(block), block, 0.0)
