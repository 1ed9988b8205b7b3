"""SLEEP: the Continuous Sleepiness part of the ComParE 2019 challenge, with its official train, devel and test.

``lab/labels.csv`` names the recordings in ``wav/`` and their ratings, and the file names tell the part. Nobody outside
knows who speaks. The labels of the test part were kept back (``?``); whoever has them puts ``lab/labels_confidential.csv``
beside the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus, Exclusion, Label, Target
from bench.corpora.declaration import listed
from bench.corpora.manifest import read_manifest
from bench.corpora.reader import CorpusReader
from bench.corpora.root import Root
from bench.corpora.scale import scale
from bench.corpora.sleepiness import sleepy_label, sleepy_target
from bench.corpora.tree import AUDIO_ENDINGS, check_folder, find_audio, wrong_folder

PUBLISHED_AS = "ComParE2019_ContinuousSleepiness"
EXPECTED = f"the folder {PUBLISHED_AS} with wav/ and lab/labels.csv"
LABELS, CONFIDENTIAL = "lab/labels.csv", "lab/labels_confidential.csv"
FILE_COLUMNS = ("file_name", "file", "name", "path", "wav", "id")
LABEL_COLUMNS = ("label", "labels", "kss", "sleepiness", "rating")
PART = re.compile(r"(train|devel|test)_")
RATING = re.compile(r"([1-9])(?:\.0+)?")


class Sleep(CorpusReader):
    """The corpus of the ComParE 2019 Continuous Sleepiness challenge.

    Examples
    --------
    >>> str(Sleep())
    'sleep'
    """

    name = "sleep"
    version = "1"

    def read(self, folder: Path) -> Corpus:
        """Read the label files, and which recordings lie beside them.

        A clip's id is its file name without the ending. A recording that has a row and is missing stays a clip, which the
        decoder excludes; one that has no row is excluded here.

        Raises
        ------
        RequestError
            If the folder is another one, or a row is wrong; every mistake is listed, with its row.
        """
        top = _top(folder)
        ratings = _Ratings({}, [])
        ratings.add(top, LABELS)
        if (top / CONFIDENTIAL).is_file():
            ratings.add(top, CONFIDENTIAL)
        if not ratings.rows and not ratings.problems:
            ratings.problems.append(f"{LABELS} has no row, so there is no clip")
        if ratings.problems:
            raise listed(top, ratings.problems)
        clips = tuple(_clip(name, row.rating, top) for name, row in ratings.rows.items())
        kss = scale("kss")
        about = (
            "Karolinska Sleepiness Scale of the recording as its publisher gives it, 1 (extremely alert) to 9 (extremely "
            "sleepy). The cuts of its three levels are our own."
        )
        return Corpus(
            name=str(self),
            version=self.version,
            targets=(
                Target("kss", "measured", about, kss.levels, kss.bounds, kss.unit, kss.cuts),
                sleepy_target(),
            ),
            clips=clips,
            excluded=tuple(_unlisted(top, set(ratings.rows))),
            about="Recordings with ratings of sleepiness: the Continuous Sleepiness part of the ComParE 2019 challenge.",
            published=(
                "16,464 recordings of 915 speakers (reported by notes on Martin et al. 2021, Front. Digit. Health 686068, "
                "not re-checked)."
            ),
            source=f"From the organisers of the challenge, who give out {PUBLISHED_AS}.zip; no open download is known.",
            licence="As agreed with its publisher: no open licence is known.",
            citation=(
                "Schuller BW et al. (2019). The INTERSPEECH 2019 Computational Paralinguistics Challenge: Styrian Dialects, "
                "Continuous Sleepiness, Baby Sounds & Orca Activity. Proc. Interspeech 2019."
            ),
            notes=_notes(clips, (top / CONFIDENTIAL).is_file()),
            caution=(
                "Nobody outside knows who speaks in this corpus, so values have no interval and ranks no tier: how much of a "
                "difference is due to the speakers who were drawn cannot be told."
            ),
            splitter="fixed",
            speakers="unknown",
        )


@dataclass(frozen=True)
class _Row:
    """What a label file says of one recording: in which row, and its rating (None for ``?``)."""

    where: str
    rating: int | None


@dataclass(frozen=True)
class _Ratings:
    """Rows by file name, in order, and what is wrong with others."""

    rows: dict[str, _Row]
    problems: list[str]

    def add(self, top: Path, place: str) -> None:
        """Read a label file, whose ratings fill up what is not known yet.

        Raises
        ------
        RequestError
            If it cannot be read, or has not the columns.
        """
        manifest = read_manifest(top / place)
        columns = manifest.column(*FILE_COLUMNS), manifest.column(*LABEL_COLUMNS)
        if columns[0] is None or columns[1] is None:
            raise RequestError(
                f"{str(top / place)!r} has the columns {', '.join(manifest.columns)}. Expected are file_name and label. "
                "Correct its first line."
            )
        self.problems.extend(f"{place}, {problem}" for problem in manifest.problems)
        root = Root(top / "wav")
        seen: dict[str, int] = {}
        for number, cells in manifest.rows:
            where = f"{place}, row {number}"
            name = cells[columns[0]].removeprefix("wav/")
            if name and _ending(name) not in AUDIO_ENDINGS:
                name += ".wav"
            found = [_name_problem(root, name), _rating_problem(cells[columns[1]])]
            if name in seen:
                found.append(f"{name!r} stands in row {seen[name]} already")
            seen.setdefault(name, number)
            problems = [problem for problem in found if problem]
            self.problems.extend(f"{where}: {problem}" for problem in problems)
            if not problems:
                self._merge(name, _Row(where, _rating(cells[columns[1]])))

    def _merge(self, name: str, row: _Row) -> None:
        known = self.rows.get(name)
        if known is None or known.rating is None:
            self.rows[name] = row
        elif row.rating not in (None, known.rating):
            self.problems.append(f"{row.where}: {name!r} is rated {row.rating} here, and {known.rating} in {known.where}")


def _top(folder: Path) -> Path:
    """The folder that holds ``lab``: the one that is given, or the published one inside it (twice, as archives unpack).

    Raises
    ------
    RequestError
        If there is none, or its recordings lie elsewhere by a link.
    """
    check_folder(folder, EXPECTED)
    places = (folder, folder / PUBLISHED_AS, folder / PUBLISHED_AS / PUBLISHED_AS)
    top = next((place for place in places if (place / LABELS).is_file()), None)
    if top is None:
        closest = next((place / "lab" for place in places if (place / "lab").is_dir()), folder)
        raise wrong_folder(closest, EXPECTED)
    for place in ("wav", LABELS, CONFIDENTIAL):
        if Root(top).problem(place):
            raise RequestError(
                f"{str(top / place)!r} is a link that leads out of the corpus. Expected is {EXPECTED}, all inside. Move the "
                "files there, or give the folder where all of them lie."
            )
    return top


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _name_problem(root: Root, name: str) -> str | None:
    """Why a file name does not serve, as a phrase."""
    problem = root.problem(name)
    if problem is None and not PART.match(name):
        return f"the name {name!r} tells no part; expected is train_, devel_ or test_ in front"
    return problem


def _rating_problem(text: str) -> str | None:
    """Why a label does not serve, as a phrase."""
    if text == "?" or RATING.fullmatch(text):
        return None
    return f"the label {text!r} is no whole number of 1 to 9; where nobody knows it, expected is ?"


def _rating(text: str) -> int | None:
    match = RATING.fullmatch(text)
    return int(match[1]) if match else None


def _clip(name: str, rating: int | None, top: Path) -> Clip:
    labels: dict[str, Label] = {} if rating is None else {"kss": float(rating), "sleepy": sleepy_label(rating)}
    part = PART.match(name)
    return Clip(
        id=str(PurePosixPath(name).with_suffix("")),
        speaker="",
        path=top / "wav" / name,
        labels=labels,
        split=part[1] if part else None,
    )


def _unlisted(top: Path, listed_names: set[str]) -> list[Exclusion]:
    """Recordings without a row."""
    names = [path.relative_to(top / "wav").as_posix() for path in find_audio(top / "wav")]
    return [Exclusion(f"wav/{name}", f"no row of {LABELS} names it") for name in names if name not in listed_names]


def _notes(clips: tuple[Clip, ...], confidential: bool) -> tuple[str, ...]:
    parts = [clip.split for clip in clips]
    counts = ", ".join(f"{parts.count(part):,} {part}" for part in ("train", "devel", "test") if part in parts)
    without = [str(clip.split) for clip in clips if not clip.labels]
    notes = [f"Parts by file name: {counts}."]
    if without:
        notes.append(f"{len(without):,} recordings have no label ({', '.join(sorted(set(without)))}): their label is ?.")
    if confidential:
        notes.append(f"{CONFIDENTIAL} lies there and was read.")
    notes.append(
        "Each speaker covers a narrow range of the scale, so who speaks and how sleepy they are can be confounded (reported by "
        "notes on Huckvale et al. 2020, not re-checked)."
    )
    return tuple(notes)
