"""The one pass: every recording is decoded once and given to all feature sets that lack it.

What is done is stored batch by batch, so a killed run goes on where it was. Nothing is decoded whose bytes, bounds and
decoder settings are known and whose features are stored.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.base.pool import in_processes
from bench.corpora.corpus import Clip
from bench.decoders.facts import ClipFacts, FactStore
from bench.features.feature_set import FeatureSet
from bench.features.manifest import columns_declared, shape_declared
from bench.features.outcome import outcome_of
from bench.features.part import Row
from bench.features.plan import Todo, survey, weight
from bench.features.store import FeatureStore
from bench.features.worker import Batch, Done, Item, work

AT_RISK = 16  # clips in the hands of all workers together, to be extracted again after a kill
BATCH_BYTES = 32 << 20


@dataclass(frozen=True)
class Event:
    """How far the pass is: clips done, of how many, after how many seconds."""

    done: int
    total: int
    seconds: float


@dataclass(frozen=True)
class Failure:
    """A feature set failed on a clip, or (``clip_id`` None) cannot be used at all."""

    feature_set: str
    clip_id: str | None
    sentence: str


@dataclass(frozen=True)
class Extraction:
    """What the pass found out and did.

    Attributes
    ----------
    facts : dict of str to ClipFacts
        By clip id, for every clip.
    keys : dict of str to str
        By clip id, for every clip without a problem.
    decoded : int
        Recordings (or stretches of them) that had to be decoded.
    extracted : dict of str to int
        Clips that had to be extracted, by feature set as spelled; views of one pass share a count.
    failures : tuple of Failure
    joins : dict of str to dict of str to str
        For feature sets that look values up by clip, as spelled: the key of each clip's values, by clip id.
    strangers : dict of str to tuple of str
        For these: what they know that belongs to none of the clips.
    """

    facts: dict[str, ClipFacts]
    keys: dict[str, str]
    decoded: int
    extracted: dict[str, int]
    failures: tuple[Failure, ...]
    joins: dict[str, dict[str, str]] = field(default_factory=dict)
    strangers: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def keys_of(self, feature_set: FeatureSet) -> dict[str, str]:
        """By clip id, under which key a feature set's values are stored."""
        return self.joins.get(str(feature_set), self.keys)

    def failure_of(self, feature_set: FeatureSet) -> str | None:
        """Why the jobs of a feature set must fail, in a sentence; None where it did its work."""
        own = [failure for failure in self.failures if failure.feature_set == str(feature_set)]
        if not own:
            return None
        first = own[0]
        if first.clip_id is None:
            return f"{first.feature_set} cannot be used: {first.sentence}"
        return f"{first.feature_set} failed on {len(own)} clips, {first.clip_id!r} the first: {first.sentence}"


def extract(
    clips: Sequence[Clip],
    feature_sets: Sequence[FeatureSet],
    store: FeatureStore,
    facts: FactStore,
    *,
    jobs: int = 1,
    plugins: Sequence[Path] = (),
    progress: Callable[[Event], None] | None = None,
) -> Extraction:
    """Survey clips, and extract what the store lacks.

    Parameters
    ----------
    clips : sequence of Clip
    feature_sets : sequence of FeatureSet
        None: the recordings are surveyed only.
    store : FeatureStore
    facts : FactStore
    jobs : int
        Processes; each computes with one thread.
    plugins : sequence of Path
        Files of the user's own that define feature sets.
    progress : callable or None
        Called with an ``Event`` at the start and after every batch.

    Returns
    -------
    Extraction

    Raises
    ------
    RequestError
        If a feature set is asked for wrongly.
    BenchError
        If the cache cannot be written, or a worker process was killed. What is finished is kept.
    """
    began = time.perf_counter()
    todo = survey(clips, feature_sets, store, facts)
    total = len(todo.items)
    tell = progress or (lambda event: None)
    tell(Event(0, total, time.perf_counter() - began))
    n_done = 0
    for items, done in _run(todo, store, jobs, tuple(path.resolve() for path in plugins)):
        facts.add(done.facts.values())
        todo.known.update(done.facts)
        todo.failed += done.failures
        for spelled, count in done.stored.items():
            todo.stored[spelled] = todo.stored.get(spelled, 0) + count
        n_done += len(items)
        tell(Event(n_done, total, time.perf_counter() - began))
    for feature_set in todo.sets.values():  # also what an earlier pass stored that was killed before it came here
        store.merge(feature_set)
    _store_looked_up({str(one): one for one in feature_sets}, todo, store)
    return _extraction(clips, feature_sets, todo)


