"""Recordings that stand in tables become files, once; those that are files stay where they are."""

import hashlib
import json
import os
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.base.error import RequestError
from bench.corpora.inventory import keep_inventory, load_inventory, take_inventory
from bench.corpora.shard import find_shards
from tests.layouts.huggingface import noise, rows_of, write_huggingface

AUDIO = pa.struct({"bytes": pa.binary(), "path": pa.string()})


@pytest.fixture
def moods(tmp_path):
    return write_huggingface(tmp_path / "moods")


def kept(folder, place):
    return load_inventory(keep_inventory(find_shards(folder), "", place))


def write_rows(folder, audio, name="rows.parquet", **columns):
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"audio": pa.array(audio, AUDIO), **columns}), folder / name)
    return folder


def stamps(place):
    return {path.name: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()}


def test_bytes_become_files_byte_by_byte(moods, tmp_path):
    inventory = kept(moods, tmp_path / "place")
    assert len(inventory.rows) == 18
    for row, source in zip(inventory.rows, [row for who in ("anna", "ben", "cem") for row in rows_of(who)], strict=True):
        data = source["audio"]["bytes"]
        assert inventory.audio(row).read_bytes() == data
        assert inventory.audio(row).name == f"{hashlib.sha256(data).hexdigest()[:40]}.wav"
        assert row.name == source["audio"]["path"]
        assert row.cells[0] == source["speaker_id"]
    assert [row.split for row in inventory.rows] == ["train"] * 12 + ["validation"] * 6
    assert inventory.columns["emotion"] == ["anger", "neutral", "sadness"]


def test_it_says_what_the_library_says(moods, tmp_path):
    datasets = pytest.importorskip("datasets", reason="the extra [huggingface] is not installed")
    datasets.disable_progress_bars()
    inventory = kept(moods, tmp_path / "place")
    files = {"train": str(moods / "data" / "train*"), "validation": str(moods / "data" / "validation*")}
    loaded = datasets.load_dataset("parquet", data_files=files, cache_dir=str(tmp_path / "theirs"))
    loaded = loaded.cast_column("audio", datasets.Audio(decode=False))
    levels = loaded["train"].features["emotion"]
    theirs = [(split, row) for split in loaded for row in loaded[split]]
    assert len(theirs) == len(inventory.rows)
    for (split, row), ours in zip(theirs, inventory.rows, strict=True):
        assert ours.split == split
        assert inventory.audio(ours).read_bytes() == row["audio"]["bytes"]
        cells = dict(zip(inventory.columns, ours.cells, strict=True))
        assert cells["emotion"] == levels.int2str(row["emotion"])
        assert (cells["speaker_id"], cells["tiredness"]) == (row["speaker_id"], str(row["tiredness"]))


def test_what_save_to_disk_wrote_gives_the_same(moods, tmp_path):
    datasets = pytest.importorskip("datasets", reason="the extra [huggingface] is not installed")
    datasets.disable_progress_bars()
    table = pq.read_table(moods / "data" / "train-00000-of-00001.parquet")
    datasets.Dataset(table).cast_column("audio", datasets.Audio(decode=False)).save_to_disk(
        str(tmp_path / "saved"), num_shards=3
    )
    one, other = kept(moods, tmp_path / "a"), kept(tmp_path / "saved", tmp_path / "b")
    assert [replace(row, split="") for row in one.rows[:12]] == list(other.rows)
    assert one.columns == other.columns


def test_nothing_is_written_again(moods, tmp_path):
    place = tmp_path / "place"
    path = keep_inventory(find_shards(moods), "", place)
    before = stamps(place)
    assert keep_inventory(find_shards(moods), "", place) == path
    assert stamps(place) == before
    rows = load_inventory(path).rows
    gone = place / rows[3].path
    gone.unlink()
    assert keep_inventory(find_shards(moods), "", place) == path
    after = stamps(place)
    assert gone.read_bytes() == rows_of("anna")[3]["audio"]["bytes"]
    assert {name for name in after if after[name] != before[name]} == {gone.name, path.name}


