"""The facts about each recording, and the place on disk where they are kept.

A fact is keyed by the bytes of the file, the bounds of the clip and the settings of the decoder, so an unchanged file is
hashed again but never decoded again, wherever it lies and whatever it is called.
"""

from __future__ import annotations

import json
import os
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bench.base.durable import make_folder, unwritable
from bench.base.identity import digest
from bench.decoders.channel import RULE, Turns
from bench.decoders.decoder import DECODER, Decoded

LIBRARY = "libsndfile"


@dataclass(frozen=True)
class ClipFacts:
    """What is known about a clip's audio.

    Attributes
    ----------
    key : str
        Digest of the file's bytes, the bounds and the decoder's settings; empty for a file that cannot be read now.
    problem : str or None
        Why the clip cannot be used, as a phrase; the numbers below are then 0.
    sample_hash : str
        Of the decoded samples of all channels heard, and the rate.
    duration_s : float
    rate : int
        Of the recording, in Hz.
    channels : int
    peak_dbfs, rms_dbfs : float
        Of the mono samples.
    channel : int or None
        The one channel heard, counted from 0; None where there is but one, or all were mixed down.
    clipped_share, silence_share : float
        Samples in flat runs at full scale, and silent frames; 0 to 1. `bench.decoders.tally` says what is counted.
    """

    key: str
    problem: str | None = None
    sample_hash: str = ""
    duration_s: float = 0.0
    rate: int = 0
    channels: int = 0
    peak_dbfs: float = 0.0
    rms_dbfs: float = 0.0
    channel: int | None = None
    clipped_share: float = 0.0
    silence_share: float = 0.0

    @classmethod
    def of(cls, key: str, decoded: Decoded) -> ClipFacts:
        """The facts of a clip that could be decoded."""
        wave = decoded.wave
        return cls(
            key=key,
            sample_hash=decoded.sample_hash,
            duration_s=wave.duration_s,
            rate=wave.rate,
            channels=decoded.channels,
            peak_dbfs=decoded.peak_dbfs,
            rms_dbfs=decoded.rms_dbfs,
            channel=decoded.channel,
            clipped_share=decoded.clipped_share,
            silence_share=decoded.silence_share,
        )


def clip_key(file_digest: str, start_s: float | None = None, end_s: float | None = None, turns: Turns = ()) -> str:
    """The key of a clip: its file's bytes, its bounds, the decoder's settings, and the speaker's turns where they are given.

    Examples
    --------
    >>> clip_key("0123", 1, 2) == clip_key("0123", 1.0, 2.0) != clip_key("0123")
    True
    """
    bounds = [None if bound is None else repr(float(bound)) for bound in (start_s, end_s)]
    heard = [[RULE, [[repr(float(bound)) for bound in turn] for turn in turns]]] if turns else []
    return digest([file_digest, bounds, DECODER, *heard])


class FactStore:
    """Facts on disk: JSON lines, each with its checksum, in one file a writing process.

    No two processes write to one file. A line that a crash tore apart, or that another version of this program wrote with
    fewer facts or more, is as if it had never been written: the clip is decoded again, and no fact is taken for 0. So is a
    problem that another release of libsndfile had with a file, for each knows more formats than the one before.

    Parameters
    ----------
    root : Path
        The cache folder; facts lie in ``facts`` below it.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "facts"
        self._known: dict[str, ClipFacts] | None = None
        self._own: Path | None = None

    def look_up(self, keys: Iterable[str]) -> dict[str, ClipFacts]:
        """The facts that are known for these keys."""
        known = self._all()
        return {key: known[key] for key in keys if key in known}

    def add(self, facts: Iterable[ClipFacts]) -> None:
        """Keep facts; those without a key (files that cannot be read now) are looked at again next time and not kept.

        Raises
        ------
        BenchError
            If the disk is full or the cache cannot be written.
        """
        new = [fact for fact in facts if fact.key]
        if not new:
            return
        if self._own is None:
            make_folder(self.folder)
            self._own = self.folder / f"{uuid.uuid4().hex}.jsonl"
        data = "".join(_line(fact) for fact in new).encode()
        try:
            handle = os.open(self._own, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                while data:
                    data = data[os.write(handle, data) :]
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            self._own = None  # its last line may be torn, so the next one must not follow it
            raise unwritable(error, self.folder) from error
        self._all().update({fact.key: fact for fact in new})

    def merge(self) -> int:
        """Put the lines of files that nobody has touched for an hour into one file; gives how many were merged."""
        import time

        old = [path for path in self._files() if path.stat().st_mtime < time.time() - 3600]
        if len(old) < 2:
            return 0
        kept = {fact.key: fact for path in old for fact in _facts_in(path)}
        self._own = None
        self.add(kept.values())
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _all(self) -> dict[str, ClipFacts]:
        if self._known is None:
            self._known = {fact.key: fact for path in self._files() for fact in _facts_in(path)}
        return self._known

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.jsonl"))


def _line(fact: ClipFacts) -> str:
    said = asdict(fact) if fact.problem is None else {**asdict(fact), LIBRARY: _release()}
    text = json.dumps(said, ensure_ascii=False, allow_nan=False)
    return f"{text}\t{zlib.crc32(text.encode()):08x}\n"


def _facts_in(path: Path) -> Iterator[ClipFacts]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # merged away by another process
        return
    for line in data.split(b"\n"):
        text, _, check = line.rpartition(b"\t")
        if text and check == b"%08x" % zlib.crc32(text):
            given = json.loads(text)
            release = given.pop(LIBRARY, None)
            if given.keys() == _FIELDS and (given["problem"] is None or release == _release()):
                yield ClipFacts(**given)


def _release() -> str:
    import soundfile

    return str(soundfile.__libsndfile_version__)


_FIELDS = {item.name for item in fields(ClipFacts)}
