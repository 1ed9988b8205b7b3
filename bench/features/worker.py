"""The worker: decodes one batch of clips and gives each to the feature sets that lack it, in a process of its own.

Feature sets travel as spellings and are made once a process, so a model is loaded once however many batches come.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.base.collector import paused
from bench.base.durable import Unwritable
from bench.base.error import BenchError, TooShort
from bench.base.plugin import Plugin
from bench.base.registry import classes_in
from bench.base.spelling import parse
from bench.decoders.channel import Turns
from bench.decoders.decoder import Unreachable, Unreadable, decode
from bench.decoders.facts import ClipFacts
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.features.manifest import columns_declared, shape_declared
from bench.features.outcome import Outcome, outcome_of
from bench.features.part import Row
from bench.features.store import FeatureStore

GROUP_S = 120.0  # audio held in memory before it goes to the feature sets; one long recording may exceed it

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Item:
    """A clip to decode, and the feature sets (as spelled) that lack it."""

    key: str
    path: Path
    start_s: float | None
    end_s: float | None
    stamp: Stamp
    wanted: tuple[str, ...]
    turns: Turns = ()


@dataclass(frozen=True)
class Batch:
    """What one call of ``work`` does, and where it stores.

    Attributes
    ----------
    items : tuple of Item
    root : Path
        Of the feature store.
    identities : mapping of str to str
        Of the feature sets, by spelling.
    plugins : tuple of Path
        Files of the user's own that define feature sets.
    parent : int
        The process that wants the outcome; nothing is done for one that is gone.
    """

    items: tuple[Item, ...]
    root: Path
    identities: Mapping[str, str]
    plugins: tuple[Path, ...]
    parent: int


@dataclass
class Done:
    """What came of a batch.

    Attributes
    ----------
    facts : dict of str to ClipFacts
        By the key that was asked for.
    stored : dict of str to int
        Clips stored, by feature set as spelled.
    failures : list of (spelling, key or None, sentence)
        None: the feature set cannot be used at all.
    """

    facts: dict[str, ClipFacts] = field(default_factory=dict)
    stored: dict[str, int] = field(default_factory=dict)
    failures: list[tuple[str, str | None, str]] = field(default_factory=list)


def stamp_of(path: Path) -> Stamp:
    """Size and time of change of a file: they tell whether it changed between hashing and decoding."""
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns


def work(batch: Batch, made: Mapping[str, FeatureSet] | None = None) -> Done:
    """Decode, extract and store a batch.

    Parameters
    ----------
    batch : Batch
    made : mapping of str to FeatureSet
        Feature sets by spelling, where they are at hand; else they are made from their spellings.

    Raises
    ------
    Unwritable
        If the store cannot be written.
    """
    done = Done()
    if batch.parent not in (os.getpid(), os.getppid()):
        return done
    one_thread()
    store = _store(batch.root)
    with paused():
        sets = _usable(batch, made, store, done)
    rows: dict[str, list[Row]] = {spelled: [] for spelled in sets}
    waves: dict[str, Waveform] = {}
    for item in batch.items:
        wave = _decode(item, done)
        if wave is not None and any(spelled in sets for spelled in item.wanted):
            waves[item.key] = wave
        if sum(one.duration_s for one in waves.values()) > GROUP_S or item is batch.items[-1]:
            for spelled, feature_set in sets.items():
                wanting = {i.key: waves[i.key] for i in batch.items if i.key in waves and spelled in i.wanted}
                rows[spelled] += _extract(feature_set, wanting, done)
            waves = {}
    for spelled, feature_set in sets.items():
        store.put(feature_set, rows[spelled])
        done.stored[spelled] = len(rows[spelled])
    return done


def one_thread() -> None:
    """Keep torch, once it is loaded, to one thread; the other libraries are told by the environment or ``threadpoolctl``."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != 1:
        torch.set_num_threads(1)


