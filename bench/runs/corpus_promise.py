"""Promises of a corpus that can be seen from one reading of it; each is one function, and each fault says why it matters."""

from __future__ import annotations

import math
import os
import re
import site
import sys
import sysconfig
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from bench.base.error import RequestError
from bench.corpora.reader import CorpusReader
from bench.corpora.tree import AUDIO_ENDINGS, audio_files
from bench.runs.chamber import PACKAGE
from bench.runs.replica import Folder
from bench.runs.witness import Introduced, Reading

SHOWN = 3
SYSTEM = ("/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev", "/System", "/Library")
CARD = {
    "licence": "whoever uses it must know what is allowed",
    "citation": "whoever prints a number owes it",
    "published": "the size as its publisher gives it shows whether the folder is whole",
    "source": "others must be able to get it, too",
}


@dataclass(frozen=True)
class Case:
    """A reader that is tried: what it was given and the first corpus that it gave."""

    reader: CorpusReader | Introduced
    given: Path | None
    place: Path
    first: Reading

    @property
    def corpus(self) -> Mapping[str, Any]:
        """The corpus of the first reading."""
        assert self.first.corpus is not None  # noqa: S101  # cases are made of readings that gave one
        return self.first.corpus

    @property
    def folder(self) -> Folder:
        """What it read."""
        recordings = tuple(dict.fromkeys(Path(clip["path"]) for clip in self.corpus["clips"]))
        return Folder(Path(self.first.root), tuple(map(Path, self.first.opened)), recordings)


def _ids(case: Case) -> Iterator[str]:
    roots = {case.first.root, os.path.realpath(case.first.root), str(case.place)}
    for clip_id in [clip["id"] for clip in case.corpus["clips"]] + [name for name, _ in case.corpus["excluded"]]:
        if PurePosixPath(clip_id).is_absolute() or PureWindowsPath(clip_id).drive or any(root in clip_id for root in roots):
            yield f"The id {clip_id!r} is a path on this machine; elsewhere nothing would be found again. Use relative names."
            return


def _clips(case: Case) -> Iterator[str]:
    """Corpus itself has made sure of unique ids, speakers and labels; here is the rest of a clip."""
    stretches: dict[str, str] = {}
    for clip in case.corpus["clips"]:
        problem = _problem(clip)
        if problem:
            yield f"The clip {clip['id']!r} {problem}."
            return
        stretch = repr([clip[name] for name in ("path", "start_s", "end_s", "turns")])
        if stretch in stretches:
            yield (
                f"The clips {stretches[stretch]!r} and {clip['id']!r} are the same stretch of the same file, which would be "
                "counted twice. Give it once, or exclude the other with that reason."
            )
            return
        stretches[stretch] = clip["id"]


def _problem(clip: Mapping[str, Any]) -> str:
    start_s, end_s = clip["start_s"] or 0.0, math.inf if clip["end_s"] is None else clip["end_s"]
    if not 0 <= start_s < end_s:
        return f"goes from {start_s:g} s to {end_s:g} s; expected are seconds from 0 up, the end after the start"
    flat = [bound for turn in clip["turns"] for bound in turn]
    if flat != sorted(flat):
        return "has turns that are not in order; expected are (start_s, end_s), one after the other"
    if clip["speaker"] != clip["speaker"].strip():
        return f"has the speaker {clip['speaker']!r}; spaces around a name make two people of one"
    if not all(isinstance(value, str) for value in clip["traits"].values()):
        return "has a trait that is no text; the card cannot count it"
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in clip["confidence"].values()):
        return "has a confidence that is no finite number"
    return ""


def _card(case: Case) -> Iterator[str]:
    corpus = case.corpus
    if corpus["version"] != case.reader.version:
        yield f"The corpus says version {corpus['version']!r} and its reader {case.reader.version!r}. Pass on `self.version`."
    if corpus["name"] != str(case.reader):
        return  # named by a file of the user's own, who may leave the rest out
    if not _is_sentence(corpus["about"]):
        yield f"`about` is {corpus['about']!r}; the card needs a sentence on who speaks and how. Write one."
    for name, why in CARD.items():
        if not corpus[name].strip():
            yield f"`{name}` is empty; {why}. Say it, or that it is not stated."


def _targets(case: Case) -> Iterator[str]:
    if not case.corpus["targets"]:
        yield "It has no target, so no task can be asked of it. Give at least one bench.Target."
    for target in case.corpus["targets"]:
        if not _is_sentence(target["about"]) and case.corpus["name"] == str(case.reader):
            yield f"The target {target['name']!r} has the `about` {target['about']!r}; say in a sentence where it comes from."
        if not any(target["name"] in clip["labels"] for clip in case.corpus["clips"]):
            yield f"No clip has a label of the target {target['name']!r}; a task on it would be empty. Leave the target out."


