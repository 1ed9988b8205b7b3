from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.corpora.corpus import Clip
from bench.features.join import by_file, by_id, strangers


def clips(*paths):
    return [Clip(path, "s", Path("/here") / path, {}) for path in paths]


def test_ids_are_joined_exactly_and_strangers_are_named():
    rows = ["b", "A", "c"]
    joined = by_id(rows, clips("a", "b"))
    assert joined == {"b": 0}
    assert strangers(rows, joined) == ("A", "c")


@pytest.mark.parametrize(
    "rows",
    [
        ["a/01.wav", "b/01.wav", "b/02.wav"],
        ["/data/x/a/01.flac", "/data/x/b/01.flac", "/data/x/b/02.flac"],
        ["C:\\corpus\\a\\01.wav", "C:\\corpus\\b\\01.wav", "C:\\corpus\\b\\02.wav"],
        ["a/01", "b/01", "02"],
    ],
)
def test_files_are_joined_wherever_they_lay(rows):
    assert by_file(rows, clips("a/01.wav", "b/01.wav", "b/02.wav")) == {"a/01.wav": 0, "b/01.wav": 1, "b/02.wav": 2}


def test_names_that_tell_clips_apart_need_no_folder():
    assert by_file(["one.v2.wav", "two"], clips("a/one.v2.wav", "b/two.ogg")) == {"a/one.v2.wav": 0, "b/two.ogg": 1}


def test_a_row_of_another_folder_is_no_clip_where_names_repeat():
    rows = ["a/01.wav", "b/01.wav", "c/01.wav"]
    joined = by_file(rows, clips("a/01.wav"))
    assert joined == {"a/01.wav": 0}
    assert strangers(rows, joined) == ("b/01.wav", "c/01.wav")


@pytest.mark.parametrize(
    ("rows", "files"),
    [
        (["ben/01.wav"], ["anna/01.wav"]),
        (["/there/ben/01.wav", "/there/ben/02.wav"], ["anna/01.wav", "carl/02.wav"]),
        (["/there/ben/01.wav", "/there/carl/02.wav"], ["anna/01.wav", "anna/02.wav"]),
        (["/there/ben/x/01.wav", "/there/carl/x/02.wav"], ["anna/x/01.wav", "anna/x/02.wav"]),
    ],
)
def test_folders_that_differ_are_not_joined_though_the_name_is_unique(rows, files):
    joined = by_file(rows, clips(*files))
    assert joined == {}
    assert strangers(rows, joined) == tuple(rows)


def test_a_folder_that_is_the_speaker_must_agree():
    anna = [Clip(name, "anna", Path("/here/anna") / name, {}) for name in ("01.wav", "02.wav")]
    assert by_file(["/there/ben/01.wav", "/there/ben/02.wav"], anna) == {}
    assert by_file(["/there/anna/01.wav", "/there/anna/02.wav"], anna) == {"01.wav": 0, "02.wav": 1}


def test_a_corpus_that_was_moved_is_joined():
    assert by_file(["/data/wavs/01.wav", "/data/wavs/02.wav"], clips("01.wav", "02.wav")) == {"01.wav": 0, "02.wav": 1}
    relative = [Clip(name, "s", Path("night") / name, {}) for name in ("01.wav", "02.wav")]
    assert by_file(["/data/01.wav", "/data/02.wav"], relative) == {"01.wav": 0, "02.wav": 1}
    assert by_file(["old/a/01.wav", "old/b/02.wav", "03.wav"], clips("a/01.wav", "b/02.wav", "b/03.wav")) == {
        "a/01.wav": 0,
        "b/02.wav": 1,
        "b/03.wav": 2,
    }


def test_a_row_that_says_too_little_is_refused():
    with pytest.raises(RequestError, match=r"The row '01.wav' fits 2 clips, 'a/01.wav' and 'b/01.wav'"):
        by_file(["01.wav"], clips("a/01.wav", "b/01.wav"))


def test_two_rows_for_one_clip_are_refused():
    with pytest.raises(RequestError, match=r"2 rows fit the clip 'a/01.wav', 'a/01.wav' and 'a/01.flac'"):
        by_file(["a/01.wav", "a/01.flac"], clips("a/01.wav"))


def test_a_file_with_several_clips_is_refused():
    with pytest.raises(RequestError, match=r"'01.wav' holds 2 clips"):
        by_file(["01.wav"], [Clip(n, "s", Path("/here/01.wav"), {}, float(n), float(n) + 1) for n in "12"])


def test_nothing_is_joined_to_nothing():
    assert by_file(["a"], []) == by_id(["a"], []) == by_file([], clips("a")) == {}