def _usable(batch: Batch, made: Mapping[str, FeatureSet] | None, store: FeatureStore, done: Done) -> dict[str, FeatureSet]:
    """The feature sets of a batch, made, warm, and held against their stored probes."""
    sets: dict[str, FeatureSet] = {}
    for spelled in dict.fromkeys(spelled for item in batch.items for spelled in item.wanted):
        try:
            feature_set = made[spelled] if made is not None else _made(batch.plugins, spelled, batch.identities[spelled])
            store.know(feature_set, batch.identities[spelled])
            store.prepare(feature_set)
        except Unwritable:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001  # the other feature sets go on; this one's jobs fail with the sentence
            done.failures.append((spelled, None, sentence(error)))
        else:
            sets[spelled] = feature_set
    one_thread()
    return sets


def _decode(item: Item, done: Done) -> Waveform | None:
    try:
        decoded = decode(item.path, item.start_s, item.end_s, item.turns)
        if _changed(item):
            raise Unreachable("the file changed while it was read")
    except Unreadable as error:
        # Only what follows from the bytes is known by their key; all else is told in this run and tried again in the next.
        kept = not isinstance(error, Unreachable) and not _changed(item)
        done.facts[item.key] = ClipFacts(item.key if kept else "", str(error))
        return None
    done.facts[item.key] = ClipFacts.of(item.key, decoded)
    return decoded.wave


def _changed(item: Item) -> bool:
    try:
        return stamp_of(item.path) != item.stamp
    except OSError:
        return True


def _extract(feature_set: FeatureSet, waves: Mapping[str, Waveform], done: Done) -> list[Row]:
    """Extract from several clips together; one by one where that fails, so that no clip costs another its values."""
    if not waves:
        return []
    heard = [wave.resampled(feature_set.rate) for wave in waves.values()]
    total_s = sum(wave.duration_s for wave in waves.values())
    began = time.process_time()
    try:
        outcomes = _outcomes(feature_set, heard)
    except (Exception, SystemExit):  # noqa: BLE001  # told below, clip by clip
        return _extract_singly(feature_set, dict(zip(waves, heard, strict=True)), done)
    each = (time.process_time() - began) / total_s
    return [
        Row(key, outcome.values, outcome.note, each * wave.duration_s, wave.duration_s)
        for (key, wave), outcome in zip(waves.items(), outcomes, strict=True)
    ]


def _extract_singly(feature_set: FeatureSet, waves: Mapping[str, Waveform], done: Done) -> list[Row]:
    rows = []
    for key, wave in waves.items():
        began = time.process_time()
        try:
            (outcome,) = _outcomes(feature_set, [wave])
        except (Exception, SystemExit) as error:  # noqa: BLE001  # kept as this clip's failure
            done.failures.append((str(feature_set), key, sentence(error)))
        else:
            rows.append(Row(key, outcome.values, outcome.note, time.process_time() - began, wave.duration_s))
    return rows


def _outcomes(feature_set: FeatureSet, waves: Sequence[Waveform]) -> list[Outcome]:
    found = feature_set.extract_batch(waves)
    if len(found) != len(waves):
        raise BenchError(f"it gave {len(found)} results for {len(waves)} clips")
    columns, shape = columns_declared(feature_set), shape_declared(feature_set)
    return [outcome_of(one, shape, columns) for one in found]


def sentence(error: BaseException) -> str:
    """What a person is told of an exception; foreign ones with their kind."""
    return (
        str(error) if isinstance(error, BenchError) and not isinstance(error, TooShort) else f"{type(error).__name__}: {error}"
    )


@functools.cache
def _store(root: Path) -> FeatureStore:
    return FeatureStore(root)


def _made(plugins: tuple[Path, ...], spelled: str, identity: str) -> FeatureSet:
    """The feature set of a spelling; a new one where what it depends on, such as a checkpoint's bytes, has changed."""
    known, feature_set = _SETS.get((plugins, spelled), ("", None))
    if feature_set is None or known != identity:
        for path in plugins:
            for kind in classes_in(path, Plugin):
                if issubclass(kind, FeatureSet):
                    FEATURE_SETS.add(kind)
        feature_set = FEATURE_SETS.make(parse(spelled))
        _SETS[plugins, spelled] = (identity, feature_set)
    return feature_set


_SETS: dict[tuple[tuple[Path, ...], str], tuple[str, FeatureSet]] = {}
