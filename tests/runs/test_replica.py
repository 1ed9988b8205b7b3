"""Replicas: label files as they are, recordings of the same size that hold nothing."""

import os

import pytest

from bench.runs.replica import Folder, escape_by_link, escape_by_name, replicate


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / "corpus"
    (top / "a" / "wav").mkdir(parents=True)
    (top / "lab").mkdir()
    (top / "lab" / "labels.csv").write_text("name,label\nx.wav,1\ny.wav,2\n")
    (top / "films.bin").write_bytes(b"\1" * 1000)
    for name in ("x", "y"):
        (top / "a" / "wav" / f"{name}.wav").write_bytes(b"RIFF" * 100)
    (top / "a" / "up").symlink_to(top)  # round and round
    recordings = tuple(top / "a" / "wav" / f"{name}.wav" for name in "xy")
    return Folder(top, (top / "lab" / "labels.csv",), recordings)


def test_recordings_are_empty_and_of_the_same_size(folder, tmp_path):
    root = replicate(folder, tmp_path / "copy")
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir())
    assert files == ["a/wav/x.wav", "a/wav/y.wav", "films.bin", "lab/labels.csv"]
    assert (root / "a" / "wav" / "x.wav").read_bytes() == bytes(400)
    assert not (root / "lab" / "labels.csv").is_symlink()
    assert (root / "lab" / "labels.csv").read_bytes() == (folder.root / "lab" / "labels.csv").read_bytes()
    assert (root / "films.bin").resolve() == folder.root / "films.bin"


def test_a_link_that_leads_to_itself_is_one_in_the_replica_too(folder, tmp_path):
    for name in ("round.txt", "round.wav"):
        (folder.root / name).symlink_to(folder.root / name)
    (folder.root / "gone.txt").symlink_to(folder.root / "nowhere")
    root = replicate(folder, tmp_path / "copy")
    assert os.readlink(root / "round.txt") == str(folder.root / "round.txt")
    assert not (root / "round.txt").exists()
    assert os.readlink(root / "gone.txt") == str(folder.root / "nowhere")
    assert (root / "round.wav").read_bytes() == b""


def test_a_file_takes_along_what_its_reader_named(folder, tmp_path):
    table = folder.root / "lab" / "labels.csv"
    root = replicate(Folder(table, (table,), ()), tmp_path / "copy")
    assert root == tmp_path / "copy" / "labels.csv"
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["labels.csv"]


def test_a_name_that_leads_out_has_a_recording_at_its_end(folder, tmp_path):
    escape = escape_by_name(folder, tmp_path / "escape")
    assert escape.written == "../../../outside/x.wav"
    assert (escape.root / "lab" / "labels.csv").read_text().splitlines()[1:] == [f"{escape.written},1", "y.wav,2"]
    for start in ("a/wav", "lab", "."):  # wherever a reader begins the path
        end = os.path.normpath(escape.root / start / escape.written)
        assert os.path.isfile(end)
        assert os.path.commonpath([end, escape.top]) != str(escape.top)


def test_a_link_that_leads_out(folder, tmp_path):
    escape = escape_by_link(folder, tmp_path / "escape")
    assert (escape.root / "a" / "wav" / "x.wav").resolve() == tmp_path / "escape" / "outside" / "x.wav"
    assert not (escape.root / "a" / "wav" / "y.wav").is_symlink()


def test_where_no_label_file_names_a_recording_there_is_nothing_to_try(folder, tmp_path):
    silent = Folder(folder.root, (), folder.recordings)
    assert escape_by_name(silent, tmp_path / "one") is None
    assert escape_by_link(silent, tmp_path / "two") is None
    (folder.root / "lab" / "labels.csv").write_bytes(b"x.wav\0")
    assert escape_by_name(folder, tmp_path / "three") is None  # no text
