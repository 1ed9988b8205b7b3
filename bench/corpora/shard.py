"""Shards: the tables of a `datasets` data set in a folder, whichever way it was written, and what its card says.

Known are what `save_to_disk` writes (one data set, or one a split), and folders as they lie on the hub: Parquet or Arrow
files, and recordings beside a ``metadata.csv``, ``.jsonl`` or ``.parquet``. The files are found and read here, without the
library: it would follow a card or a state file to any place outside the folder.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from bench.base.error import RequestError
from bench.corpora.config import METADATA, config_tables
from bench.corpora.root import Root
from bench.corpora.split import TABLES, split_of
from bench.corpora.tree import check_folder, wrong_folder

EXPECTED = (
    "a `datasets` data set: a folder made by save_to_disk, one of Parquet files, or one of recordings with a metadata.csv"
)
CARD = "README.md"
INFO = "dataset_info.json"
STATE = "state.json"
SPLITS = "dataset_dict.json"


@dataclass(frozen=True)
class Shard:
    """A table, and the split that its rows belong to ("" for none)."""

    path: Path
    split: str


@dataclass(frozen=True)
class Shards:
    """A data set in a folder.

    Attributes
    ----------
    folder : Path
    shards : tuple of Shard
        In the order of their names.
    facts : mapping of str to str
        ``about``, ``licence``, ``citation``, ``homepage`` and ``size``, where they are stated.
    """

    folder: Path
    shards: tuple[Shard, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


def find_shards(folder: Path, config: str = "") -> Shards:
    """Find the tables of a data set.

    Parameters
    ----------
    folder : Path
    config : str
        Its part, as its card or a folder names it; "" where there is one, or one is called ``default``.

    Raises
    ------
    RequestError
        If the folder holds no data set, its files name tables that lie outside it, or the config has none.
    """
    check_folder(folder, EXPECTED)
    if (folder / SPLITS).is_file():
        names = _listed(folder / SPLITS, "splits")
        shards = [shard for name in names for shard in _saved(folder, str(name))]
        facts = _stated(folder / str(names[0])) if shards else {}
    elif (folder / STATE).is_file():
        shards, facts = _saved(folder, ""), _stated(folder)
    else:
        shards, facts = _laid_out(folder, config), {}
    if not shards:
        raise wrong_folder(folder, EXPECTED)
    return Shards(folder, tuple(shards), {**_from_card(folder / CARD), **facts})


def _saved(folder: Path, split: str) -> list[Shard]:
    """The tables of a data set that save_to_disk wrote, as its state file lists them."""
    root = Root(folder)
    problem = root.problem(f"{split}/{STATE}") if split else None
    if problem:
        raise _outside(folder / SPLITS, problem)
    place = folder / split
    files = _listed(place / STATE, "_data_files")
    shards = []
    for entry in files:
        name = PurePosixPath(split, str(entry.get("filename", ""))).as_posix() if isinstance(entry, dict) else ""
        problem = root.problem(name)
        if problem:
            raise _outside(place / STATE, problem)
        shards.append(Shard(folder / name, split or str(_json(place / STATE).get("_split") or "")))
    return shards


def _laid_out(folder: Path, config: str) -> list[Shard]:
    """The tables of a folder as it lies on the hub."""
    places = list(_below(folder))
    found = [place for place in places if place.endswith(TABLES)]
    splits = config_tables(folder / CARD, _entries(_front(folder / CARD).get("configs")), config, places)
    if splits:
        return [Shard(folder / place, split) for place, split in sorted(splits.items())]
    metadata = [place for place in found if PurePosixPath(place).name in METADATA]
    for ending in () if metadata else TABLES:
        metadata = metadata or [place for place in found if place.endswith(ending)]
    return [Shard(folder / place, split_of(place)) for place in sorted(metadata)]


def _below(folder: Path) -> Iterator[str]:
    """Files below a folder, as relative paths; links that lead out are not followed."""
    root = Root(folder)
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            relative = Path(place, name).relative_to(folder).as_posix()
            if not name.startswith(".") and root.problem(relative) is None:
                yield relative


def _stated(folder: Path) -> dict[str, str]:
    info = _json(folder / INFO) if (folder / INFO).is_file() else {}
    said = {"about": "description", "licence": "license", "citation": "citation", "homepage": "homepage"}
    return {key: text for key, name in said.items() if (text := " ".join(str(info.get(name) or "").split()))}


def _from_card(card: Path) -> dict[str, str]:
    """What the card says: its licence and sizes in the front matter, and its first paragraph."""
    front = _front(card)
    licence = front.get("license")
    facts = {
        "about": _paragraph(card),
        "licence": ", ".join(map(str, licence)) if isinstance(licence, list) else str(licence or ""),
        "size": ", ".join(_sizes(front.get("dataset_info"))),
    }
    return {key: text for key, text in facts.items() if text}


def _sizes(info: Any) -> Iterator[str]:
    for part in _entries(info if isinstance(info, list) else [info]):
        for split in _entries(part.get("splits")):
            if "num_examples" in split:
                yield f"{split.get('name', 'rows')} {split['num_examples']}"


def _front(card: Path) -> Mapping[str, Any]:
    """The YAML between the first two lines of dashes; empty where there is none that can be read."""
    import yaml

    parts = re.split(r"^---\s*$", _text(card), maxsplit=2, flags=re.MULTILINE)
    try:
        front = yaml.safe_load(parts[1]) if len(parts) == 3 and not parts[0].strip() else {}
    except yaml.YAMLError as error:
        raise RequestError(f"The head of {str(card)!r} cannot be read as YAML ({error}). Correct it.") from error
    return front if isinstance(front, dict) else {}


def _paragraph(card: Path) -> str:
    text = re.split(r"^---\s*$", _text(card), maxsplit=2, flags=re.MULTILINE)[-1]
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return next((part for part in paragraphs if part and part[0] not in "#<![|`-*"), "")


def _text(card: Path) -> str:
    if not card.is_file() or Root(card.parent).problem(card.name):
        return ""
    return card.read_text(encoding="utf-8-sig", errors="replace")


def _entries(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _json(path: Path) -> Mapping[str, Any]:
    problem = Root(path.parent).problem(path.name)
    if problem:
        raise _outside(path, problem)
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise RequestError(f"{str(path)!r} cannot be read as JSON ({error}). Save the data set again.") from error
    if not isinstance(value, dict):
        raise RequestError(f"{str(path)!r} holds no JSON object. Save the data set again.")
    return value


def _listed(path: Path, key: str) -> list[Any]:
    found = _json(path).get(key) or []
    if not isinstance(found, list):
        raise RequestError(f"{str(path)!r} has {found!r} as {key!r}, and a list is expected. Save the data set again.")
    return found


def _outside(path: Path, problem: str) -> RequestError:
    return RequestError(f"{str(path)!r} is not followed: {problem}. Save the data set again.")
