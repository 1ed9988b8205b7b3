"""Conformance of corpora: what every reader must keep to, ours and a stranger's alike; each fault says why it matters."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

from bench.corpora.reader import CorpusReader
from bench.runs.corpus_promise import PROMISES, Case, counted
from bench.runs.replica import Escape, escape_by_link, escape_by_name, replicate
from bench.runs.source import place_named
from bench.runs.witness import Introduced, Reading, Testimony, Wanted, witness

LIMIT_S = 300.0
NAMED, LINKED = "named out", "linked out"
WAYS = {
    "again": ("Read a second time", "What is stored would not be found again: keep nothing from one reading to the next."),
    "link": (
        "Read through a link to its folder",
        "What is stored would not be found again: go by what lies in the folder alone.",
    ),
    "backwards": (
        "In another process, where folders are listed in another order",
        "Disks list as they like: sort, and keep nothing in a set.",
    ),
    "copy": (
        "In a copy of the folder whose recordings hold nothing but zeros",
        "A reader goes by names and label files, not by the place, and not by what is recorded.",
    ),
}


@dataclass(frozen=True)
class Bad:
    """A folder that is not the corpus, and the name that the refusal must tell."""

    name: str
    folder: Path
    what: str


def corpus_faults(
    reader: CorpusReader | Introduced,
    folder: Path | None,
    cache: Path,
    files: Sequence[Path] = (),
    limit_s: float = LIMIT_S,
) -> list[str]:
    """Try a reader on its folder and say what is wrong with it.

    It is read in processes of their own: twice, through a link, with the folder listed backwards, and in copies whose
    recordings hold nothing but zeros; then what is not its folder is given to it.

    Parameters
    ----------
    reader : CorpusReader or Introduced
    folder : Path or None
        Where its corpus lies; None for one that makes itself. Nothing is written there.
    cache : Path
        What it makes, fetches or unpacks lies in ``corpora`` below it.
    files : sequence of Path
        The plug-in files that another process needs in order to know it.
    limit_s : float
        Longest time for all readings together, in seconds.

    Returns
    -------
    list of str
        A sentence a fault; empty if none was found.
    """
    until = time.monotonic() + limit_s
    given = None if folder is None else folder.resolve()
    place = place_named(reader.name, reader.identity, cache).resolve()
    with tempfile.TemporaryDirectory(prefix="fatigue-bench-") as made:
        spelled = None if given is None else str(given)
        wanted = [Wanted(name, spelled, place=str(place)) for name in ("first", "again")]
        wanted.append(Wanted("link", spelled, link=str(Path(made, "link")), place=str(place)))
        told = witness(reader, files, wanted, backwards=False, limit_s=until - time.monotonic())
        faults = list(_first_faults(told))
        if faults:
            return faults
        case = Case(reader, given, place, told.readings["first"])
        for promise in PROMISES:
            faults += promise(case)
        return [*faults, *_elsewhere(case, told, files, Path(made), until)]


def _first_faults(told: Testimony) -> Iterator[str]:
    """Why nothing can be tried any further."""
    first = told.readings.get("first")
    if first is None:
        yield f"{told.broken}. Nothing else can be tried before it reads its folder."
    elif first.corpus is None:
        said = (
            " ".join(first.error.split())
            if first.refused
            else f"Asked to read, it raised {first.raised}: {_one_line(first.error)}"
        )
        yield f"{said.rstrip('.')}. Nothing else can be tried before it reads its folder."
    elif not first.corpus["clips"]:
        yield (
            f"It gave no clip, and {len(first.corpus['excluded'])} exclusions. A folder without one clip is a wrong folder: "
            "raise bench.RequestError with what was expected and what was found."
        )


def _elsewhere(case: Case, told: Testimony, files: Sequence[Path], made: Path, until: float) -> Iterator[str]:
    """What other readings than the first say: those of the first process, and those of a second one.

    There, folders are listed backwards, copies are read, and folders that are not the corpus.
    """
    wanted = [Wanted("backwards", case.first.root)]
    escapes: dict[str, Escape] = {}
    wrong: list[Bad] = []
    if not case.reader.makes_itself:
        wanted.append(Wanted("copy", str(replicate(case.folder, made / "copies" / "copy"))))
        for name, make in ((NAMED, escape_by_name), (LINKED, escape_by_link)):
            escape = make(case.folder, made / f"escape-{name}")
            if escape is not None:
                escapes[name] = escape
                wanted.append(Wanted(name, str(escape.root)))
        wrong = _wrong_folders(made / "wrong")
        wanted += [Wanted(bad.name, str(bad.folder), place=str(made / "unpacked" / bad.name)) for bad in wrong]
    second = witness(case.reader, files, wanted, backwards=True, limit_s=max(1.0, until - time.monotonic()))
    different = list(_different(case.first, {**told.readings, **second.readings}))
    yield from different
    for name, escape in escapes.items():
        if name in second.readings and not different and not (name == LINKED and _stays(second, escapes)):
            yield from _escape(second.readings[name], name, escape)
    for bad in wrong:
        if bad.name in second.readings:
            yield from _wrong(second.readings[bad.name], bad)
    for process, where in ((told, "twice and through a link"), (second, "in a second process, and other folders")):
        if process.broken:
            yield f"{process.broken}, when it read the corpus {where}. It must come to an end wherever it is sent."


def _different(first: Reading, readings: Mapping[str, Reading]) -> Iterator[str]:
    """The first way of reading that gives another corpus; the others may differ for the same reason."""
    for name, (how, why) in WAYS.items():
        problem = _difference(first, readings[name]) if name in readings else ""
        if problem:
            yield f"{how}, {problem}. {why}"
            return


def _stays(told: Testimony, escapes: Mapping[str, Escape]) -> bool:
    """Whether the recording is a clip whatever the label file calls it; then its link is the user's own."""
    reading = told.readings.get(NAMED)
    if reading is None or reading.corpus is None:
        return False
    return str(escapes[NAMED].recording) in {os.path.normpath(clip["path"]) for clip in reading.corpus["clips"]}


