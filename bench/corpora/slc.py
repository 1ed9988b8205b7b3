"""SLC: the Sleepy Language Corpus of the Interspeech 2011 challenge, by a table of one's own or by ARFF files.

How its label files look in detail is not known for certain here, so nothing is taken for granted: a CSV has the columns that
this page names, and of an ARFF file only the order and kind of its attributes count, unless the user names them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bench.base.error import RequestError
from bench.corpora.corpus import Corpus, Exclusion, Target
from bench.corpora.declaration import listed
from bench.corpora.gathering import Gathering
from bench.corpora.rating import RatedFile, Wanted, read_rated_arff, read_rated_table
from bench.corpora.reader import CorpusReader
from bench.corpora.recording import Recordings
from bench.corpora.root import Root
from bench.corpora.scale import scale
from bench.corpora.sleepiness import sleepy_target
from bench.corpora.tree import wrong_folder

EXPECTED = (
    "a folder of the recordings and a CSV of the columns path, speaker and kss, or the ARFF files of the challenge "
    "(one a part, with train, devel or test in its name)"
)
TABLES = (".csv", ".tsv", ".parquet")
SCALE = "kss-10"


class Slc(CorpusReader):
    """Sleepy Language Corpus.

    Attributes
    ----------
    label : str
        The column or attribute of the label; "" means ``kss`` in a CSV, and in an ARFF the last nominal or numeric one.
    speaker, split : str
        The column or attribute that says who speaks, and which part it is; "" means the one that is called so, if there is.

    Examples
    --------
    >>> str(Slc()), str(Slc(label="class"))
    ('slc', 'slc[label=class]')
    """

    name = "slc"
    version = "1"

    label: str = ""
    speaker: str = ""
    split: str = ""

    def read(self, folder: Path) -> Corpus:
        """Read the ratings, and find the recordings by their names.

        Numbers of 1 to 10 are ratings of the KSS; NSL and SL are the two levels. A recording that has a row and is missing
        stays a clip, which the decoder excludes; one that has no row is excluded here. Without a column that says who speaks,
        speakers are unknown, and each recording needs a part: by an attribute, the name of the ARFF file, or its own name.

        Raises
        ------
        RequestError
            If there is no such file, its columns do not serve, or rows are wrong; every mistake is listed, with its row.
        """
        top = folder if folder.is_dir() else folder.parent
        paths, notes = _label_files(folder)
        wanted = Wanted(self.label, self.speaker, self.split)
        files = [_read(path, wanted) for path in paths]
        known = _knows_speakers(files)
        recordings, kss = Recordings(top), _kss_target()
        gathering = Gathering(recordings, kss, known)
        for file in files:
            gathering.add(file)
        problems = gathering.problems + gathering.missing_parts(files)
        if not gathering.clips and not problems:
            problems = ["there is no row, so there is no clip"]
        if problems:
            raise listed(folder, problems)
        clips = tuple(gathering.clips.values())
        rated = any(kss.name in clip.labels for clip in clips)
        return Corpus(
            name=str(self),
            version=self.version,
            targets=(kss, sleepy_target()) if rated else (sleepy_target(),),
            clips=clips,
            excluded=_unnamed(recordings, {clip.path for clip in clips}),
            about="Recordings with ratings of sleepiness: the Sleepiness part of the Interspeech 2011 Speaker State Challenge.",
            published=(
                "99 German speakers, 21 hours, six studies of partial sleep deprivation (reported by notes on Cummins et al. "
                "2018 and Martin et al. 2021, not re-checked)."
            ),
            source="From the organisers of the Interspeech 2011 Speaker State Challenge; no open download is known.",
            licence="As agreed with its publisher: no open licence is known.",
            citation=(
                "Schuller B, Steidl S, Batliner A, Schiel F, Krajewski J (2011). The INTERSPEECH 2011 Speaker State Challenge. "
                "Proc. Interspeech 2011, 3201-3204. https://doi.org/10.21437/Interspeech.2011-801"
            ),
            notes=(*notes, *(_said(file, top) for file in files)),
            caution="" if known else _CAUTION,
            splitter="fixed" if all(clip.split for clip in clips) else "",
            speakers="known" if known else "unknown",
        )


_CAUTION = (
    "The label files do not say who speaks, so values have no interval and ranks no tier: how much of a difference is due to "
    "the speakers who were drawn cannot be told."
)


def _kss_target() -> Target:
    kss = scale(SCALE)
    about = "Karolinska Sleepiness Scale of the recording as its publisher gives it, 1 to 10; sleepy is above 7.5."
    return Target("kss", "measured", about, kss.levels, kss.bounds, kss.unit, kss.cuts)


def _label_files(folder: Path) -> tuple[list[Path], list[str]]:
    """The label files below a place, and a note where there were others: one table, or all ARFF files.

    Raises
    ------
    RequestError
        If there is none, or there are several tables.
    """
    if folder.is_file() and folder.suffix.lower() in (*TABLES, ".arff"):
        return [folder], []
    if not folder.is_dir():
        what = "is no CSV, Parquet or ARFF file" if folder.exists() else "does not exist"
        raise RequestError(f"{str(folder)!r} {what}. Expected is {EXPECTED}. Give that folder.")
    tables = _files(folder, folder.iterdir(), TABLES)
    arffs = _files(folder, folder.rglob("*"), (".arff",))
    if len(tables) > 1:
        raise RequestError(
            f"{str(folder)!r} holds {len(tables)} tables ({', '.join(path.name for path in tables)}). Expected is one. Give "
            "the path of the one that is meant: `--corpora slc=PATH`."
        )
    if not tables and not arffs:
        raise wrong_folder(folder, EXPECTED)
    if tables and arffs:
        return tables, [f"{tables[0].name} was read, and the {len(arffs)} ARFF files beside it were not."]
    return tables or arffs, []


def _files(folder: Path, paths: Iterable[Path], endings: tuple[str, ...]) -> list[Path]:
    """Those of the paths that are files with such an ending and not hidden, sorted.

    Raises
    ------
    RequestError
        If one of them leads out of the folder by a link.
    """
    named = [path for path in paths if path.suffix.lower() in endings]
    shown = {path.relative_to(folder): path for path in sorted(named) if path.is_file()}
    root = Root(folder)
    for place in shown:
        if root.problem(place.as_posix()):
            raise RequestError(
                f"{str(folder / place)!r} is a link that leads out of the corpus. Expected are label files inside. "
                "Move it there."
            )
    return [path for place, path in shown.items() if not any(part.startswith(".") for part in place.parts)]


def _unnamed(recordings: Recordings, heard: set[Path]) -> tuple[Exclusion, ...]:
    """Recordings that no row names."""
    left = [path.relative_to(recordings.folder).as_posix() for path in recordings.paths if path not in heard]
    return tuple(Exclusion(place, "no row of the label files names it") for place in left)


def _read(path: Path, wanted: Wanted) -> RatedFile:
    return read_rated_arff(path, wanted) if path.suffix.lower() == ".arff" else read_rated_table(path, wanted)


def _knows_speakers(files: list[RatedFile]) -> bool:
    """Whether all files say who speaks.

    Raises
    ------
    RequestError
        If some do and others do not.
    """
    said = [file.path.name for file in files if file.says_speaker]
    silent = [file.path.name for file in files if not file.says_speaker]
    if said and silent:
        raise RequestError(
            f"{said[0]} says who speaks, and {silent[0]} does not. Expected is the same of all label files. Add the attribute, "
            "or name it: slc[speaker=NAME]."
        )
    return bool(said)


def _said(file: RatedFile, top: Path) -> str:
    """What a label file gave, for the card."""
    labelled = sum(bool(rating.label) for rating in file.ratings)
    return f"{file.path.relative_to(top).as_posix()}: {len(file.ratings):,} rows, {labelled:,} with a label in {file.label!r}."
