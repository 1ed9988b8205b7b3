"""Facts survive crashes, and are never invented."""

import dataclasses
import json
import multiprocessing
import os
import zlib

import pytest

from bench.base.error import BenchError
from bench.decoders.facts import ClipFacts, FactStore, clip_key


def fact(number):
    return ClipFacts(f"key{number:03d}", None, f"hash{number}", 1.5 + number, 16_000, 2, -3.5, -20.25, 1, 0.25, 0.125)


def test_facts_come_back(tmp_path):
    FactStore(tmp_path).add([fact(1), fact(2), ClipFacts("key003", "it holds 0 samples: «ü»")])
    found = FactStore(tmp_path).look_up(["key001", "key003", "other"])
    assert found == {"key001": fact(1), "key003": ClipFacts("key003", "it holds 0 samples: «ü»")}


def test_a_store_knows_what_it_added(tmp_path):
    store = FactStore(tmp_path)
    assert store.look_up(["key001"]) == {}
    store.add([fact(1)])
    assert store.look_up(["key001"]) == {"key001": fact(1)}


def test_facts_without_a_key_are_not_kept(tmp_path):
    FactStore(tmp_path).add([ClipFacts("", "the file does not exist")])
    assert not (tmp_path / "facts").exists()


def test_a_line_that_was_torn_or_changed_is_as_if_never_written(tmp_path):
    FactStore(tmp_path).add([fact(1), fact(2)])
    (path,) = (tmp_path / "facts").glob("*.jsonl")
    whole = path.read_bytes()
    for length in range(len(whole) // 2 + 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert FactStore(tmp_path).look_up(["key001", "key002"]) == {"key001": fact(1)}
    for position in range(0, len(whole), 3):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
        found = FactStore(tmp_path).look_up(["key001", "key002"])
        assert set(found.items()) <= {("key001", fact(1)), ("key002", fact(2))}
        assert len(found) == 1 or whole[position : position + 1] == b"\n"


def _add_many(root, start):
    store = FactStore(root)
    for number in range(start, start + 50):
        store.add([fact(number)])


def test_processes_write_side_by_side(tmp_path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_add_many, args=(tmp_path, start)) for start in (0, 50)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert len(FactStore(tmp_path).look_up(f"key{n:03d}" for n in range(100))) == 100


def test_only_files_that_nobody_touched_for_an_hour_are_merged(tmp_path):
    for number in range(4):
        FactStore(tmp_path).add([fact(number)])
    files = sorted((tmp_path / "facts").glob("*.jsonl"))
    for path in files[:3]:
        os.utime(path, (1, 1))
    assert FactStore(tmp_path).merge() == 3
    assert len(list((tmp_path / "facts").glob("*.jsonl"))) == 2
    assert len(FactStore(tmp_path).look_up(f"key{n:03d}" for n in range(4))) == 4


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "facts").write_text("in the way")
    with pytest.raises(BenchError, match="cannot be written"):
        FactStore(tmp_path).add([fact(1)])


def test_the_key_is_made_of_bytes_and_bounds():
    keys = {clip_key(name, *bounds) for name in ("a", "b") for bounds in [(), (0.0, 1.0), (0.0, 2.0), (0.5, 1.0), (0.5,)]}
    assert len(keys) == 10


def test_turns_are_part_of_the_key_only_where_there_are_any():
    turns = ((0.0, 1.5), (2.0, 3.0))
    keys = {clip_key("a", 0, 1), clip_key("a", 0, 1, turns), clip_key("a", 0, 1, turns[:1]), clip_key("a", 1, 2, turns)}
    assert len(keys) == 4
    assert clip_key("a", 0, 1, ()) == clip_key("a", 0, 1)
    assert clip_key("a", 0, 1, ((0, 1.5), (2, 3))) == clip_key("a", 0, 1, turns)


def test_keys_of_clips_without_turns_are_those_of_the_version_that_knew_none():
    assert clip_key("0123") == "dffecd9a61a8d330713c"
    assert clip_key("0123", 1, 2.5) == "41835bea7dae71aa908b"


@pytest.mark.parametrize("change", ["fewer", "more"])
def test_lines_with_other_facts_than_ours_are_not_known(tmp_path, change):
    given = {"key": "key001", "problem": None, "sample_hash": "h", "duration_s": 1.0, "rate": 8000, "channels": 1}
    given |= {"peak_dbfs": -1.0, "rms_dbfs": -9.0}
    if change == "more":
        given |= {"channel": None, "clipped_share": 0.0, "silence_share": 0.0, "moon": "full"}
    line = json.dumps(given)
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "old.jsonl").write_text(f"{line}\t{zlib.crc32(line.encode()):08x}\n")
    store = FactStore(tmp_path)
    assert store.look_up(["key001"]) == {}
    store.add([fact(1)])
    assert FactStore(tmp_path).look_up(["key001"]) == {"key001": fact(1)}


def test_a_problem_is_one_of_the_library_that_had_it(tmp_path, monkeypatch):
    bad = ClipFacts("key002", "it cannot be decoded as audio: format not recognised")
    FactStore(tmp_path).add([fact(1), bad])
    assert FactStore(tmp_path).look_up(["key001", "key002"]) == {"key001": fact(1), "key002": bad}
    monkeypatch.setattr("soundfile.__libsndfile_version__", "99.0.0")
    newer = FactStore(tmp_path)
    assert newer.look_up(["key001", "key002"]) == {"key001": fact(1)}
    newer.add([fact(2)])
    assert FactStore(tmp_path).look_up(["key002"]) == {"key002": fact(2)}


def test_lines_are_those_of_the_versions_before_where_there_is_no_problem(tmp_path):
    FactStore(tmp_path).add([fact(1)])
    (path,) = (tmp_path / "facts").glob("*.jsonl")
    assert json.loads(path.read_text().partition("\t")[0]) == {
        **{"key": "key001", "problem": None, "sample_hash": "hash1", "duration_s": 2.5, "rate": 16_000, "channels": 2},
        **{"peak_dbfs": -3.5, "rms_dbfs": -20.25, "channel": 1, "clipped_share": 0.25, "silence_share": 0.125},
    }


def test_a_problem_that_does_not_say_whose_it_is_is_looked_at_again(tmp_path):
    line = json.dumps(dataclasses.asdict(ClipFacts("key001", "it cannot be decoded as audio")))
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "old.jsonl").write_text(f"{line}\t{zlib.crc32(line.encode()):08x}\n")
    assert FactStore(tmp_path).look_up(["key001"]) == {}
