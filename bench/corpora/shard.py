"""Shards: the tables of a `datasets` data set in a folder, whichever way it was written, and what its card says.

Known are what `save_to_disk` writes (one data set, or one a split), and folders as they lie on the hub: Parquet or Arrow
files, and recordings beside a ``metadata.csv``, ``.jsonl`` or ``.parquet``. The files are found and read here, without the
library: it would follow a card or a state file to any place outside the folder.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from bench.base.error import RequestError, unknown_name
from bench.corpora.root import Root
from bench.corpora.tree import check_folder, wrong_folder

EXPECTED = (
    "a `datasets` data set: a folder made by save_to_disk, one of Parquet files, or one of recordings with a metadata.csv"
)
CARD = "README.md"
INFO = "dataset_info.json"
STATE = "state.json"
SPLITS = "dataset_dict.json"
METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
TABLES = (".parquet", ".arrow", ".jsonl", ".csv", ".tsv")  # of files with several of these endings, the first one's count
SHARDED = re.compile(r"(.+)-\d{5}-of-\d{5}")
WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val", "devel"),
    "test": ("test", "testing", "eval", "evaluation"),
}


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
        Its part, as its card names it; "" where there is one, or one is called ``default``.

    Raises
    ------
    RequestError
        If the folder holds no data set, or its files name tables that lie outside it.
    """
    check_folder(folder, EXPECTED)
    if (folder / SPLITS).is_file():
        names = _json(folder / SPLITS).get("splits") or []
        shards = [shard for name in names for shard in _saved(folder, str(name))]
        facts = _stated(folder / str(names[0])) if shards else {}
    elif (folder / STATE).is_file():
        shards, facts = _saved(folder, ""), _stated(folder)
    else:
        shards, facts = _laid_out(folder, config), {}
    if not shards:
        raise wrong_folder(folder, EXPECTED)
    return Shards(folder, tuple(shards), {**_from_card(folder / CARD), **facts})


def split_of(place: str) -> str:
    """The split that a path tells, by the words that the hub knows; "" where it tells none.

    Examples
    --------
    >>> split_of("data/train-00000-of-00002.parquet"), split_of("dev/a.wav"), split_of("trainer/a.wav")
    ('train', 'validation', '')
    """
    path = PurePosixPath(place)
    sharded = SHARDED.fullmatch(path.stem)
    if sharded and path.suffix in TABLES:
        return _by_word(sharded[1]) or sharded[1]
    for part in (*path.parts[:-1], path.stem):
        if found := _by_word(part):
            return found
    return ""


def _by_word(part: str) -> str:
    said = re.split(r"[-._ \d]+", part.lower())
    return next((split for split, words in WORDS.items() if any(word in said for word in words)), "")


def _saved(folder: Path, split: str) -> list[Shard]:
    """The tables of a data set that save_to_disk wrote, as its state file lists them."""
    root = Root(folder)
    problem = root.problem(f"{split}/{STATE}") if split else None
    if problem:
        raise _outside(folder / SPLITS, problem)
    place = folder / split
    files = _json(place / STATE).get("_data_files") or []
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
    found = [place for place in _below(folder) if place.endswith(TABLES)]
    splits = _configured(folder, config, found)
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


def _configured(folder: Path, config: str, places: Sequence[str]) -> dict[str, str]:
    """The split of each table, as the card's ``configs`` say it; empty where they say nothing of them."""
    configs = {str(entry.get("config_name", "default")): entry for entry in _entries(_front(folder / CARD).get("configs"))}
    if config and config not in configs:
        raise unknown_name(f"config of {str(folder)!r}", config, configs)
    if not config and len(configs) > 1 and "default" not in configs:
        raise RequestError(
            f"{str(folder)!r} has {len(configs)} configs: {', '.join(sorted(configs))}. Expected is one. Write `config=NAME`."
        )
    chosen = configs.get(config or "default") or next(iter(configs.values()), {})
    below = str(chosen.get("data_dir") or "").strip("/")
    inside = [place for place in places if not below or place.startswith(f"{below}/")]
    splits = {}
    for split, patterns in _patterns(chosen.get("data_files")):
        for pattern in patterns:
            wanted = re.compile(_regex(f"{below}/{pattern}" if below else pattern))
            splits.update({place: split for place in inside if wanted.fullmatch(place)})
    return splits or ({place: split_of(place) for place in inside} if below else {})


def _patterns(data_files: Any) -> Iterator[tuple[str, list[str]]]:
    """Splits and patterns, from any of the forms that a card may have."""
    if isinstance(data_files, dict):
        entries = [{"split": split, "path": path} for split, path in data_files.items()]
    elif isinstance(data_files, list) and all(isinstance(entry, dict) for entry in data_files):
        entries = data_files
    else:
        entries = [{"split": "", "path": data_files}] if data_files else []
    for entry in entries:
        path = entry.get("path")
        yield str(entry.get("split") or ""), [str(each) for each in (path if isinstance(path, list) else [path])]


def _regex(pattern: str) -> str:
    """A pattern of the hub: ``*`` stays in its folder, ``**`` does not.

    Examples
    --------
    >>> bool(re.fullmatch(_regex("data/train-*"), "data/train-1.parquet")), bool(re.fullmatch(_regex("*.csv"), "a/b.csv"))
    (True, False)
    """
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(known.get(part, re.escape(part)) for part in parts)


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


def _outside(path: Path, problem: str) -> RequestError:
    return RequestError(f"{str(path)!r} is not followed: {problem}. Save the data set again.")