def test_a_run_that_was_killed_goes_on(moods, tmp_path):
    place = tmp_path / "place"
    path = keep_inventory(find_shards(moods), "", place)
    whole = path.read_bytes()
    before = stamps(place)
    path.unlink()  # it is written last
    assert keep_inventory(find_shards(moods), "", place).read_bytes() == whole
    assert {name for name, when in stamps(place).items() if before[name] != when} == {path.name}
    path.write_bytes(whole[: len(whole) // 2])
    assert keep_inventory(find_shards(moods), "", place).read_bytes() == whole


def test_a_source_that_changed_is_gone_through_again(moods, tmp_path):
    place = tmp_path / "place"
    first = keep_inventory(find_shards(moods), "", place)
    changed = moods / "data" / "validation-00000-of-00001.parquet"
    row = {**rows_of("anna")[0], "audio": {"bytes": noise(99), "path": "new.wav"}}
    pq.write_table(pa.Table.from_pylist([row], pq.read_schema(changed)), changed)
    second = keep_inventory(find_shards(moods), "", place)
    assert second != first
    assert [row.name for row in load_inventory(second).rows][-1] == "new.wav"
    assert len(load_inventory(second).rows) == 13


def test_the_same_bytes_are_one_file(tmp_path):
    folder = write_rows(tmp_path / "rows", [{"bytes": noise(1), "path": "a.wav"}, {"bytes": noise(1), "path": "b.wav"}])
    inventory = kept(folder, tmp_path / "place")
    assert [row.name for row in inventory.rows] == ["a.wav", "b.wav"]
    assert len(list((tmp_path / "place" / "audio").iterdir())) == 1


def test_endings_by_the_first_bytes(tmp_path):
    heads = {
        b"RIFF....": ".wav",
        b"fLaC": ".flac",
        b"OggS": ".ogg",
        b"ID3": ".mp3",
        b"FORM": ".aiff",
        b"?": ".m4a",
        b"!": ".audio",
    }
    names = ["x"] * 5 + ["x.m4a", "x.exe"]
    folder = write_rows(tmp_path / "rows", [{"bytes": head, "path": name} for head, name in zip(heads, names, strict=True)])
    inventory = kept(folder, tmp_path / "place")
    assert [os.path.splitext(row.path)[1] for row in inventory.rows] == list(heads.values())


def test_rows_without_a_recording_say_why(tmp_path):
    folder = tmp_path / "rows"
    outside = tmp_path / "outside.wav"
    outside.write_bytes(noise(1))
    folder.mkdir()
    (folder / "away.wav").symlink_to(outside)
    (folder / "near.wav").write_bytes(noise(2))
    paths = {
        None: "the row has no recording",
        "../outside.wav": "has '..'",
        str(outside): "lies outside the data set's folder",
        "away.wav": "a link that leads out",
        "hf://datasets/a/b/c.wav": "lies in a network",
        "a\\b.wav": "has backslashes",
    }
    audio = [None if path is None else {"bytes": None, "path": path} for path in paths]
    good = [{"bytes": None, "path": "near.wav"}, {"bytes": None, "path": str(folder / "near.wav")}]
    inventory = take_inventory(find_shards(write_rows(folder, [*audio, {"bytes": b"", "path": "x.wav"}, *good])))
    for row, why in zip(inventory.rows, [*paths.values(), "has no bytes"], strict=False):
        assert why in row.problem
        assert row.path == ""
        assert not row.name.startswith("/")  # an id is no path of this machine
    assert [(row.path, row.problem) for row in inventory.rows[-2:]] == [("near.wav", "")] * 2
    assert inventory.audio(inventory.rows[-1]) == folder / "near.wav"


def test_files_beside_a_table_stay_there(tmp_path):
    folder = tmp_path / "rows"
    (folder / "test").mkdir(parents=True)
    (folder / "test" / "a.wav").write_bytes(noise(1))
    (folder / "test" / "metadata.csv").write_text("file_name,kss\na.wav,3\ntest/a.wav,4\nmissing.wav,5\n")
    assert keep_inventory(find_shards(folder), "", tmp_path / "place") is None
    assert not (tmp_path / "place").exists()
    inventory = take_inventory(find_shards(folder))
    assert [row.path for row in inventory.rows] == ["test/a.wav", "test/a.wav", "test/missing.wav"]
    assert {row.split for row in inventory.rows} == {"test"}


def test_splits_from_the_folders_of_recordings(tmp_path):
    (tmp_path / "metadata.csv").write_text("file_name,kss\ntrain/a.wav,3\ndev/b.wav,4\nc.wav,4\n")
    assert [row.split for row in take_inventory(find_shards(tmp_path)).rows] == ["train", "validation", ""]


def test_recordings_in_tables_need_a_place(moods):
    with pytest.raises(RequestError, match="holds recordings inside the table"):
        take_inventory(find_shards(moods))


def test_tables_of_other_forms(tmp_path):
    write_rows(tmp_path, [{"bytes": None, "path": "a.wav"}], "a.parquet", kss=pa.array([1]))
    write_rows(tmp_path, [{"bytes": None, "path": "a.wav"}], "b.parquet", mood=pa.array(["x"]))
    with pytest.raises(RequestError, match=r"b\.parquet' has other columns, or .* than .*a\.parquet': mood, not kss"):
        take_inventory(find_shards(tmp_path))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_tables_that_hold_their_columns_in_another_order(tmp_path, ending):
    rows = {"test": {"file_name": "b.wav", "kss": 8, "age": 30, "speaker": "ben"}}
    rows["train"] = {"speaker": "anna", "age": 70, "file_name": "a.wav", "kss": 2}
    for split, row in rows.items():
        path = tmp_path / split / f"metadata.{ending}"
        path.parent.mkdir()
        if ending == "csv":
            path.write_text("\n".join([",".join(row), ",".join(map(str, row.values()))]) + "\n")
        elif ending == "jsonl":
            path.write_text(json.dumps(row) + "\n")
        else:
            pq.write_table(pa.Table.from_pylist([row]), path)
    taken = take_inventory(find_shards(tmp_path))
    assert set(taken.numeric) == ({"kss", "age"} if ending == "parquet" else set())
    found = {row.split: dict(zip(taken.columns, row.cells, strict=True)) for row in taken.rows}
    assert found == {split: {name: str(row[name]) for name in ("kss", "age", "speaker")} for split, row in rows.items()}


def test_inventories_of_others_are_not_used(moods, tmp_path):
    path = keep_inventory(find_shards(moods), "", tmp_path / "place")
    text = path.read_text()
    for other in ("[]", '{"format": 0}', '{"format": 1}', "{", text.replace('"rows"', '"lines"')):
        path.write_text(other)
        assert load_inventory(path) is None
    path.write_text(text.replace("audio/", "../audio/", 1))
    row, *others = load_inventory(path).rows
    assert "has '..'" in row.problem
    assert not any(other.problem for other in others)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written(moods, tmp_path):
    (tmp_path / "place").mkdir(mode=0o500)
    with pytest.raises(Exception, match="cannot be written"):
        keep_inventory(find_shards(moods), "", tmp_path / "place")


def test_a_recording_that_is_neither_bytes_nor_a_path_is_told(tmp_path):
    folder = tmp_path / "rows"
    folder.mkdir()
    rows = [{"file_name": value, "kss": 3} for value in (5, ["a.wav"], True, "a\ud800.wav", "a" * 300)]
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    problems = [row.problem for row in take_inventory(find_shards(folder)).rows]
    assert problems[:3] == ["the row has no recording"] * 3
    assert problems[3].endswith("holds characters that are no text")
    assert problems[4].endswith("no file has more than 255 in one")
