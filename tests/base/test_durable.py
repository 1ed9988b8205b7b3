import errno
import os

import pytest

from bench.base.durable import TEMPORARY, Unwritable, make_folder, sync_folder, unwritable, write_whole


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "manifest.json"
    write_whole(path, b"one")
    write_whole(path, b"and two")
    assert path.read_bytes() == b"and two"
    assert os.listdir(tmp_path) == ["manifest.json"]


def test_readers_hold_on_to_the_old_file_and_never_see_half_of_the_new(tmp_path):
    path = tmp_path / "part"
    write_whole(path, b"old" * 1000)
    with path.open("rb") as stream:
        assert stream.read(3) == b"old"
        write_whole(path, b"new" * 1000)
        assert stream.read() == b"old" * 999
    assert path.read_bytes() == b"new" * 1000


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch, error):
    path = tmp_path / "part"
    write_whole(path, b"old")

    def fails(handle):
        raise error

    monkeypatch.setattr("bench.base.durable.os.fsync", fails)
    with pytest.raises(Unwritable if isinstance(error, OSError) else KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["part"]


def test_bytes_are_on_disk_before_they_get_their_name(tmp_path, monkeypatch):
    seen = []
    fsync = os.fsync

    def watched(handle):
        seen.append(sorted(name.startswith(TEMPORARY) for name in os.listdir(tmp_path)))
        fsync(handle)

    monkeypatch.setattr("bench.base.durable.os.fsync", watched)
    write_whole(tmp_path / "part", b"new")
    assert seen == [[True], [False]]  # the file under its passing name, then the folder with the name that stays


def test_a_place_that_is_no_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unwritable, match=r"'.*file/below' cannot be written\..*Not a directory.*Give another place"):
        make_folder(tmp_path / "file" / "below")
    with pytest.raises(Unwritable, match=r"none' cannot be written\. No such file or directory\. Give another place\."):
        write_whole(tmp_path / "none" / "part", b"x")


def test_folders_are_made_with_those_above_and_may_be_there(tmp_path):
    for _ in range(2):
        make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_syncing_a_folder_that_is_not_there_fails(tmp_path):
    sync_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "none")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "The disk is full."),
        (errno.EDQUOT, "The quota is used up."),
        (errno.EROFS, "The file system is read-only."),
        (errno.EACCES, "You may not write there."),
        (errno.EPERM, "You may not write there."),
        (errno.EIO, "Input/output error."),
    ],
)
def test_each_reason_has_a_sentence_that_names_the_place(tmp_path, number, said):
    text = str(unwritable(OSError(number, os.strerror(number)), tmp_path))
    assert text.startswith(f"{str(tmp_path)!r} cannot be written. {said} ")
    assert text.endswith(".")


def test_an_error_without_a_number_is_said_in_its_own_words(tmp_path):
    assert "it is odd. Give another place." in str(unwritable(OSError("it is odd"), tmp_path))
