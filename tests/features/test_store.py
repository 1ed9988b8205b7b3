"""The store gives back what was put in, refuses what went stale, and survives full, read-only and damaged disks."""

import json
import subprocess
import threading

import numpy as np
import pytest

from bench.base.error import BenchError, RequestError, TooShort
from bench.features.feature_set import FeatureSet, Partial
from bench.features.part import Row, read_part
from bench.features.shelf import PART_BYTES, merge_parts, parts_in, probes_in
from bench.features.store import FeatureStore


class Plain(FeatureSet):
    name = "plain"
    version = "1"
    columns = ("low", "high", "other")
    views = ("only",)
    gain: float = 1.0
    only: str = "*"

    @property
    def kept(self):
        return self.only

    def extract(self, wave):
        low, high = wave.samples.min(), wave.samples.max()
        return np.array([low, high, 1], np.float32) * np.float32(self.gain)


class Layered(FeatureSet):
    name = "layered"
    version = "1"
    columns = ("0", "1")
    layers = (0, 1, 2)
    statistics = ("mean", "std")
    views = ("pooling",)
    pooling: str = "mean|std"

    @property
    def pooled(self):
        return tuple(self.pooling.split("|"))

    def extract(self, wave):
        return np.arange(12, dtype=np.float32).reshape(3, 4)


def plain_rows(*keys, note=None):
    return [Row(key, np.array([len(key), 2, 3], np.float32), note, 0.5, 30.0) for key in keys]


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path / "cache")


def test_rows_come_back_in_the_order_that_is_asked_for(store):
    store.put(Plain(), plain_rows("a", "bb"))
    store.put(Plain(), plain_rows("cccc", note="no voiced frame"))
    keys = {"one": "bb", "two": "cccc", "three": "a", "four": "a"}
    table = FeatureStore(store.root).table(Plain(), list(keys), keys)
    assert table.clip_ids == ("one", "two", "three", "four")
    assert table.columns == ("low", "high", "other")
    np.testing.assert_array_equal(table.values[:, 0], [2, 4, 1, 1])
    assert table.notes == {"two": "no voiced frame"}
    assert store.have(Plain(), ["a", "b", "bb"]) == {"a", "bb"}


def test_another_parameter_is_another_folder_and_a_view_is_not(store):
    store.put(Plain(), plain_rows("a"))
    assert store.have(Plain(gain=2.0), ["a"]) == set()
    assert store.have(Plain(only="low"), ["a"]) == {"a"}
    assert store.folder(Plain(gain=2.0)) != store.folder(Plain()) == store.folder(Plain(only="low"))


@pytest.mark.parametrize(
    ("only", "columns"), [("low", ("low",)), ("h*|o*", ("high", "other")), ("other|low", ("low", "other"))]
)
def test_a_view_reads_some_columns(store, only, columns):
    store.put(Plain(), plain_rows("a"))
    table = store.table(Plain(only=only), ["x"], {"x": "a"})
    assert table.columns == columns
    assert table.values.shape == (1, len(columns))


def test_a_pattern_that_fits_nothing_is_an_error(store):
    store.put(Plain(), plain_rows("a"))
    with pytest.raises(RequestError, match="No column of 'plain' fits 'F0'"):
        store.table(Plain(only="F0"), ["x"], {"x": "a"})


def layered_rows(*keys):
    return [Row(key, np.arange(12, dtype=np.float32).reshape(3, 4) + 100 * i, None, 1, 1) for i, key in enumerate(keys)]


def test_layers_and_poolings_are_views(store):
    store.put(Layered(), layered_rows("a", "b"))
    keys = {"x": "a", "y": "b"}
    one = store.table(Layered(), ["x", "y"], keys, 1)
    np.testing.assert_array_equal(one.values, [[4, 5, 6, 7], [104, 105, 106, 107]])
    assert one.columns == ("mean.0", "mean.1", "std.0", "std.1")
    std = store.table(Layered(pooling="std"), ["x"], keys, 2)
    np.testing.assert_array_equal(std.values, [[10, 11]])
    assert std.columns == ("0", "1")
    everything = store.table(Layered(pooling="std"), ["x", "y"], keys, "all")
    np.testing.assert_array_equal(everything.values[0], [[2, 3], [6, 7], [10, 11]])
    assert everything.values.shape == (2, 3, 2)