def _escape(reading: Reading, name: str, escape: Escape) -> Iterator[str]:
    if reading.corpus is None:
        if not reading.refused:
            yield f"On a label file with the path {escape.written!r} it raised {reading.raised}. Raise bench.RequestError."
        return
    top = os.path.realpath(escape.top)
    for clip in reading.corpus["clips"]:
        real = os.path.realpath(clip["path"])
        if os.path.commonpath([real, top]) != top:
            how = "a link that leads out of the folder" if name == LINKED else f"the path {escape.written!r}"
            yield (
                f"Its label file may name {how}, and the recording becomes a clip. A table from somebody else must not "
                "reach the rest of the disk: refuse it (bench.corpora.root.Root does)."
            )
            return


def _wrong_folders(place: Path) -> list[Bad]:
    """Folders that are no corpus: nothing, other things, a file, and a path that leads nowhere."""
    empty, other, song = place / "empty", place / "holiday", place / "music"
    file, nowhere = place / "letter.txt", place / "nowhere"
    for folder in (empty, other / "pictures", song / "album"):
        folder.mkdir(parents=True)
    for path in (file, other / "letter.txt", other / "bills.csv", other / "pictures" / "beach.jpg"):
        path.write_text("to;whom;it\nmay;concern;1\n")
    (song / "album" / "first song.wav").write_bytes(bytes(4096))
    return [
        Bad("empty", empty, "an empty folder"),
        Bad("holiday", other, "a folder of other things"),
        Bad("music", song, "a folder of other recordings"),
        Bad("letter.txt", file, "a file of another kind"),
        Bad("nowhere", nowhere, "a path that leads nowhere"),
    ]


def _wrong(reading: Reading, bad: Bad) -> Iterator[str]:
    wish = "Raise bench.RequestError with what was found and what was expected."
    if reading.corpus is not None:
        yield f"Given {bad.what}, it gave a corpus of {len(reading.corpus['clips'])} clips. {wish}"
    elif not reading.refused:
        yield f"Given {bad.what}, it raised {reading.raised} ({_one_line(reading.error)}). {wish}"
    elif bad.name not in reading.error or "xpected" not in reading.error:
        yield (
            f"Given {bad.what}, it says {_one_line(reading.error)!r}, which does not tell what was found ({bad.name!r}) and "
            "what was expected. Say both."
        )


def _difference(one: Reading, other: Reading) -> str:
    """How another reading differs, as a clause; "" where it does not."""
    if other.corpus is None or one.corpus is None:
        return f"it raised {other.raised} ({_one_line(other.error)})"
    before, after = ([clip["id"] for clip in reading.corpus["clips"]] for reading in (one, other) if reading.corpus)
    if sorted(before) != sorted(after):
        new = [name for name in after if name not in set(before)] or [name for name in before if name not in set(after)]
        return f"it has other clips ({len(before)} before and {len(after)} now, {counted(new)} in one of the two only)"
    if before != after:
        return "the same clips came in another order"
    if [_told(one, clip) for clip in one.corpus["clips"]] != [_told(other, clip) for clip in other.corpus["clips"]]:
        return "the same clips have other paths, speakers or labels"
    if one.corpus["identity"] != other.corpus["identity"]:
        return "the corpus has another name, version or target"
    if [name for name, _ in one.corpus["excluded"]] != [name for name, _ in other.corpus["excluded"]]:
        return "other recordings are excluded, or in another order"
    return ""


def _told(reading: Reading, clip: Mapping[str, Any]) -> dict[str, Any]:
    """A clip with its path from the folder on."""
    return {**clip, "path": os.path.relpath(clip["path"], reading.root)}


def _one_line(text: str) -> str:
    return shorten(text, 400, placeholder=" ...")