def _exclusions(case: Case) -> Iterator[str]:
    clips = {clip["id"] for clip in case.corpus["clips"]}
    names = Counter(name for name, _ in case.corpus["excluded"])
    for name, reason in case.corpus["excluded"]:
        if not reason.strip():
            yield f"{name!r} is excluded without a reason; nobody could tell whether that is right. Give one."
            return
    both = [name for name in names if name in clips]
    if both:
        yield f"{both[0]!r} is a clip and excluded; the counts would not add up. Decide for one."
    twice = [name for name, times in names.items() if times > 1]
    if twice:
        yield f"{twice[0]!r} is excluded {names[twice[0]]} times; the counts would not add up. Exclude it once."


def _accounts(case: Case) -> Iterator[str]:
    """Every recording below the folder is a clip's, excluded, or told in a note (by its name, its folder's, or the number)."""
    folder = case.folder
    if not folder.root.is_dir():
        return
    try:
        found = audio_files(folder.root)
    except RequestError:
        return
    used = {os.path.normpath(path) for path in folder.recordings}
    gone = {name for name, _ in case.corpus["excluded"]}
    notes = " ".join(case.corpus["notes"])
    left = []
    for path in found:
        place = path.relative_to(folder.root)
        names = {"/".join(way.parts[at:]) for way in (place, place.with_suffix("")) for at in range(len(place.parts))}
        if os.path.normpath(path) not in used and not names & gone:
            left.append(place)
    lost = [place.as_posix() for place in left if not _is_noted(place, notes)]
    counts = {f"{n:{comma}}" for n in (len(left), len(lost)) for comma in ("", ",")}  # a note that counts may name the first
    if lost and not re.search(rf"\b({'|'.join(counts)}) recordings?\b", notes):
        yield (
            f"{counted(lost)} is a recording but neither a clip nor excluded, so it was dropped quietly. Exclude it with a "
            "reason, or write a note that names its folder or says how many recordings they are."
        )


def _is_noted(place: Path, notes: str) -> bool:
    """Whether notes name a file, or its folder by at least two names, or by the only one that it has."""
    above = place.parent.parts
    folders = {"/".join(above[-n:]) for n in range(min(2, len(above)), len(above) + 1)} - {""}
    return any(re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w-])", notes) for name in {place.name, *folders})


def _opened(case: Case) -> Iterator[str]:
    """No recording is opened; but two of one name may be compared, so that the second can be excluded as a copy."""
    if case.reader.makes_itself:
        return  # it may look at what it made
    heard = [Path(path) for path in case.first.opened if Path(path).suffix.lower() in AUDIO_ENDINGS]
    names = Counter(path.name.lower() for path in heard)
    alone = [path.name for path in heard if names[path.name.lower()] == 1]
    if alone:
        yield (
            f"While it indexed, it opened {counted(alone)}; thousands would take minutes, again at every run. Go by names and "
            "label files; the decoder looks at recordings, once."
        )


def _inside(case: Case) -> Iterator[str]:
    """Nothing is read outside the folder, and no clip lies there."""
    tops = [case.folder.top, case.place]
    if case.given is not None:
        tops.append(case.given if case.given.is_dir() else case.given.parent)
    away = [clip["path"] for clip in case.corpus["clips"] if not any(_is_in(clip["path"], top) for top in tops)]
    if away:
        yield (
            f"The recording of a clip lies outside the folder that it was given: {counted(away)}. Whoever gives a folder lets "
            "that folder be read and nothing else."
        )
    read = [path for path in case.first.opened if not any(_is_in(path, top) for top in (*tops, *_own_places()))]
    if read:
        yield f"It read outside the folder that it was given: {counted(read)}. Read that folder and nothing else."


def _writes(case: Case) -> Iterator[str]:
    """Nothing is written while it reads but in the place that `unpack` may fill."""
    if case.reader.makes_itself:
        return  # to make something takes more than one place
    written = [path for path in case.first.written if not _is_in(path, case.place)]
    if written:
        yield (
            f"While it read, it wrote, moved or removed {counted(written)}. A corpus may lie on a disk that nobody may write "
            "to, and several runs read it at once: write nothing, or in the place that `unpack` is given."
        )


def _own_places() -> list[Path]:
    """Where Python and its packages lie, and what they keep for themselves."""
    places = {*SYSTEM, sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *site.getsitepackages()}
    places |= {str(PACKAGE / "bench"), site.getusersitepackages(), str(Path.home() / ".cache"), str(Path.home() / ".config")}
    return [Path(place) for place in places]


def _is_in(path: str | Path, top: Path) -> bool:
    """Whether a path lies in a folder, as it is written or with the folder's links followed; its own links are not."""
    written = os.path.normpath(path)
    return any(Path(written).is_relative_to(os.path.normpath(place)) for place in (top, os.path.realpath(top)))


def _is_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"\S.*[.!?]", text, re.DOTALL))


def counted(names: Sequence[str]) -> str:
    """The first names, and how many more there are.

    Examples
    --------
    >>> counted("abcde")
    "'a', 'b', 'c' and 2 more"
    """
    more = len(names) - SHOWN
    return ", ".join(map(repr, names[:SHOWN])) + (f" and {more} more" if more > 0 else "")


PROMISES: tuple[Callable[[Case], Iterator[str]], ...] = (
    _ids,
    _clips,
    _card,
    _targets,
    _exclusions,
    _accounts,
    _opened,
    _inside,
    _writes,
)
