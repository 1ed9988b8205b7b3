"""The plan: what an extraction has to do, found by hashing files and looking up what is known of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bench.base.error import BenchError, RequestError
from bench.base.identity import file_digest
from bench.corpora.corpus import Clip
from bench.decoders.decoder import Unreadable, check_file
from bench.decoders.facts import ClipFacts, FactStore, clip_key
from bench.decoders.sndfile import open_audio
from bench.features.feature_set import FeatureSet, LookedUp
from bench.features.store import FeatureStore
from bench.features.worker import Item, Stamp, sentence, stamp_of

BYTES_A_SECOND = 192_000  # of 48 kHz, 16 bit, two channels; only for sharing out the work


@dataclass(frozen=True)
class Plan:
    """What ``extract`` would do.

    Attributes
    ----------
    to_decode : int
        Recordings, or stretches of them.
    to_extract : dict of str to int
        Clips, by feature set as spelled; for a set that looks values up, the rows to be stored.
    audio_s : dict of str to float
        Seconds of audio in them.
    """

    to_decode: int
    to_extract: dict[str, int]
    audio_s: dict[str, float]


def plan(clips: Sequence[Clip], feature_sets: Sequence[FeatureSet], store: FeatureStore, facts: FactStore) -> Plan:
    """Find out what is missing, decoding nothing; durations are those that the headers promise.

    Parameters and errors are those of ``extract``.
    """
    todo = survey(clips, feature_sets, store, facts)
    lengths = {item.key: _promised_s(item, todo.known.get(item.key)) for item in todo.items}
    wanting = {view: [i for i in todo.items if spelled in i.wanted] for view, spelled in todo.standing_for.items()}
    return Plan(
        to_decode=sum(item.key not in todo.known for item in todo.items),
        to_extract={spelled: len(items) + len(todo.unstored.get(spelled, ())) for spelled, items in wanting.items()},
        audio_s={spelled: sum(lengths[item.key] for item in items) for spelled, items in wanting.items()},
    )


@dataclass
class Todo:
    """What is to be done, and what has come of it.

    Attributes
    ----------
    keys : dict of str to str
        By clip id, for clips whose file could be opened.
    unopened : dict of str to ClipFacts
        By clip id, for the others.
    known : dict of str to ClipFacts
        By key.
    items : list of Item
        Each key once, the biggest first.
    sets : dict of str to FeatureSet
        To extract, by spelling.
    standing_for : dict of str to str
        From every view to the spelling in ``sets`` whose pass it shares.
    failed : list of (spelling, key or None, sentence)
    stored : dict of str to int
        Clips stored by this pass, by spelling.
    looked_up : dict of str to LookedUp
        What feature sets know without hearing, by spelling; these are no part of ``sets``.
    unstored : dict of str to set of str
        The keys of that which are not stored yet, by spelling.
    """

    keys: dict[str, str]
    unopened: dict[str, ClipFacts]
    known: dict[str, ClipFacts]
    items: list[Item] = field(default_factory=list)
    sets: dict[str, FeatureSet] = field(default_factory=dict)
    standing_for: dict[str, str] = field(default_factory=dict)
    failed: list[tuple[str, str | None, str]] = field(default_factory=list)
    stored: dict[str, int] = field(default_factory=dict)
    looked_up: dict[str, LookedUp] = field(default_factory=dict)
    unstored: dict[str, set[str]] = field(default_factory=dict)

    @property
    def broken(self) -> set[str]:
        """Feature sets that cannot be used at all."""
        return {spelled for spelled, key, _ in self.failed if key is None}


def survey(clips: Sequence[Clip], feature_sets: Sequence[FeatureSet], store: FeatureStore, facts: FactStore) -> Todo:
    """Hash every file, and look up what is known of it.

    Raises
    ------
    RequestError
        If a feature set is asked for wrongly.
    """
    known_unheard = _look_up(clips, feature_sets)  # before the files are hashed: what is wrong with a table is told at once
    sources = _sources({clip.path for clip in clips})
    problems = {clip.id: sources[clip.path].problem for clip in clips if sources[clip.path].problem}
    keys = {c.id: clip_key(sources[c.path].digest, c.start_s, c.end_s, c.turns) for c in clips if c.id not in problems}
    known = facts.look_up(keys.values())
    todo = Todo(keys, {clip_id: ClipFacts("", problem) for clip_id, problem in problems.items()}, known)
    usable = {key for key in keys.values() if key not in known or known[key].problem is None}
    lacking = _lacking(feature_sets, known_unheard, store, usable, todo)
    items: dict[str, Item] = {}
    for clip in clips:
        key = keys.get(clip.id)
        if key is None or key in items:
            continue
        wanted = tuple(spelled for spelled, missing in lacking.items() if key in missing)
        if wanted or key not in known:
            items[key] = Item(
                key, clip.path.absolute(), clip.start_s, clip.end_s, sources[clip.path].stamp, wanted, turns=clip.turns
            )
    todo.items = sorted(items.values(), key=lambda item: (-weight(item), str(item.path), item.start_s or 0.0))
    return todo


def weight(item: Item) -> int:
    """Roughly the bytes of a clip."""
    if item.end_s is None:
        return item.stamp[0]
    return min(item.stamp[0], int((item.end_s - (item.start_s or 0.0)) * BYTES_A_SECOND))


def _look_up(clips: Sequence[Clip], feature_sets: Sequence[FeatureSet]) -> dict[str, LookedUp | BenchError]:
    """What feature sets know of the clips without hearing them, or why they cannot be used; those that hear are left out."""
    found: dict[str, LookedUp | BenchError] = {}
    for feature_set in feature_sets:
        try:
            known = feature_set.look_up(clips)
        except RequestError:
            raise
        except BenchError as error:
            found[str(feature_set)] = error
        else:
            if known is not None:
                found[str(feature_set)] = known
    return found


def _lacking(
    feature_sets: Sequence[FeatureSet],
    unheard: Mapping[str, LookedUp | BenchError],
    store: FeatureStore,
    keys: set[str],
    todo: Todo,
) -> dict[str, set[str]]:
    """By spelling: the keys that are not stored. Views of one pass are asked for once."""
    stand_in: dict[Path, str] = {}
    lacking: dict[str, set[str]] = {}
    for feature_set in feature_sets:
        spelled = str(feature_set)
        todo.standing_for[spelled] = spelled
        known = unheard.get(spelled)
        try:
            if isinstance(known, BenchError):
                raise known
            if known is not None:
                todo.looked_up[spelled] = known
                todo.unstored[spelled] = set(known.found) - store.have(feature_set, known.found)
                continue
            todo.standing_for[spelled] = stand_in.setdefault(store.folder(feature_set), spelled)
            if todo.standing_for[spelled] == spelled:
                lacking[spelled] = keys - store.have(feature_set, keys)
                todo.sets[spelled] = feature_set
        except RequestError:
            raise
        except BenchError as error:
            todo.failed.append((spelled, None, sentence(error)))
    return lacking


@dataclass(frozen=True)
class _Source:
    digest: str = ""
    stamp: Stamp = (0, 0)
    problem: str = ""


def _sources(paths: Iterable[Path]) -> dict[Path, _Source]:
    with ThreadPoolExecutor(min(8, (os.cpu_count() or 1) + 2)) as pool:
        found = list(paths)
        return dict(zip(found, pool.map(_source, found), strict=True))


def _source(path: Path) -> _Source:
    try:
        check_file(path)
        stamp = stamp_of(path)
        return _Source(file_digest(path), stamp)
    except Unreadable as error:
        return _Source(problem=str(error))
    except OSError as error:
        return _Source(problem=f"the file cannot be read: {error.strerror or error}")


def _promised_s(item: Item, fact: ClipFacts | None) -> float:
    if fact is not None:
        return fact.duration_s
    if item.end_s is not None:
        return item.end_s - (item.start_s or 0.0)
    import soundfile

    try:
        with open_audio(item.path) as audio:
            return float(audio.frames / audio.samplerate) - (item.start_s or 0.0)
    except (soundfile.LibsndfileError, OSError):
        return 0.0
