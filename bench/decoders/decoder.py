"""The decoder: one recording, or a stretch of one, as mono samples at its own rate.

Read are WAV, FLAC, Ogg Vorbis, Opus and MP3. Samples are left as they are, those beyond -1 and 1 in float files included:
a feature set that cannot take them clips them. Whatever makes a recording unusable is an ``Unreadable`` with a phrase, and what
may pass, such as a drive that does not answer, is an ``Unreachable``.
"""

from __future__ import annotations

import hashlib
import math
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.base.error import BenchError
from bench.base.identity import DIGEST_CHARS, file_digest
from bench.decoders.channel import Turns, loudest_channel
from bench.decoders.container import data_chunk, ends_within_page, joins_streams, unclosed_bytes
from bench.decoders.mpeg import MpegLength, mpeg_length
from bench.decoders.sndfile import SYSTEM_ERROR, open_audio
from bench.decoders.tally import Clipping, Silence, Tally
from bench.decoders.waveform import Waveform

if TYPE_CHECKING:
    import soundfile

DECODER = {"version": "1", "mixdown": "mean", "resampling": "soxr HQ"}
"""Settings of the decoder; they are part of the key of every clip. The version is changed whenever samples change."""

FORMATS = ("WAV", "WAVEX", "RF64", "FLAC", "OGG", "MP3")
WAV = ("WAV", "WAVEX", "RF64")
COUNTED = (*WAV, "FLAC")  # formats whose header says how many frames there are
BLOCK_FRAMES = 1 << 18
NO_LENGTH = 1 << 40
NO_FILE = "the file does not exist"


class Unreadable(BenchError):
    """A recording cannot be used; the message is a phrase, such as ``the file is empty (0 bytes)``."""


class Unreachable(Unreadable):
    """A recording cannot be read now, and its bytes are not to blame."""


@dataclass(frozen=True)
class Decoded:
    """A decoded clip.

    Attributes
    ----------
    wave : Waveform
        Mono, at the recording's own rate.
    channels : int
        Of the recording.
    sample_hash : str
        Of the samples of all channels heard, and the rate; the same audio as WAV and as FLAC has the same.
    peak_dbfs, rms_dbfs : float
        Of the mono samples, in dB relative to a sample of 1 (so a full-scale sine has an RMS of -3).
    channel : int or None
        The one channel heard, counted from 0; None where there is but one, or all were mixed down.
    clipped_share, silence_share : float
        Samples in flat runs at full scale, and silent frames; 0 to 1. `bench.decoders.tally` says what is counted.
    """

    wave: Waveform
    channels: int
    sample_hash: str
    peak_dbfs: float
    rms_dbfs: float
    channel: int | None
    clipped_share: float
    silence_share: float


def decode(path: Path, start_s: float | None = None, end_s: float | None = None, turns: Turns = ()) -> Decoded:
    """Read a clip.

    Parameters
    ----------
    path : Path
        The audio file.
    start_s, end_s : float or None
        Bounds in seconds; None means the file's own.
    turns : tuple of (float, float)
        Stretches of the file in seconds. Where they are given and there are several channels, the one with the most energy
        over them is heard; else channels are mixed down.

    Returns
    -------
    Decoded

    Raises
    ------
    Unreadable
        If the file is missing, empty, no audio of a known format, truncated or damaged; if libsndfile would stop before the
        end of an MP3; if the bounds lie outside (by more than one sample); if there are no samples, samples that are not
        finite or whose mean is not, or only zeros.
    Unreachable
        If the system does not give the file's bytes.

    Examples
    --------
    >>> decode(Path("no/such/file.wav"))
    Traceback (most recent call last):
    bench.decoders.decoder.Unreachable: the file does not exist
    """
    check_file(path)
    import soundfile

    try:
        try:
            return _opened(path, (start_s, end_s), turns)
        except soundfile.LibsndfileError:
            file_digest(path)  # libsndfile takes a read that fails for a broken file; here every byte is read, or it fails
            return _opened(path, (start_s, end_s), turns)
    except soundfile.LibsndfileError as error:
        reason = error.error_string.strip().rstrip(".").lower()
        if error.code == SYSTEM_ERROR:
            raise Unreachable(f"the file cannot be read: {reason}") from error
        raise Unreadable(f"it cannot be decoded as audio: {reason} (read are wav, flac, ogg, opus and mp3)") from error
    except OSError as error:
        raise Unreachable(f"the file cannot be read: {error.strerror or error}") from error


def check_file(path: Path) -> None:
    """Raise ``Unreadable`` unless there is a regular file with something in it."""
    try:
        facts = path.stat()
    except FileNotFoundError as error:
        raise Unreachable(NO_FILE) from error
    except OSError as error:
        raise Unreachable(f"the file cannot be opened: {error.strerror or error}") from error
    if not stat.S_ISREG(facts.st_mode):
        raise Unreadable("it is not a regular file")
    if facts.st_size == 0:
        raise Unreadable("the file is empty (0 bytes)")


def _opened(path: Path, bounds: tuple[float | None, float | None], turns: Turns) -> Decoded:
    with open_audio(path) as audio:
        if audio.format not in FORMATS:
            raise Unreadable(f"the format {audio.format} is not read (read are wav, flac, ogg, opus and mp3)")
        if audio.format == "OGG" and ends_within_page(path):
            raise Unreadable("it is truncated: its last page is cut off")
        if audio.format == "OGG" and joins_streams(path):
            raise Unreadable(
                "it is several Ogg streams one after the other, and only the first would be read; split it, or convert it to "
                "WAV or FLAC"
            )
        return _read(audio, path, bounds, turns)


