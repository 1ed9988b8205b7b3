"""Folders: which recordings lie below them, and what is said of a wrong one."""

import pytest

from bench.base.error import RequestError
from bench.corpora.tree import audio_files, check_folder, find_audio, wrong_folder


def test_audio_is_found_and_junk_is_not(tmp_path):
    for name in ("b/x.WAV", "a/y.flac", "a/._y.flac", "__MACOSX/z.wav", ".hidden/z.wav", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    assert [path.relative_to(tmp_path).as_posix() for path in audio_files(tmp_path)] == ["a/y.flac", "b/x.WAV"]


def test_sentences(tmp_path):
    with pytest.raises(RequestError, match=r"does not exist\. Expected is the whole release"):
        check_folder(tmp_path / "no", "the whole release")
    (tmp_path / "file").touch()
    with pytest.raises(RequestError, match="is a file, not a folder"):
        check_folder(tmp_path / "file", "the whole release")
    with pytest.raises(RequestError, match=r"holds no audio.*: the whole release"):
        audio_files(tmp_path, "the whole release")
    for number in range(7):
        (tmp_path / f"d{number}").mkdir()
    text = str(wrong_folder(tmp_path, "the whole release"))
    assert "holds d0/, d1/, d2/, d3/, d4/ and 3 more. Expected is the whole release." in text


def test_nothing_expected_nothing_found(tmp_path):
    assert find_audio(tmp_path) == find_audio(tmp_path / "no") == []
    (tmp_path / "a.wav").touch()
    assert find_audio(tmp_path) == audio_files(tmp_path) == [tmp_path / "a.wav"]
