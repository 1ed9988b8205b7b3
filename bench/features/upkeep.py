"""Upkeep of the store: list it, verify it, clean it. Nothing that could still be used is removed without being asked for."""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.base.durable import TEMPORARY, unwritable
from bench.base.error import BenchError, unknown_name
from bench.base.spelling import parse
from bench.decoders.facts import FactStore
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.features.manifest import drop_command, read_manifest
from bench.features.part import read_part
from bench.features.shelf import cost_of, merge_parts, parts_in, probes_in
from bench.features.store import FeatureStore

LEFTOVER_S = 3600.0


@dataclass(frozen=True)
class Stored:
    """One line of ``cache ls``.

    Attributes
    ----------
    folder, spelling : str
    clips, parts : int
    megabytes : float
    extract_seconds : float
        A minute of audio.
    status : str
        ``current``, or why nothing reads it.
    """

    folder: str
    spelling: str
    clips: int
    parts: int
    megabytes: float
    extract_seconds: float
    status: str


@dataclass(frozen=True)
class Verified:
    """One line of ``cache verify``: how much was read, what is wrong, and what could not be looked at."""

    folder: str
    spelling: str
    clips: int
    parts: int
    problems: tuple[str, ...]
    note: str


@dataclass
class Cleaned:
    """What ``cache gc`` did.

    Attributes
    ----------
    removed : list of str
        Leftovers of crashes older than an hour, and damaged parts with their reasons.
    merged : int
        Small parts that became bigger ones.
    dropped : list of str
        Folders that were asked to be dropped.
    could_go : list of str
        Folders that nothing reads any more, and the command that removes each.
    freed_mb : float
    """

    removed: list[str] = field(default_factory=list)
    merged: int = 0
    dropped: list[str] = field(default_factory=list)
    could_go: list[str] = field(default_factory=list)
    freed_mb: float = 0.0


def ls(store: FeatureStore) -> tuple[Stored, ...]:
    """List what is stored; reads manifests and the small columns only.

    Raises
    ------
    BenchError
        If a manifest or a part is damaged.
    """
    return tuple(_stored(store, shelf) for shelf in shelves(store))


def verify(store: FeatureStore) -> tuple[Verified, ...]:
    """Read every part with its checksums, and compute every probe again."""
    return tuple(_verified(store, shelf) for shelf in shelves(store))


def gc(store: FeatureStore, drop: Sequence[str] = (), facts: FactStore | None = None) -> Cleaned:
    """Remove leftovers and damaged parts, merge small parts, and say what could go.

    Parameters
    ----------
    store : FeatureStore
    drop : sequence of str
        Names of feature sets, or of folders, to be removed whole.
    facts : FactStore or None
        Its small files are merged too.

    Raises
    ------
    RequestError
        If nothing that is stored has such a name.
    BenchError
        If the cache cannot be written.
    """
    cleaned = Cleaned()
    try:
        for shelf in _chosen(store, drop):
            _drop(shelf, cleaned)
        _remove_leftovers(store.root, cleaned)
        for shelf in shelves(store):
            _remove_leftovers(shelf, cleaned)
            for path in parts_in(shelf) + probes_in(shelf):
                problem = _damage(path)
                if problem:
                    _remove(path, problem, cleaned)
            cleaned.merged += merge_parts(shelf)
            status = _status(store, shelf)[0]
            if status != CURRENT:
                cleaned.could_go.append(f"{shelf.name}: {status}. Remove it by `{drop_command(shelf)}`.")
        if facts is not None:
            cleaned.merged += facts.merge()
    except OSError as error:
        raise unwritable(error, store.root) from error
    return cleaned


CURRENT = "current"


def shelves(store: FeatureStore) -> list[Path]:
    """The folders of all feature sets, sorted; a folder of anything else is none."""
    found = [path for path in store.root.glob("[!.]*") if path.is_dir() and "-" in path.name]
    return sorted(path for path in found if (path / "manifest.json").exists() or parts_in(path))