@pytest.mark.parametrize(
    ("feature_set", "layer", "said"),
    [
        (Layered(), 3, "has the layers 0 to 2, and 3 was asked for"),
        (Layered(), None, "has the layers 0 to 2, and None was asked for"),
        (Plain(), 1, "has no layers, and 1 was asked for"),
        (Plain(), "all", "has no layers, and 'all' was asked for"),
    ],
)
def test_layers_that_are_not_there(store, feature_set, layer, said):
    store.put(Plain(), plain_rows("a"))
    store.put(Layered(), layered_rows("a"))
    with pytest.raises(RequestError, match=said):
        store.table(feature_set, ["x"], {"x": "a"}, layer)


def test_a_clip_that_is_not_stored(store):
    store.put(Plain(), plain_rows("a"))
    with pytest.raises(BenchError, match="1 of 2 clips are not stored for 'plain', 'y' the first"):
        store.table(Plain(), ["x", "y"], {"x": "a", "y": "b"})


def test_the_manifest_says_what_the_numbers_are(store):
    store.put(Plain(gain=2.0), plain_rows("a"))
    manifest = json.loads((store.folder(Plain(gain=2.0)) / "manifest.json").read_text())
    assert manifest["spelling"] == "plain[gain=2]"
    assert manifest["parameters"] == {"gain": 2.0}
    assert manifest["columns"] == ["low", "high", "other"]
    assert manifest["made_with"]["libraries"]["numpy"] == np.__version__


def test_cost_counts_each_clip_once(store):
    store.put(Plain(), plain_rows("a", "b"))
    store.put(Plain(), plain_rows("a"))
    cost = store.cost(Plain())
    assert (cost.seconds, cost.audio_minutes) == (1.0, 1.0)
    assert cost.megabytes == pytest.approx(sum(p.stat().st_size for p in parts_in(store.folder(Plain()))) / 1e6)


def test_leftovers_of_a_crash_are_not_read(store):
    store.put(Plain(), plain_rows("a"))
    (store.folder(Plain()) / ".writing-1234").write_bytes(b"PAR1 half a part")
    assert FeatureStore(store.root).have(Plain(), ["a"]) == {"a"}
    assert store.merge(Plain()) == 0


def test_merging_keeps_every_clip_once(store):
    for index in range(5):
        store.put(Plain(), plain_rows("a", f"k{index}"))
    assert store.merge(Plain()) == 5
    (part,) = parts_in(store.folder(Plain()))
    assert store.have(Plain(), ["a", *(f"k{i}" for i in range(9))]) == {"a", *(f"k{i}" for i in range(5))}
    assert sorted(read_part(part)["key"].to_pylist()) == ["a", "k0", "k1", "k2", "k3", "k4"]
    assert store.merge(Plain()) == 0


def test_big_parts_are_left_alone(store, monkeypatch):
    for index in range(4):
        store.put(Plain(), plain_rows(f"k{index}"))
    assert PART_BYTES == 64 << 20
    monkeypatch.setattr("bench.features.shelf.PART_BYTES", 100)
    assert merge_parts(store.folder(Plain())) == 0
    assert len(parts_in(store.folder(Plain()))) == 4


def test_readers_and_writers_do_not_mind_a_merger(store):
    store.put(Plain(), plain_rows("first"))
    stop, missed = threading.Event(), []

    def read():
        while not stop.is_set():
            reader = FeatureStore(store.root)
            if reader.have(Plain(), ["first"]) != {"first"}:
                missed.append("first")
            reader.table(Plain(), ["x"], {"x": "first"})

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for index in range(60):
        store.put(Plain(), plain_rows(f"k{index}"))
        if index % 3 == 0:
            store.merge(Plain())
    stop.set()
    for reader in readers:
        reader.join()
    assert not missed
    assert len(store.have(Plain(), [f"k{i}" for i in range(60)])) == 60


