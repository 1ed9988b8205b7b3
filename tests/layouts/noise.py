"""Recordings of noise, each another one, with the headers that real files have."""

import struct
import zlib

import numpy as np
import soundfile

EXTENSIBLE = b"\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"  # PCM, as a GUID


def write_noise(path, rate=16_000, seconds=0.3, channels=1):
    """A recording, whose samples hang on its name and its folder's; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, noise(f"{path.parent.name}/{path.name}", round(rate * seconds), channels), rate, subtype="PCM_16")
    return path


def noise(name, n_frames, channels=1):
    """Samples of shape (n_frames,) or (n_frames, channels)."""
    samples = 0.1 * np.random.default_rng(zlib.crc32(name.encode())).standard_normal((n_frames, channels))
    return samples[:, 0] if channels == 1 else samples


def write_odd_wav(path, samples, rate, extensible=False, chunks=()):
    """A WAV file by hand: a header of 40 bytes (extensible), or other chunks, (name, bytes), around the samples.

    Chunks of an odd size are padded, as RIFF wants; the first stands before the samples, the others after them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = struct.pack("<HHIIHH", 0xFFFE if extensible else 1, 1, rate, 2 * rate, 2, 16)
    if extensible:
        shape += struct.pack("<HHI", 22, 16, 4) + EXTENSIBLE
    data = (samples * 32767).astype("<i2").tobytes()
    parts = [(b"fmt ", shape), *chunks[:1], (b"data", data), *chunks[1:]]
    body = b"".join(name + struct.pack("<I", len(text)) + text + b"\0" * (len(text) % 2) for name, text in parts)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body)
    return path
