"""Take the speech out of three adventure games that Debian carries; ``python -m recipes.nano.games UNPACKED FOLDER``.

Actors say a line at a time there, to a scene: angry, afraid, bored, in love. No line carries a label of that. The packages are
``flight-of-the-amazon-queen``, ``beneath-a-steel-sky``, ``drascula`` and ``drascula-spanish``, unpacked below one folder.
"""

from __future__ import annotations

import argparse
import io
import re
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from bench.base.durable import make_folder
from bench.base.error import BenchError, RequestError
from recipes.nano.rnc import unpacked

RATE = 11_025  # Hz, of all three
_QUEEN_HEADER, _QUEEN_ENTRY = struct.Struct(">4s9sH"), struct.Struct(">12sBII")
_SPEECH = ".SB"
_SKY_HEADER = struct.Struct("<11H")
_SKY_SPEECH = range(50_000, 60_000)
_SKY_PICTURE = 0.3  # of its size is what a picture packs to at most; no line of speech packs to less than 0.33

Samples = npt.NDArray[np.float32]


def queen(path: Path) -> Iterator[tuple[str, Samples]]:
    """The lines of Flight of the Amazon Queen.

    ``queen.1c`` begins with ``QTBL``, a version and a number of entries: name, bundle, place and size of a file in it. Those
    that end in ``.SB`` are speech, as MP3.

    Parameters
    ----------
    path : Path

    Yields
    ------
    (str, float32 array of shape (n_samples,))
        Name and samples.

    Raises
    ------
    RequestError
        If it is another file.
    """
    held = path.read_bytes()
    if held[:4] != b"QTBL":
        raise _not_queen(path, f"begins with {held[:4]!r}, not with b'QTBL'")
    try:
        _, _, n_entries = _QUEEN_HEADER.unpack_from(held)
        places = [_QUEEN_HEADER.size + index * _QUEEN_ENTRY.size for index in range(n_entries)]
        entries = [_QUEEN_ENTRY.unpack_from(held, place) for place in places]
    except struct.error as error:
        raise _not_queen(path, "is cut off") from error
    for name, _, start, size in entries:
        text = name.rstrip(b"\0").decode("latin-1")
        if not text.endswith(_SPEECH):
            continue
        line = text.removesuffix(_SPEECH)
        if not re.fullmatch(r"\w+", line, re.ASCII):
            raise _not_queen(path, f"names a line {text!r}, and letters, digits and '_' are expected")
        if start + size > len(held):
            raise _not_queen(path, f"is cut off before the end of {text}")
        try:
            samples, rate = soundfile.read(io.BytesIO(held[start : start + size]), dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise _not_queen(path, f"has {text}, which cannot be read ({error})") from error
        if rate != RATE:
            raise _not_queen(path, f"has {text} at {rate} Hz, not {RATE}")
        yield line, samples.mean(axis=1)


def _not_queen(path: Path, why: str) -> RequestError:
    return RequestError(f"{path} {why}. Give the queen.1c of the Debian package flight-of-the-amazon-queen.")


def sky(path: Path) -> Iterator[tuple[str, Samples]]:
    """The lines of Beneath a Steel Sky, as it came on a compact disc.

    ``sky.dnr`` beside ``sky.dsk`` holds a number of entries, then for each the number, place and size of a file. The numbers
    from 50,000 to 59,999 are speech, unsigned bytes packed by :mod:`recipes.nano.rnc`, and a few pictures.

    Parameters
    ----------
    path : Path
        ``sky.dsk``.

    Yields
    ------
    (str, float32 array of shape (n_samples,))
        Number and samples.

    Raises
    ------
    RequestError
        If it is another file.
    """
    table, held = path.with_suffix(".dnr").read_bytes(), path.read_bytes()
    n_entries = int.from_bytes(table[:4], "little")
    if len(table) < 4 + 8 * n_entries:
        raise _not_sky(path, f"has a .dnr of {len(table):,} bytes beside it, too few for the {n_entries:,} files that it tells")
    for place in range(4, 4 + 8 * n_entries, 8):
        number, start, size = (int.from_bytes(table[place + a : place + b], "little") for a, b in ((0, 2), (2, 5), (5, 8)))
        if number not in _SKY_SPEECH or size >> 22:  # either bit above marks what is no sound
            continue
        if start >> 23:
            start = (start & 0x7FFFFF) << 4
        if start + size > len(held):
            raise _not_sky(path, f"is cut off before the end of file {number}")
        packed = held[start + _SKY_HEADER.size : start + size]
        try:
            line = unpacked(packed)
        except ValueError as error:
            raise _not_sky(path, f"has a file {number} that {error}") from error
        if len(packed) > _SKY_PICTURE * len(line):
            yield str(number), _of_bytes(np.frombuffer(line, dtype=np.uint8))


def _not_sky(path: Path, why: str) -> RequestError:
    return RequestError(f"{path} {why}. Give the sky.dsk and sky.dnr of the Debian package beneath-a-steel-sky.")


def drascula(folder: Path) -> Iterator[tuple[str, Samples]]:
    """The lines of Drascula in one language: files ``*.ALS`` of unsigned bytes without a header.

    A link leads to what is the same in English, and is left out.

    Parameters
    ----------
    folder : Path

    Yields
    ------
    (str, float32 array of shape (n_samples,))
        Name and samples.
    """
    for path in sorted(folder.glob("*.ALS")):
        if not path.is_symlink():
            yield path.stem, _of_bytes(np.fromfile(path, dtype=np.uint8))


def _of_bytes(line: npt.NDArray[np.uint8]) -> Samples:
    return (line.astype(np.float32) - 128) / 128


def unpack(packages: Path, folder: Path) -> dict[str, float]:
    """Write each line of each game below ``packages`` as a FLAC file, a folder a game and language.

    Returns
    -------
    dict of str to float
        Hours by folder.

    Raises
    ------
    RequestError
        If a game is not there.
    """
    games = {
        "queen-en": (queen, "queen.1c"),
        "sky-en": (sky, "sky.dsk"),
        "drascula-en": (drascula, "drascula/en"),
        "drascula-es": (drascula, "drascula/es"),
    }
    hours = {}
    for name, (lines, place) in games.items():
        found = sorted(packages.rglob(place))
        if not found:
            raise RequestError(f"{place} is not below {packages}. Unpack the four Debian packages there by `dpkg -x`.")
        make_folder(folder / name)
        n_samples = 0
        for line, samples in lines(found[0]):
            soundfile.write(folder / name / f"{line}.flac", samples, RATE)
            n_samples += len(samples)
        hours[name] = n_samples / RATE / 3600
    return hours


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, write the lines."""
    parser = argparse.ArgumentParser(prog="python -m recipes.nano.games", description=__doc__.splitlines()[0])
    parser.add_argument("packages", type=Path, help="the folder below which the packages are unpacked")
    parser.add_argument("folder", type=Path, help="where the speech goes")
    given = parser.parse_args(arguments)
    try:
        hours = unpack(given.packages, given.folder)
    except (BenchError, OSError) as error:
        parser.exit(2 if isinstance(error, RequestError) else 1, f"{error}\n")
    for name, each in hours.items():
        print(f"{name}: {each:.2f} h")
    return 0


if __name__ == "__main__":
    sys.exit(main())