def test_a_damaged_part_is_named_and_what_to_do(store):
    store.put(Plain(), plain_rows("a"))
    (part,) = parts_in(store.folder(Plain()))
    data = bytearray(part.read_bytes())
    data[len(data) // 3] ^= 1
    part.write_bytes(data)
    with pytest.raises(BenchError) as caught:
        FeatureStore(store.root).table(Plain(), ["x"], {"x": "a"})
    assert str(part) in str(caught.value)
    assert "Delete that file or run `fatigue-bench cache gc`; its clips are extracted again." in str(caught.value)
    part.unlink()
    assert FeatureStore(store.root).have(Plain(), ["a"]) == set()


def made_elsewhere(store, feature_set):
    """Make the manifest say that other libraries made the numbers."""
    path = store.folder(feature_set) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["made_with"]["libraries"]["numpy"] = "1.0"
    path.write_text(json.dumps(manifest))


def test_numbers_that_moved_with_a_library_are_refused(store, monkeypatch):
    store.put(Plain(), plain_rows("a"))
    made_elsewhere(store, Plain())
    before = Plain.extract
    monkeypatch.setattr(Plain, "extract", lambda self, wave: before(self, wave) * np.float32(1.001))
    with pytest.raises(BenchError, match=r"moved by 0\.001 .* Run `fatigue-bench cache gc --drop plain-"):
        FeatureStore(store.root).have(Plain(), ["a"])
    with pytest.raises(BenchError, match="no longer gives"):
        FeatureStore(store.root).put(Plain(), plain_rows("b"))


def test_numbers_that_stayed_are_trusted_and_the_manifest_says_so(store, monkeypatch):
    store.put(Plain(), plain_rows("a"))
    made_elsewhere(store, Plain())
    before, calls = Plain.extract, []
    monkeypatch.setattr(Plain, "extract", lambda self, wave: calls.append(1) or before(self, wave) * np.float32(1.00001))
    assert FeatureStore(store.root).have(Plain(), ["a"]) == {"a"}
    assert FeatureStore(store.root).have(Plain(), ["a"]) == {"a"}
    assert len(calls) == 1
    FeatureStore(store.root).check(Plain())
    assert len(calls) == 2


def test_an_unchanged_set_is_not_computed(store, monkeypatch):
    store.put(Plain(), plain_rows("a"))
    monkeypatch.setattr(Plain, "extract", lambda self, wave: pytest.fail("computed"))
    assert FeatureStore(store.root).table(Plain(), ["x"], {"x": "a"}).values.shape == (1, 3)


def test_other_columns_under_one_version_are_refused(store, monkeypatch):
    store.put(Plain(), plain_rows("a"))
    made_elsewhere(store, Plain())
    monkeypatch.setattr(Plain, "columns", ("low", "high", "new"))
    with pytest.raises(BenchError, match="its columns, layers or statistics are others now, under the same version"):
        FeatureStore(store.root).have(Plain(), ["a"])


class Short(Plain):
    name = "short"

    def extract(self, wave):
        raise TooShort("needs 10 s")


class Partly(Plain):
    name = "partly"

    def extract(self, wave):
        return Partial(np.ones(3, np.float32), ("high",), "no voiced frame")


@pytest.mark.parametrize("feature_set", [Short(), Partly()])
def test_a_set_that_cannot_do_the_probe_is_stored_all_the_same(store, feature_set):
    store.put(feature_set, plain_rows("a"))
    FeatureStore(store.root).check(feature_set)
    assert len(probes_in(store.folder(feature_set))) == 1


def test_a_damaged_manifest(store):
    store.put(Plain(), plain_rows("a"))
    (store.folder(Plain()) / "manifest.json").write_text('{"spelling": "pl')
    with pytest.raises(BenchError, match=r"manifest.*cannot be read.*cache gc --drop plain-"):
        FeatureStore(store.root).have(Plain(), ["a"])


def mounted(folder, options):
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    mounted(folder, "size=256k")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_said_and_leaves_nothing_broken(small_disk):
    store = FeatureStore(small_disk)
    rng = np.random.default_rng(0)

    def add(index, n_rows=1):
        values = rng.normal(size=(n_rows, 3)).astype(np.float32)
        store.put(Plain(), [Row(f"k{index}.{i}", values[i], None, 1, 1) for i in range(n_rows)])

    add(0)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(200 << 10))
    with pytest.raises(BenchError, match=r"cannot be written. The disk is full") as caught:
        add(1, 10_000)
    assert str(small_disk) in str(caught.value)
    filler.unlink()
    assert not list(store.folder(Plain()).glob(".writing-*"))
    assert FeatureStore(small_disk).have(Plain(), ["k0.0", "k1.0"]) == {"k0.0"}
    add(2)
    assert FeatureStore(small_disk).have(Plain(), ["k0.0", "k1.0", "k2.0"]) == {"k0.0", "k2.0"}


def test_a_read_only_cache_is_read_and_cannot_be_added_to(small_disk):
    FeatureStore(small_disk).put(Plain(), plain_rows("a"))
    FeatureStore(small_disk).put(Plain(), plain_rows("b"))
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    try:
        store = FeatureStore(small_disk)
        assert store.table(Plain(), ["x"], {"x": "a"}).values.shape == (1, 3)
        assert store.merge(Plain()) == 0
        for feature_set in (Plain(), Plain(gain=2.0)):
            with pytest.raises(BenchError, match=r"cannot be written. The file system is read-only"):
                store.put(feature_set, plain_rows("c"))
    finally:
        subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