def _stored(store: FeatureStore, shelf: Path) -> Stored:
    manifest = read_manifest(shelf) or {}
    cost, parts = cost_of(shelf), parts_in(shelf)
    keys = {key for path in parts for key in read_part(path, ["key"])["key"].to_pylist()}
    pace = cost.seconds / cost.audio_minutes if cost.audio_minutes else 0.0
    spelling = manifest.get("spelling", "")
    return Stored(shelf.name, spelling, len(keys), len(parts), cost.megabytes, pace, _status(store, shelf)[0])


def _status(store: FeatureStore, shelf: Path) -> tuple[str, FeatureSet | None]:
    """Whether anything reads a folder still, and the feature set that does."""
    try:
        manifest: dict[str, Any] | None = read_manifest(shelf)
        if manifest is None:
            return "it has no manifest", None
        feature_set = FEATURE_SETS.make(parse(manifest["spelling"]))
        if store.folder(feature_set) == shelf:
            return CURRENT, feature_set
        return f"{feature_set.name!r} (version {feature_set.version}) is stored elsewhere since it changed", None
    except BenchError as error:
        return f"unknown here: {error}", None
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's set may do anything
        return f"it cannot be made: {type(error).__name__}: {error}", None


def _verified(store: FeatureStore, shelf: Path) -> Verified:
    problems: list[str] = []
    keys: set[str] = set()
    parts = parts_in(shelf)
    for path in parts:
        with contextlib.suppress(FileNotFoundError):  # merged away meanwhile
            try:
                keys.update(read_part(path)["key"].to_pylist())
            except BenchError as error:
                problems.append(str(error))
    status, feature_set = _status(store, shelf)
    spelling = ""
    try:
        spelling = (read_manifest(shelf) or {}).get("spelling", "")
        if feature_set is not None:
            FeatureStore(store.root).check(feature_set)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's set may do anything
        problems.append(str(error) if isinstance(error, BenchError) else f"{type(error).__name__}: {error}")
    note = "" if feature_set is not None else f"the probe was not computed, because {status}"
    return Verified(shelf.name, spelling, len(keys), len(parts), tuple(problems), note)


def _chosen(store: FeatureStore, names: Sequence[str]) -> list[Path]:
    known = {shelf.name: shelf for shelf in shelves(store)}
    chosen: list[Path] = []
    for name in names:
        found = [shelf for folder, shelf in known.items() if name in (folder, folder.rpartition("-")[0])]
        if not found:
            raise unknown_name("stored feature set", name, known, "`fatigue-bench cache ls` shows all.")
        chosen += found
    return list(dict.fromkeys(chosen))


def _drop(shelf: Path, cleaned: Cleaned) -> None:
    size = sum(path.stat().st_size for path in shelf.iterdir())
    going = shelf.with_name(f".dropped-{uuid.uuid4().hex}")
    shelf.rename(going)  # at once, so that no reader meets half a folder
    shutil.rmtree(going)
    cleaned.dropped.append(shelf.name)
    cleaned.freed_mb += size / 1e6


def _damage(path: Path) -> str | None:
    try:
        read_part(path)
    except FileNotFoundError:
        return None
    except BenchError as error:
        return str(error)
    return None


def _remove_leftovers(folder: Path, cleaned: Cleaned) -> None:
    for path in folder.glob(f"{TEMPORARY}*"):
        if path.stat().st_mtime < time.time() - LEFTOVER_S:
            _remove(path, "left by a crash", cleaned)
    for path in folder.glob(".dropped-*"):
        shutil.rmtree(path)
        cleaned.removed.append(f"{path}: half dropped")


def _remove(path: Path, reason: str, cleaned: Cleaned) -> None:
    cleaned.freed_mb += path.stat().st_size / 1e6
    path.unlink()
    cleaned.removed.append(f"{path}: {reason}")
