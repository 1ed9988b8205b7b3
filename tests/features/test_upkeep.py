"""`cache ls`, `verify` and `gc` say what is there and remove nothing that could be used, unless told to."""

import json
import os
import shlex

import numpy as np
import pytest

from bench.base.error import RequestError
from bench.decoders.facts import ClipFacts, FactStore
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.features.part import Row
from bench.features.shelf import parts_in, probes_in
from bench.features.store import FeatureStore
from bench.features.upkeep import gc, ls, verify


class Kept(FeatureSet):
    name = "kept-for-tests"
    version = "1"
    columns = ("low", "high")
    gain: float = 1.0

    def extract(self, wave):
        return np.array([wave.samples.min(), wave.samples.max()], np.float32) * np.float32(self.gain)


FEATURE_SETS.add(Kept)


def add(store, feature_set, *keys):
    store.put(feature_set, [Row(key, np.ones(2, np.float32), None, 1.5, 30.0) for key in keys])


@pytest.fixture
def store(tmp_path):
    store = FeatureStore(tmp_path / "features")
    add(store, Kept(), "a", "b")
    add(store, Kept(), "b", "c")
    add(store, Kept(gain=2.0), "a")
    return store


def rename(store, feature_set, **changes):
    path = store.folder(feature_set) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def damage(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_nothing_is_stored_yet(tmp_path):
    store = FeatureStore(tmp_path / "none")
    assert (ls(store), verify(store)) == ((), ())
    assert gc(store).removed == []


def test_ls(store):
    by_spelling = {line.spelling: line for line in ls(store)}
    one = by_spelling["kept-for-tests"]
    assert (one.clips, one.parts, one.status, one.extract_seconds) == (3, 2, "current", 3.0)
    assert one.megabytes == pytest.approx(store.cost(Kept()).megabytes)
    assert by_spelling["kept-for-tests[gain=2]"].clips == 1


def test_ls_says_what_nothing_reads(store):
    rename(store, Kept(), spelling="gone")
    rename(store, Kept(gain=2.0), spelling="kept-for-tests[gain=3]")
    statuses = sorted(line.status for line in ls(store))
    assert statuses[0] == "'kept-for-tests' (version 1) is stored elsewhere since it changed"
    assert statuses[1].startswith("unknown here: No feature set is called 'gone'.")


def test_verify_finds_nothing_in_a_sound_store(store):
    found = sorted(verify(store), key=lambda line: line.spelling)
    assert [(line.clips, line.problems, line.note) for line in found] == [
        (3, (), ""),
        (1, (), ""),
    ]


def test_verify_names_a_damaged_part_and_probe(store):
    part = parts_in(store.folder(Kept()))[0]
    damage(part)
    (probe,) = probes_in(store.folder(Kept(gain=2.0)))
    damage(probe)
    problems = [problem for found in verify(store) for problem in found.problems]
    assert len(problems) == 2
    assert any(str(part) in problem for problem in problems)
    assert any(str(probe) in problem for problem in problems)


def test_verify_computes_the_probe_again(store, monkeypatch):
    before = Kept.extract
    monkeypatch.setattr(Kept, "extract", lambda self, wave: before(self, wave) * np.float32(1.01))
    assert all("moved by 0.0099" in found.problems[0] for found in verify(FeatureStore(store.root)))


def test_verify_says_where_it_could_not_compute_the_probe(store):
    rename(store, Kept(), spelling="gone")
    notes = [found.note for found in verify(store) if found.spelling == "gone"]
    assert notes[0].startswith("the probe was not computed, because unknown here: No feature set is called 'gone'")


def test_gc_merges_and_removes_old_leftovers_alone(store):
    old, new = (store.folder(Kept()) / f".writing-{age}" for age in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half a part")
    os.utime(old, (1, 1))
    cleaned = gc(store)
    assert cleaned.removed == [f"{old}: left by a crash"]
    assert new.exists()
    assert (cleaned.merged, cleaned.dropped, cleaned.could_go) == (2, [], [])
    assert FeatureStore(store.root).have(Kept(), "abc") == {"a", "b", "c"}
    assert gc(store).merged == 0


def test_gc_removes_damaged_parts_and_keeps_the_others(store):
    part = next(p for p in parts_in(store.folder(Kept())))
    damage(part)
    cleaned = gc(store)
    assert len(cleaned.removed) == 1
    assert str(part) in cleaned.removed[0]
    assert len(FeatureStore(store.root).have(Kept(), "abc")) == 2
    assert not any(found.problems for found in verify(FeatureStore(store.root)))


def test_a_damaged_probe_is_made_anew(store):
    (probe,) = probes_in(store.folder(Kept()))
    damage(probe)
    gc(store)
    fresh = FeatureStore(store.root)
    assert fresh.have(Kept(), ["a"]) == {"a"}
    add(fresh, Kept(), "d")
    assert len(probes_in(store.folder(Kept()))) == 1


def test_gc_says_what_could_go_and_leaves_it(store):
    rename(store, Kept(), spelling="gone")
    (said,) = gc(store).could_go
    folder = store.folder(Kept()).name
    assert said.startswith(f"{folder}: unknown here")
    assert said.endswith(f"`fatigue-bench cache gc --drop {folder} --cache {shlex.quote(str(store.root.parent))}`.")
    assert parts_in(store.folder(Kept()))


def test_gc_drops_what_is_named(store):
    folder = store.folder(Kept(gain=2.0)).name
    cleaned = gc(store, [folder])
    assert cleaned.dropped == [folder]
    assert cleaned.freed_mb > 0
    assert [line.spelling for line in ls(store)] == ["kept-for-tests"]
    assert gc(store, ["kept-for-tests"]).dropped == [store.folder(Kept()).name]
    assert ls(store) == ()
    assert not list(store.root.glob(".*"))


def test_a_name_that_is_not_stored(store):
    with pytest.raises(RequestError, match="No stored feature set is called 'egemaps'"):
        gc(store, ["egemaps"])


def test_a_worker_that_knew_a_dropped_folder_starts_anew(store):
    gc(FeatureStore(store.root), ["kept-for-tests"])
    add(store, Kept(), "e")
    assert FeatureStore(store.root).have(Kept(), "ae") == {"e"}
    assert not any(found.problems for found in verify(FeatureStore(store.root)))


def test_gc_merges_old_facts_too(store, tmp_path):
    for key in "ab":
        FactStore(tmp_path).add([ClipFacts(key)])
    for path in (tmp_path / "facts").iterdir():
        os.utime(path, (1, 1))
    assert gc(store, facts=FactStore(tmp_path)).merged == 4
    assert set(FactStore(tmp_path).look_up("ab")) == {"a", "b"}


def test_things_that_are_no_features_are_left_alone(store):
    (store.root / "corpora-of-mine").mkdir()
    (store.root / "note.txt").write_text("mine")
    gc(store)
    assert (store.root / "corpora-of-mine").exists()
    assert len(ls(store)) == 2
