"""The join: which row of a table belongs to which clip, by the clip's id or by its file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import PurePosixPath

from bench.base.error import RequestError
from bench.corpora.corpus import Clip
from bench.corpora.tree import AUDIO_ENDINGS

Key = tuple[str, ...]


def by_id(rows: Sequence[str], clips: Sequence[Clip]) -> dict[str, int]:
    """The row of each clip that has one, by the clip's id.

    Examples
    --------
    >>> from pathlib import Path
    >>> clips = [Clip(name, "anna", Path("a.wav"), {}) for name in ("a1", "a2")]
    >>> by_id(["a2", "a3"], clips)
    {'a2': 0}
    """
    place = {row: number for number, row in enumerate(rows)}
    return {clip.id: place[clip.id] for clip in clips if clip.id in place}


def by_file(rows: Sequence[str], clips: Sequence[Clip]) -> dict[str, int]:
    """The row of each clip that has one, by the clip's file.

    Files are known by their names, without the ending of an audio file; where several clips or several rows have the same
    name, by as many of the folders above it as tell them apart. It does not matter where the recordings lay when the table was
    made: the folders that all rows share, and those that all clips share, need not be the same. But a row and a clip whose
    other folders differ (or of which one is the speaker's, or the nearest one of a relative path) are not the same recording.

    Raises
    ------
    RequestError
        If a row fits several clips, several rows fit one, or a file holds several clips.

    Examples
    --------
    >>> from pathlib import Path
    >>> clips = [Clip(who, who, Path(f"/here/{who}/01.wav"), {}) for who in ("anna", "ben")]
    >>> by_file(["/there/ben/01.wav", "/there/anna/01.wav"], clips)
    {'ben': 0, 'anna': 1}
    """
    path, count = Counter(clip.path for clip in clips).most_common(1)[0] if clips else (None, 0)
    if path is not None and count > 1:
        raise RequestError(
            f"The file {path.name!r} holds {count} clips, so a file does not tell which of them a row means. Join by clip id."
        )
    given = [_parts(row) for row in rows]
    files = [_parts(clip.path.as_posix()) for clip in clips]
    depths = _depths(given)
    own = _depths(files)
    roots = _written_root(given), _root(files)
    clips_at: dict[Key, list[int]] = defaultdict(list)
    for number, parts in enumerate(files):
        for depth in range(1, len(parts) + 1):
            clips_at[parts[-depth:]].append(number)
    found: dict[int, list[int]] = defaultdict(list)
    for number, parts in enumerate(given):
        fits = clips_at.get(parts[-depths[number] :], [])
        fits = [clip for clip in fits if parts[-own[clip] :] == files[clip][-own[clip] :]] or _vague(parts, fits, files)
        fits = [clip for clip in fits if not _elsewhere(parts, files[clip], roots, clips[clip].speaker)]
        if len(fits) > 1:
            raise RequestError(
                f"The row {rows[number]!r} fits {len(fits)} clips, {clips[fits[0]].id!r} and {clips[fits[1]].id!r} among them. "
                "Expected is a path that tells them apart. Write more of the folders above the file, or join by clip id."
            )
        for clip in fits:
            found[clip].append(number)
    for clip, numbers in found.items():
        if len(numbers) > 1:
            first, second = rows[numbers[0]], rows[numbers[1]]
            raise RequestError(
                f"{len(numbers)} rows fit the clip {clips[clip].id!r}, {first!r} and {second!r} among them. "
                "Expected is one row a clip. Take the others out, or join by clip id."
            )
    return {clips[clip].id: numbers[0] for clip, numbers in found.items()}


def _vague(parts: Key, fits: Sequence[int], files: Sequence[Key]) -> list[int]:
    """The clips that a row fits whole, though it says less than is needed to tell them apart."""
    return [clip for clip in fits if files[clip][-len(parts) :] == parts]


def _root(paths: Sequence[Key]) -> int:
    """How many folders all paths that have any begin with, and so say nothing of one."""
    folders = [parts[:-1] for parts in paths if len(parts) > 1]
    return len(list(takewhile(lambda level: len(set(level)) == 1, zip(*folders, strict=False))))


def _written_root(rows: Sequence[Key]) -> int:
    """The same of rows; but who wrote a relative path meant at least the nearest folder to say something."""
    relative = [len(parts) - 2 for parts in rows if len(parts) > 1 and not (parts[0] == "/" or parts[0].endswith(":"))]
    return min(_root(rows), *relative) if relative else _root(rows)


def _elsewhere(row: Key, file: Key, roots: tuple[int, int], speaker: str) -> bool:
    """Whether the nearest folders that differ say that a row is of another recording than the file of the same name."""
    for depth in range(2, min(len(row), len(file)) + 1):
        if row[-depth] != file[-depth]:
            said = len(row) - depth >= roots[0] or len(file) - depth >= roots[1]
            return said or file[-depth] == speaker
    return False


def _parts(text: str) -> Key:
    path = PurePosixPath(text.replace("\\", "/"))
    name = path.stem if path.suffix.lower() in AUDIO_ENDINGS else path.name
    return (*path.parts[:-1], name)


def _depths(paths: Sequence[Key]) -> list[int]:
    """How many parts, counted from the end, tell each path from the others; all of them where none do."""
    counts: Counter[Key] = Counter(parts[-depth:] for parts in paths for depth in range(1, len(parts) + 1))
    return [next((d for d in range(1, len(p) + 1) if counts[p[-d:]] == 1), len(p)) for p in paths]


def strangers(rows: Sequence[str], joined: Mapping[str, int]) -> tuple[str, ...]:
    """The rows that belong to no clip."""
    used = set(joined.values())
    return tuple(row for number, row in enumerate(rows) if number not in used)
