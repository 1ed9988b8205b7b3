"""Configs: the parts of a data set on the hub, as its card names them, or as the folders of its Parquet form do.

Patterns are those of the hub's own library: ``*`` and ``?`` stay in a folder, ``**`` does not, ``[...]`` is one character of
several, and braces mean themselves.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from bench.base.error import RequestError, unknown_name
from bench.corpora.split import TABLES, split_of, split_word
from bench.corpora.tree import AUDIO_ENDINGS, SHOWN

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
CONVERTED = re.compile(r"([^/]+)/(?:partial-)?([^/]+)/\d{4}\.parquet")  # as in the hub's branch refs/convert/parquet
RECORDINGS = (*sorted(AUDIO_ENDINGS), ".zip", ".tar", ".tar.gz", ".tgz")


def config_tables(card: Path, entries: Sequence[Mapping[str, Any]], config: str, places: Sequence[str]) -> dict[str, str]:
    """The tables of a config, each with its split.

    Parameters
    ----------
    card : Path
        In the data set's folder; it need not be there.
    entries : sequence of mapping
        The ``configs`` of the card.
    config : str
        The one that is asked for; "" where there is one, or one is called ``default``.
    places : sequence of str
        The files of the data set, relative to its folder.

    Returns
    -------
    dict of str to str
        Empty where nothing says which tables are meant.

    Raises
    ------
    RequestError
        If there is no such config, several could be meant, or none of the tables belongs to it.
    """
    named = {str(entry.get("config_name", "default")): entry for entry in entries}
    converted = {} if named else _converted(places)
    known = sorted(named or converted)
    if config and config not in known:
        raise unknown_name(f"config of {str(card.parent)!r}", config, known)
    if not config and len(known) > 1 and "default" not in known:
        raise RequestError(
            f"{str(card.parent)!r} has {len(known)} configs: {', '.join(known)}. Expected is one. Write `config=NAME`."
        )
    if not known:
        return {}
    name = config or ("default" if "default" in known else known[0])
    return converted[name] if converted else _declared(card, name, named[name], places, alone=len(named) == 1)


def _declared(card: Path, name: str, entry: Mapping[str, Any], places: Sequence[str], alone: bool) -> dict[str, str]:
    """The tables of a config of the card; empty where it is the only one, and says of recordings alone where they lie."""
    below = PurePosixPath(str(entry.get("data_dir") or "").strip("/")).as_posix()
    start = "" if below == "." else f"{below}/"
    inside = [place for place in places if place.startswith(start)]
    patterns = list(_patterns(entry.get("data_files")))
    found = {place: split_of(place) for place in inside} if start and not patterns else {}
    for split, pattern in patterns:
        wanted = re.compile(_regex(pattern))
        found.update({place: split for place in inside if wanted.fullmatch(place.removeprefix(start))})
    tables = [place for place in places if place.endswith(TABLES)]
    if not tables or not (patterns or start) or found.keys() & set(tables):
        return {place: split for place, split in found.items() if place.endswith(TABLES)}
    heard = {place for place in found if place.lower().endswith(RECORDINGS)}
    if alone and (heard or (patterns and all(pattern.lower().endswith(RECORDINGS) for _, pattern in patterns))):
        return {}
    beside = _beside(heard, places)
    if not beside:
        said = ", ".join(repr(f"{start}{pattern}") for _, pattern in patterns) or repr(start)
        more = f" and {len(tables) - SHOWN} more" if len(tables) > SHOWN else ""
        raise RequestError(
            f"{str(card)!r} says that the config {name!r} lies in {said}, where there is no table. Expected is one of those "
            f"that are here: {', '.join(sorted(tables)[:SHOWN])}{more}. Correct the card, or fetch what is missing."
        )
    return {place: split_of(place) for place in beside}


def _beside(heard: set[str], places: Sequence[str]) -> list[str]:
    """The tables of metadata in whose folders these recordings lie, and no others."""
    found = []
    for place in places:
        if PurePosixPath(place).name in METADATA:
            start = place.removesuffix(PurePosixPath(place).name)
            below = {each for each in places if each.startswith(start) and each.lower().endswith(RECORDINGS)}
            found += [place] if below and below <= heard else []
    return found


def _converted(places: Sequence[str]) -> dict[str, dict[str, str]]:
    """The tables of each config with their splits, where all lie as CONFIG/SPLIT/0000.parquet; else nothing."""
    tables = [place for place in places if place.endswith(".parquet") or PurePosixPath(place).name in METADATA]
    found = [CONVERTED.fullmatch(place) for place in tables]
    configs: dict[str, dict[str, str]] = {}
    for place, match in zip(tables, found, strict=True):
        # A folder test/de/ holds a part of a split, and no config is called so.
        if not match or (split_word(match[1]) and not split_word(match[2])):
            return {}
        configs.setdefault(match[1], {})[place] = split_word(match[2]) or match[2]
    return configs


def _patterns(data_files: Any) -> Iterator[tuple[str, str]]:
    """Splits and patterns, from any of the forms that a card may have."""
    if isinstance(data_files, dict):
        entries = [{"split": split, "path": path} for split, path in data_files.items()]
    elif isinstance(data_files, list) and all(isinstance(entry, dict) for entry in data_files):
        entries = data_files
    else:
        entries = [{"split": "", "path": data_files}] if data_files else []
    for entry in entries:
        path = entry.get("path")
        for each in path if isinstance(path, list) else [path] if path else []:
            yield str(entry.get("split") or ""), str(each)


def _regex(pattern: str) -> str:
    """A pattern of the hub as one of Python.

    Examples
    --------
    >>> bool(re.fullmatch(_regex("data/train-*"), "data/train-1.parquet")), bool(re.fullmatch(_regex("*.csv"), "a/b.csv"))
    (True, False)
    >>> [place for place in ("a1.csv", "a2.csv", "ab.csv") if re.fullmatch(_regex("a[!2-9].csv"), place)]
    ['a1.csv', 'ab.csv']
    """
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[!?[^]/]+\])", pattern.removeprefix("./"))
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(_one_of(part) if len(part) > 2 and part[0] == "[" else known.get(part, re.escape(part)) for part in parts)


def _one_of(part: str) -> str:
    """``[...]`` as Python has it; the library that reads shell patterns ends its own with a mark for the end."""
    return f"(?!/){fnmatch.translate(part)[:-2]}"
