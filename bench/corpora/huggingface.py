"""Huggingface: a `datasets` audio data set, in a folder or from the hub, whose columns are named by the person who asks.

Tables are read as they are (Arrow, Parquet, CSV, JSON lines), recordings are copied out of them byte by byte, and nothing is
decoded. The library `datasets` is not asked: its own decoding needs torchcodec, it fails a whole folder for one broken file,
and it reads what a card or a state file names, wherever that lies. From the hub come files, never code.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bench.base.durable import make_folder, write_whole
from bench.base.error import RequestError, unknown_name
from bench.corpora.corpus import Clip, Corpus, Exclusion
from bench.corpora.hub import FETCHED, fetch
from bench.corpora.inventory import Inventory, Row, keep_inventory, load_inventory, take_inventory
from bench.corpora.naming import unused_note
from bench.corpora.question import Column, ask, label_kind, sentence
from bench.corpora.reader import CorpusReader
from bench.corpora.shard import EXPECTED, find_shards
from bench.corpora.trait import AGE, SEX, sex_name
from bench.corpora.tree import check_folder

NOT_STATED = "not stated in the data set"
UNKNOWN = "none"
BOUNDS = ("start_s", "end_s")


class Huggingface(CorpusReader):
    """An audio data set of the Hugging Face hub, or of its library.

    Attributes
    ----------
    kind : {'measured', 'proxy', 'acted', 'synthetic'}
        What the label is; no column says it, so it must be given.
    label, speaker : str
        The columns of the label and of who talks; both must be given. ``speaker=none`` declares that nobody knows.
    audio : str
        The column of the recordings; "" for the only one.
    scale : str
        The scale of the numbers: a published one, as in ``kss``, or LOW-HIGH; ``levels`` where numbers are names.
    id, text, session : str
        Columns of ids, of what is said, of recording sessions; "" for none. Without ids, a clip is called like its file, or
        by its place in the data set where names repeat.
    repo, revision, config : str
        Name on the hub, as in ``owner/name``, its branch, tag or commit, and its part; "" for a folder, the main branch, and
        the only (or default) part.

    Examples
    --------
    >>> Huggingface(repo="owner/name", label="kss", speaker="who", kind="measured").makes_itself
    True
    """

    name = "huggingface"
    version = "1"
    views = ("kind", "label", "speaker", "audio", "scale", "id", "text", "session", "config")  # one copy, whatever is asked

    kind: str = ""
    label: str = ""
    speaker: str = ""
    audio: str = ""
    scale: str = ""
    id: str = ""
    text: str = ""
    session: str = ""
    repo: str = ""
    revision: str = ""
    config: str = ""

    @property
    def makes_itself(self) -> bool:
        """Whether it comes from the hub."""
        return bool(self.repo)

    def unpack(self, folder: Path | None, place: Path) -> Path:
        """Fetch the data set where it is one of the hub, and write recordings that its tables hold to files, once.

        Returns
        -------
        Path
            The folder, where every recording is a file in it; else the inventory of what was written to files: a JSON file in
            the place. A data set that changed gets another one.

        Raises
        ------
        RequestError
            If the folder is none of a data set, or the hub cannot be reached.
        Unwritable
            If the place cannot be written; what was written whole is used the next time.
        """
        if folder is not None:
            check_folder(folder, EXPECTED)
        self._check()
        if self.repo and folder is not None:
            raise RequestError(
                f"{self} names a data set of the hub, and {str(folder)!r} is a folder. Expected is one of the two. Take "
                "`repo=` out to read the folder."
            )
        if self.repo:
            folder = place / "fetched"
            if not (folder / FETCHED).is_file():
                make_folder(folder)
                commit = fetch(self.repo, self.revision, folder)
                write_whole(folder / FETCHED, json.dumps({"repo": self.repo, "commit": commit}).encode())
        if folder is None:
            raise RequestError(f"{self} names no data set. Give a folder: `--corpora {self.name}=PATH`, or `repo=owner/name`.")
        return keep_inventory(find_shards(folder, self.config), self.audio, place) or folder

    def read(self, folder: Path) -> Corpus:
        """Read what ``unpack`` gave: an inventory; a folder serves, too, where every recording is a file of its own.

        Rows without a recording, without a speaker, or whose recording lies outside the data set are excluded.

        Raises
        ------
        RequestError
            If a parameter is missing, a column is not there, or no row is a clip.
        """
        inventory = load_inventory(folder) if folder.is_file() else None
        if inventory is None:
            check_folder(folder, EXPECTED)
        self._check()
        inventory = inventory or take_inventory(find_shards(folder, self.config), self.audio)
        found = self._clips(inventory)
        asked = ask(
            self._label_column(inventory, [label for _, label in found.clips]), label_kind(self.name, self.kind), self.scale
        )
        clips = [replace(clip, labels=labels) for (clip, _), labels in zip(found.clips, asked.labels, strict=True)]
        facts = inventory.facts
        return Corpus(
            name=str(self),
            version=self.version,
            targets=asked.targets,
            clips=tuple(clips),
            excluded=tuple(found.excluded),
            about=sentence(facts.get("about", "")) or f"An audio data set; what it holds is {NOT_STATED}.",
            licence=facts.get("licence", NOT_STATED),
            citation=facts.get("citation", NOT_STATED),
            published=_published(inventory),
            source=_source(inventory),
            notes=(*found.notes, *asked.notes, *unused_note(inventory.source, clips, found.excluded)),
            speakers="unknown" if self.speaker == UNKNOWN else "known",
        )

    def _check(self) -> None:
        """Make sure that what nobody can guess was given."""
        label_kind(self.name, self.kind)
        for parameter, what in (("label", "holds the label"), ("speaker", "says who talks (`none` where nobody knows)")):
            if not getattr(self, parameter):
                raise RequestError(
                    f"{self} needs to know which column {what}. Expected is its name. Write `{self.name}[{parameter}=COLUMN]`."
                )

    def _clips(self, inventory: Inventory) -> _Found:
        index = {name: position for position, name in enumerate(inventory.columns)}
        named = [name for name in (self.label, self.speaker, self.id, self.text, self.session) if name]
        for name in named:
            if name not in index and (name, UNKNOWN) != (self.speaker, name):
                raise unknown_name(f"column of {str(inventory.source)!r}", name, index)
        ids, how = _ids(inventory.rows, index.get(self.id, -1))
        found = _Found([], [], [f"Labels: the column {self.label!r}. Clips are called by {how}.", *_bounds_note(index)])
        for id_, row in zip(ids, inventory.rows, strict=True):
            cells = dict(zip(index, row.cells, strict=True))
            speaker = "" if self.speaker == UNKNOWN else cells[self.speaker]
            empty = [name for name in (self.speaker, self.id) if cells.get(name) == ""]
            if row.problem or empty:
                found.excluded.append(Exclusion(id_, row.problem or f"the column {empty[0]!r} is empty"))
                continue
            clip = Clip(
                id=id_,
                speaker=speaker,
                path=inventory.audio(row),
                labels={},
                session=cells.get(self.session) or None,
                text=cells.get(self.text) or None,
                split=row.split or None,
                traits=_traits(cells),
            )
            found.clips.append((clip, cells[self.label]))
        if not found.clips:
            first = f" The first: {found.excluded[0].clip_id!r}: {found.excluded[0].reason}." if found.excluded else ""
            raise RequestError(
                f"No row of {str(inventory.source)!r} is a clip.{first} Expected are rows with a recording and a speaker. "
                "Look at its tables."
            )
        return found

    def _label_column(self, inventory: Inventory, cells: Sequence[str]) -> Column:
        return Column(
            name=self.label,
            where=f"the column {self.label!r}",
            cells=cells,
            levels=inventory.columns[self.label],
            numeric=self.label in inventory.numeric,
        )


class _Found(NamedTuple):
    """Clips without labels, each with the cell of its label; exclusions; sentences for the card."""

    clips: list[tuple[Clip, str]]
    excluded: list[Exclusion]
    notes: list[str]


def _ids(rows: Sequence[Row], column: int) -> tuple[list[str], str]:
    """A name for each row, and how it was chosen: a column, the recordings' names where each stands once, or places."""
    places = _places(rows)
    if column >= 0:
        return [row.cells[column] or place for row, place in zip(rows, places, strict=True)], "the column of ids"
    short = [row.name or place for row, place in zip(rows, places, strict=True)]
    if len(set(short)) == len(short):
        return short, "the names of the recordings"
    long = [f"{row.split}/{row.name}" if row.name else place for row, place in zip(rows, places, strict=True)]
    if len(set(long)) == len(long):
        return long, "their split and the names of the recordings"
    return places, "their place in the data set, for names repeat"


