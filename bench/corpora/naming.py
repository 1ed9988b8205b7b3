"""Naming: the clips of a corpus whose files are understood by their names, with copies and strangers set aside."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Exclusion
from bench.corpora.tree import find_audio


def gather_clips(
    corpus: str, folder: Path, expected: str, paths: Iterable[Path], understand: Callable[[Path], Clip | str]
) -> tuple[dict[str, Clip], list[Exclusion]]:
    """The clips among the audio files of a folder. Of several with one id, the first is the clip.

    Parameters
    ----------
    corpus : str
        How the reader is spelled, for the message.
    folder : Path
    expected : str
        What the folder should be, as a phrase.
    paths : iterable of Path
        Audio files below the folder, in order.
    understand : callable
        Gives the clip of a file, or the reason why it is none.

    Returns
    -------
    dict of str to Clip
        By id, sorted.
    list of Exclusion
        By the file's place in the folder.

    Raises
    ------
    RequestError
        If none is a clip.
    """
    clips: dict[str, Clip] = {}
    excluded = []
    for path in paths:
        found = understand(path)
        place = path.relative_to(folder).as_posix()
        if isinstance(found, str):
            excluded.append(Exclusion(place, found))
        elif found.id in clips:
            excluded.append(Exclusion(place, _copy_reason(path, clips[found.id].path)))
        else:
            clips[found.id] = found
    if not clips:
        counted = "1 audio file," if len(excluded) == 1 else f"{len(excluded)} audio files,"
        raise RequestError(
            f"{str(folder)!r} holds {counted} but none is a clip of {corpus}. The first is "
            f"{excluded[0].clip_id!r}: {excluded[0].reason}. Expected is {expected}. Give that folder."
        )
    return {name: clips[name] for name in sorted(clips)}, excluded


def count_note(what: str, found: Sequence[str], then: str) -> tuple[str, ...]:
    """A note that counts what was found, or none.

    Examples
    --------
    >>> count_note("Files whose folder names another emotion", ["sad/a.wav", "sad/b.wav"], "The file name counts.")
    ('Files whose folder names another emotion: 2 (the first: sad/a.wav). The file name counts.',)
    >>> count_note("Files whose folder names another emotion", [], "The file name counts.")
    ()
    """
    return (f"{what}: {len(found)} (the first: {found[0]}). {then}".strip(),) if found else ()


def unused_note(folder: Path, clips: Iterable[Clip], excluded: Iterable[Exclusion]) -> tuple[str, ...]:
    """A note on recordings below a folder that no table brings in, or none.

    Parameters
    ----------
    folder : Path
    clips : iterable of Clip
    excluded : iterable of Exclusion
        Those that are called by their place in the folder are told already.
    """
    used = {os.path.normpath(clip.path) for clip in clips}
    told = {exclusion.clip_id for exclusion in excluded}
    places = [path.relative_to(folder).as_posix() for path in find_audio(folder) if os.path.normpath(path) not in used]
    lost = [place for place in places if place not in told]
    if not lost:
        return ()
    count = "1 recording lies here and is" if len(lost) == 1 else f"{len(lost):,} recordings lie here and are"
    return (f"{count} not in the rows that were read ({lost[0]} the first).",)


def _copy_reason(path: Path, first: Path) -> str:
    """One sentence for all copies, so that a nested release counts as one reason and not as thousands."""
    try:
        same = filecmp.cmp(path, first, shallow=False)
    except OSError:
        same = False
    if same:
        return "it is a copy, byte for byte, of the clip of that name, which comes first by path"
    return "it has the name of a clip, which comes first by path, and other bytes"