def _read(audio: soundfile.SoundFile, path: Path, bounds: tuple[float | None, float | None], turns: Turns) -> Decoded:
    (start_s, end_s), rate, there = bounds, audio.samplerate, audio.frames
    if there >= NO_LENGTH:
        raise Unreadable("its header does not say how long it is, as in FLAC written to a pipe; encode it to a file again")
    if there == 0 and audio.format in WAV and (n_bytes := unclosed_bytes(path)):
        raise Unreadable(
            f"its header says that it is empty, and {n_bytes} bytes follow, as where a recorder was stopped before it closed "
            "the file; write its header again"
        )
    walked = mpeg_length(path) if audio.format == "MP3" else None
    there, missing = _mpeg_frames(walked, there, rate) if walked else (there, _missing_frames(audio, path))
    _check_bounds(start_s, end_s, (there + missing) / rate, 1 / rate)
    first = round((start_s or 0.0) * rate)
    last = there + missing if end_s is None else round(end_s * rate)
    if last > there:
        _refuse_truncated(missing, there, rate)
        last = there
    if there == 0:
        raise Unreadable("it holds 0 samples")
    channel = loudest_channel(path, turns) if turns and audio.channels > 1 else None
    heard = slice(None) if channel is None else slice(channel, channel + 1)
    if first:
        audio.seek(first)
    tally = Tally(Clipping(audio.subtype), Silence(rate))
    digest = hashlib.sha256(f"{rate} {audio.channels if channel is None else 1} ".encode())
    while tally.frames < last - first:
        block = audio.read(min(BLOCK_FRAMES, last - first - tally.frames), dtype="float32", always_2d=True)
        if not len(block):
            break
        block = np.ascontiguousarray(block[:, heard])
        digest.update(block.data)
        tally.add(block)
    if audio.format in COUNTED:
        _refuse_truncated(last - first - tally.frames, first + tally.frames, rate)
    if walked and last - first - tally.frames > walked.frame_samples:
        decoded_s, asked_s = tally.frames / rate, (last - first) / rate
        raise Unreadable(f"it is damaged or changes its form on the way: {decoded_s:.3f} of {asked_s:.3f} s could be decoded")
    _refuse_unusable(tally, audio.channels, channel)
    wave = Waveform(tally.blocks[0] if len(tally.blocks) == 1 else np.concatenate(tally.blocks), rate)
    return Decoded(
        wave,
        channels=audio.channels,
        sample_hash=digest.hexdigest()[:DIGEST_CHARS],
        peak_dbfs=20 * math.log10(tally.peak),
        rms_dbfs=20 * math.log10(tally.rms),
        channel=channel,
        clipped_share=tally.clipped_share,
        silence_share=tally.silence.share,
    )


def _refuse_truncated(missing: int, there: int, rate: int) -> None:
    if missing > 0:
        promised_s, there_s = (there + missing) / rate, there / rate
        raise Unreadable(f"it is truncated: its header promises {promised_s:.3f} s and {there_s:.3f} s are there")


def _mpeg_frames(walked: MpegLength, told: int, rate: int) -> tuple[int, int]:
    """Frames that are there and that are missing, where libsndfile tells their number by a tag or guesses it."""
    if walked.missing:
        return walked.present, walked.missing
    if told < walked.present - walked.frame_samples:
        told_s, present_s = told / rate, walked.present / rate
        raise Unreadable(
            f"only {told_s:.3f} of its {present_s:.3f} s would be read, as where an MP3's header does not say how long it is "
            "or files were joined; convert it to WAV or FLAC"
        )
    return (told if told <= walked.present + walked.frame_samples else walked.present), 0


def _missing_frames(audio: soundfile.SoundFile, path: Path) -> int:
    chunk = data_chunk(path) if audio.format in WAV else None
    return chunk.missing_frames if chunk else 0


def _check_bounds(start_s: float | None, end_s: float | None, duration_s: float, tolerance_s: float) -> None:
    start = 0.0 if start_s is None else start_s
    end = duration_s if end_s is None else end_s
    if end_s is None and start > duration_s:
        raise Unreadable(f"it starts at {start:g} s, and the recording is {duration_s:.3f} s long")
    if start < 0 or (not start < end and duration_s > 0):
        raise Unreadable(f"the bounds {start:g} to {end:g} s are not a stretch of time")
    if end > duration_s + tolerance_s:
        raise Unreadable(f"the bounds {start:g} to {end:g} s lie outside the recording, which is {duration_s:.3f} s long")


def _refuse_unusable(tally: Tally, channels: int, channel: int | None) -> None:
    if not tally.frames:
        raise Unreadable("it holds 0 samples")
    if tally.bad:
        raise Unreadable(f"{tally.bad} of {tally.frames} samples are NaN or infinite")
    if not math.isfinite(tally.energy):
        raise Unreadable(
            f"its samples reach {tally.loudest:.2g} times full scale, and the mean of its {channels} channels is beyond what "
            "32 bits hold; expected are samples near -1 to 1: scale it down"
        )
    if not tally.peak:
        where = "" if channel is None else f" in channel {channel + 1} of {channels}, the speaker's"
        cancelled = f", once its {channels} channels are mixed down" if tally.loudest else " (digital silence)"
        raise Unreadable(f"all {tally.frames} samples are zero{where}{cancelled}")