def _places(rows: Sequence[Row]) -> list[str]:
    """Each row by its split and number."""
    seen: Counter[str] = Counter()
    places = []
    for row in rows:
        places.append(f"{row.split or 'row'}-{seen[row.split]:06d}")
        seen[row.split] += 1
    return places


def _bounds_note(columns: Iterable[str]) -> list[str]:
    """What is said of columns of times: they may lie in another recording, from which this one was cut already."""
    bounds = [column for column in columns if column.lower() in BOUNDS]
    return [f"Each recording is heard whole: the column {' and '.join(map(repr, bounds))} is not heeded."] if bounds else []


def _traits(cells: Mapping[str, str]) -> dict[str, str]:
    """Sex and age, where columns are called so."""
    found = {}
    for trait, names in (("sex", SEX), ("age", AGE)):
        value = next((cells[name] for name in cells if name.lower() in names and cells[name]), "")
        if value:
            found[trait] = sex_name(value) if trait == "sex" else value
    return found


def _published(inventory: Inventory) -> str:
    size = inventory.facts.get("size")
    return f"{size} rows, as its card says." if size else f"{len(inventory.rows)} rows here; the size is {NOT_STATED}."


def _source(inventory: Inventory) -> str:
    home = inventory.facts.get("homepage", "")
    try:
        fetched = json.loads((inventory.source / FETCHED).read_bytes())
        hub = f"https://huggingface.co/datasets/{fetched['repo']}, commit {fetched['commit']}"
        return f"{hub} ({home})." if home else f"{hub}."
    except (OSError, ValueError, KeyError, TypeError):
        return home or f"How to get it is {NOT_STATED}."