def _store_looked_up(sets: Mapping[str, FeatureSet], todo: Todo, store: FeatureStore) -> None:
    """Store what feature sets know without hearing; it was made elsewhere, so it took no seconds here."""
    for spelled, keys in todo.unstored.items():
        if not keys:
            continue
        feature_set, known = sets[spelled], todo.looked_up[spelled]
        shape, columns = shape_declared(feature_set), columns_declared(feature_set)
        outcomes = {key: outcome_of(known.found[key], shape, columns) for key in sorted(keys)}
        store.put(feature_set, [Row(key, one.values, one.note, 0.0, 0.0) for key, one in outcomes.items()])
        todo.stored[spelled] = len(keys)


def _run(todo: Todo, store: FeatureStore, jobs: int, plugins: tuple[Path, ...]) -> Iterator[tuple[tuple[Item, ...], Done]]:
    if not todo.items:
        return
    identities = {spelled: store.identity(feature_set) for spelled, feature_set in todo.sets.items()}
    shares = list(_shares(todo.items, max(1, min(AT_RISK // jobs, -(-len(todo.items) // jobs)))))

    def batches() -> Iterator[Batch]:  # drawn one by one as workers fall idle, so that a broken set is not tried for ever
        for share in shares:
            items = tuple(replace(i, wanted=tuple(w for w in i.wanted if w not in todo.broken)) for i in share)
            yield Batch(items, store.root.resolve(), identities, plugins, os.getpid())

    if jobs == 1 or len(shares) == 1:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            for batch in batches():
                yield batch.items, work(batch, todo.sets)
        return
    yield from in_processes(_with_items, batches(), min(jobs, len(shares)))


def _with_items(batch: Batch) -> tuple[tuple[Item, ...], Done]:
    return batch.items, work(batch)


def _shares(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    share: list[Item] = []
    for item in items:
        if share and (len(share) == size or sum(map(weight, share)) + weight(item) > BATCH_BYTES):
            yield share
            share = []
        share.append(item)
    yield share


def _extraction(clips: Sequence[Clip], feature_sets: Sequence[FeatureSet], todo: Todo) -> Extraction:
    facts = {clip.id: todo.unopened.get(clip.id) or todo.known[todo.keys[clip.id]] for clip in clips}
    first_id = {key: clip_id for clip_id, key in reversed(todo.keys.items())}
    views = list(dict.fromkeys(str(feature_set) for feature_set in feature_sets))
    failures = [
        Failure(view, None if key is None else first_id[key], said)
        for view in views
        for failed, key, said in dict.fromkeys(todo.failed)
        if failed == todo.standing_for[view]
    ]
    return Extraction(
        facts=facts,
        keys={clip.id: todo.keys[clip.id] for clip in clips if facts[clip.id].problem is None},
        decoded=len(todo.items),
        extracted={view: todo.stored.get(todo.standing_for[view], 0) for view in views},
        failures=tuple(failures),
        joins={
            view: {clip.id: known.keys[clip.id] for clip in clips if facts[clip.id].problem is None}
            for view, known in todo.looked_up.items()
        },
        strangers={view: known.strangers for view, known in todo.looked_up.items() if known.strangers},
    )
