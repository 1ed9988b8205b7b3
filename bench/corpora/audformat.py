"""Audformat: any database in that format, on disk or by its name through ``audb``.

The folder has ``db.yaml`` and a CSV or Parquet file for each table, as `audformat.Database.save` writes them. Which table and
column hold the label is found where only one can, and named otherwise; what the label is must be said.
"""

from __future__ import annotations

import errno
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.base.durable import make_folder, unwritable, write_whole
from bench.base.error import RequestError
from bench.corpora.annotation import UNKNOWN, Annotations, tables
from bench.corpora.choice import Choice, choose
from bench.corpora.corpus import Corpus
from bench.corpora.database import EXPECTED, HEADER, NUMBERS, Database, Facts, read_database
from bench.corpora.naming import unused_note
from bench.corpora.question import Column, ask, label_kind, sentence
from bench.corpora.reader import CorpusReader
from bench.corpora.tree import check_folder

LOADED = "loaded.json"  # beside the header: which release audb loaded; it comes last
NOT_STATED = f"not stated in {HEADER}"


class Audformat(CorpusReader):
    """A database in audformat.

    Attributes
    ----------
    kind : {'measured', 'proxy', 'acted', 'synthetic'}
        What the label is; no file says it, so it must be given.
    database, release : str
        Name and release of a database that ``audb`` is to load (the newest where no release is given); "" for a folder.
    table, column : str
        Where the label stands; ``*`` in the table's name stands for anything. "" where only one can be meant.
    speaker : str
        The column, or its scheme, that says who talks; "" for the scheme ``speaker``; ``none`` declares that nobody knows.
    scale : str
        The scale of the numbers, where the database does not declare it: a published one, as in ``kss``, or LOW-HIGH;
        ``levels`` where numbers are names.

    Examples
    --------
    >>> str(Audformat(database="emodb", kind="acted")), Audformat(database="emodb").makes_itself
    ('audformat[kind=acted,database=emodb]', True)
    """

    name = "audformat"
    version = "1"
    views = ("kind", "table", "column", "speaker", "scale")  # so that a database is loaded once, whatever is asked of it

    kind: str = ""
    database: str = ""
    release: str = ""
    table: str = ""
    column: str = ""
    speaker: str = ""
    scale: str = ""

    @property
    def makes_itself(self) -> bool:
        """Whether ``audb`` loads it."""
        return bool(self.database)

    def unpack(self, folder: Path | None, place: Path) -> Path:
        """Load the database with ``audb`` where one is named, once.

        Raises
        ------
        RequestError
            If a folder is given as well, audb is not installed, or knows no such database.
        """
        if folder is not None:
            check_folder(folder, EXPECTED)
        label_kind(self.name, self.kind)
        if not self.database:
            return super().unpack(folder, place)
        if folder is not None:
            raise RequestError(
                f"{self} names a database for audb, and {str(folder)!r} is a folder. Expected is one of the two. Take "
                "`database=` out to read the folder."
            )
        if not (place / LOADED).is_file():
            make_folder(place)
            _load(self.database, self.release, place)
        return place

    def read(self, folder: Path) -> Corpus:
        """Read the database.

        A clip's id is its file, with the bounds in seconds where the table has stretches of files. Rows whose file lies
        outside the folder, or whose speaker is missing, are excluded with that reason.

        Raises
        ------
        RequestError
            If the folder is no database, ``kind`` is missing, or it is not clear where the label or the speaker stands.
        """
        database = read_database(folder)
        kind = label_kind(self.name, self.kind)
        choice = choose(database, self.table, self.column)
        found = Annotations(database, choice, self.speaker)
        if not found.clips:
            first = f" The first: {found.excluded[0].clip_id!r}: {found.excluded[0].reason}." if found.excluded else ""
            raise RequestError(
                f"No row of {tables(choice)} in {str(folder)!r} is a clip.{first} Expected are rows with a file in that "
                "folder. Name another table."
            )
        asked = ask(_label_column(database, choice, found.cells), kind, self.scale)
        clips = [replace(clip, labels=labels) for clip, labels in zip(found.clips, asked.labels, strict=True)]
        facts = database.facts
        return Corpus(
            name=str(self),
            version=self.version,
            targets=asked.targets,
            clips=tuple(clips),
            excluded=tuple(found.excluded),
            about=sentence(facts.get("description", "")) or f"The database {facts['name']!r}, {NOT_STATED} what it holds.",
            licence=", ".join(facts[key] for key in ("license", "license_url") if key in facts) or _usage(facts),
            citation=_citation(facts),
            published=f"{found.n_rows} rows in {tables(choice)}; the size is {NOT_STATED}.",
            source=_source(folder, facts),
            notes=(*found.notes, *asked.notes, *unused_note(folder, clips, found.excluded)),
            speakers="unknown" if self.speaker == UNKNOWN else "known",
        )


def _label_column(database: Database, choice: Choice, cells: Sequence[str]) -> Column:
    column = choice.tables[0].columns[choice.column]
    scheme = database.scheme(column)
    return Column(
        name=choice.column,
        where=f"the column {choice.column!r} of {tables(choice)}",
        cells=cells,
        levels=tuple(database.labels(scheme) or ()),
        bounds=scheme.bounds,
        numeric=scheme.dtype in NUMBERS,
        about=" ".join(sentence(said) for said in (column.about, scheme.about) if said),
    )


def _load(name: str, release: str, place: Path) -> None:
    """Have audb load a database into a folder. What is there already and right is kept, so it goes on after a kill."""
    try:
        import audb
    except ImportError as error:
        raise RequestError(
            f"The database {name!r} is loaded by audb, which is not installed. Run `pip install 'fatigue-bench[audb]'`, or "
            "give a folder: `--corpora audformat=PATH`."
        ) from error
    try:
        version = release or audb.latest_version(name)
        with tempfile.TemporaryDirectory() as own:  # audb keeps a pickle there, which has no place in the cache
            audb.load_to(str(place), name, version=version, pickle_tables=False, cache_root=own, num_workers=4, verbose=False)
    except Exception as error:  # audb raises its own errors, those of its backends and of the system
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise unwritable(error, place) from error
        raise RequestError(
            f"audb could not load the database {name!r}, release {release or 'newest'!r} ({_short(error)}). There is no "
            "network, or no such database or release. Give a folder that holds it: `--corpora audformat=PATH`."
        ) from error
    write_whole(place / LOADED, json.dumps({"database": name, "release": version}).encode())


def _usage(facts: Facts) -> str:
    usage = facts.get("usage")
    return NOT_STATED + (f" (usage: {usage})" if usage else "")


def _citation(facts: Facts) -> str:
    who = ", ".join(facts[key] for key in ("author", "organization") if key in facts)
    return f"{who}: {facts['name']}. {facts.get('source', '')}".strip() if who else NOT_STATED


def _source(folder: Path, facts: Facts) -> str:
    said = facts.get("source", f"its source is {NOT_STATED}")
    try:
        loaded = json.loads((folder / LOADED).read_bytes())
        return f"Loaded by audb: {loaded['database']}, release {loaded['release']} ({said})."
    except (OSError, ValueError, KeyError, TypeError):
        return said


def _short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
