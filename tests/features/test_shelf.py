"""Parts come and go on a shelf, and no row is lost or counted twice."""

import fcntl
import os

import numpy as np
import pytest

from bench.features import shelf as module
from bench.features.part import Row, Shape, read_part, table_of, write_part
from bench.features.shelf import LOCK, PROBE, cost_of, merge_parts, parts_in, probes_in, steadily


def put(folder, *keys, prefix="", n_columns=2, seconds=0.5):
    rows = [Row(key, np.full(n_columns, len(key), np.float32), None, seconds, 30.0) for key in keys]
    return write_part(folder, table_of(rows, Shape(None, ("",), n_columns)), prefix)


def keys_in(folder):
    return [key for path in parts_in(folder) for key in read_part(path)["key"].to_pylist()]


def test_a_shelf_knows_its_parts_from_all_else(tmp_path):
    part, probe = put(tmp_path, "a"), put(tmp_path, "probe", prefix=PROBE)
    (tmp_path / ".writing-12").write_bytes(part.read_bytes())
    (tmp_path / ".hidden.parquet").write_bytes(part.read_bytes())
    (tmp_path / "manifest.json").write_text("{}")
    assert parts_in(tmp_path) == [part]
    assert probes_in(tmp_path) == [probe]


def test_a_shelf_that_is_not_there_is_empty(tmp_path):
    nowhere = tmp_path / "none"
    assert parts_in(nowhere) == probes_in(nowhere) == []
    assert merge_parts(nowhere) == 0
    assert cost_of(nowhere) == (0.0, 0.0, 0.0)
    assert not nowhere.exists()


def test_costs_are_added_up_and_the_probe_is_not_counted(tmp_path):
    put(tmp_path, "a", "b", seconds=1.0)
    put(tmp_path, "b", "c", seconds=3.0)
    put(tmp_path, "probe", prefix=PROBE, seconds=100.0)
    cost = cost_of(tmp_path)
    assert cost.seconds in (1 + 1 + 3, 1 + 3 + 3)  # b was extracted twice and is counted once
    assert cost.audio_minutes == 1.5
    assert cost.megabytes == pytest.approx(sum(path.stat().st_size for path in parts_in(tmp_path)) / 1e6)


def test_merging_keeps_one_row_a_key_and_takes_the_small_parts_away(tmp_path):
    first = [put(tmp_path, "a", "b"), put(tmp_path, "b", "c"), put(tmp_path, "d")]
    probe = put(tmp_path, "probe", prefix=PROBE)
    assert merge_parts(tmp_path) == 3
    (part,) = parts_in(tmp_path)
    assert part not in first
    assert sorted(keys_in(tmp_path)) == ["a", "b", "c", "d"]
    assert probes_in(tmp_path) == [probe]
    assert merge_parts(tmp_path) == 0


def test_merged_parts_do_not_grow_past_their_size(tmp_path, monkeypatch):
    for index in range(6):
        size = put(tmp_path, f"k{index}").stat().st_size
    monkeypatch.setattr(module, "PART_BYTES", int(2.5 * size))  # room for two of them, a small part is below 1.25
    assert merge_parts(tmp_path) == 6
    assert len(parts_in(tmp_path)) == 3
    assert sorted(keys_in(tmp_path)) == [f"k{index}" for index in range(6)]


def test_while_another_merges_nothing_is_touched(tmp_path):
    before = [put(tmp_path, "a"), put(tmp_path, "b")]
    handle = os.open(tmp_path / LOCK, os.O_CREAT | os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        assert merge_parts(tmp_path) == 0
        assert parts_in(tmp_path) == sorted(before)
    finally:
        os.close(handle)
    assert merge_parts(tmp_path) == 2


def test_a_damaged_part_is_left_for_whoever_needs_it(tmp_path):
    put(tmp_path, "a")
    bad = put(tmp_path, "b")
    data = bytearray(bad.read_bytes())
    data[len(data) // 3] ^= 1
    bad.write_bytes(data)
    before = parts_in(tmp_path)
    assert merge_parts(tmp_path) == 0
    assert parts_in(tmp_path) == before
    assert bad.read_bytes() == bytes(data)


def test_the_values_are_those_that_were_put(tmp_path):
    put(tmp_path, "a")
    put(tmp_path, "ccc", "dddd")
    merge_parts(tmp_path)
    (path,) = parts_in(tmp_path)
    part = read_part(path)
    values = dict(zip(part["key"].to_pylist(), part["values"].to_pylist(), strict=True))
    assert values == {"a": [1, 1], "ccc": [3, 3], "dddd": [4, 4]}


def test_a_part_that_was_merged_away_is_looked_for_again():
    tries = []

    def read():
        tries.append(len(tries))
        if len(tries) < 4:
            raise FileNotFoundError("merged away")
        return "rows"

    assert steadily(read) == "rows"
    assert len(tries) == 4


def test_looking_again_ends():
    def read():
        raise FileNotFoundError("never there")

    with pytest.raises(FileNotFoundError, match="never there"):
        steadily(read)
