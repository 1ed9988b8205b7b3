"""Gathering: several files may name the same recording, as long as they agree."""

from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.corpora.corpus import Target
from bench.corpora.gathering import Gathering
from bench.corpora.rating import RatedFile, Rating
from bench.corpora.recording import Recordings

KSS = Target("kss", "measured", "", ("not sleepy", "sleepy"), (1, 10), "KSS", (7.5,))


@pytest.fixture
def gathering(tmp_path):
    return Gathering(Recordings(tmp_path), KSS, says_speaker=False)


def rated(name, *rows):
    """A file of rows (recording, label, part)."""
    ratings = [Rating(n, "", path, label, "", part) for n, (path, label, part) in enumerate(rows, start=2)]
    return RatedFile(Path(name), "class", ("f", "class"), tuple(ratings), says_speaker=False, by_name=True, problems=())


def test_what_is_new_is_taken(gathering):
    gathering.add(rated("1.arff", ("a.wav", "SL", ""), ("b.wav", "", "")))
    gathering.add(rated("2.arff", ("x/b.wav", "3", "test"), ("x/a.wav", "9", "train")))
    assert gathering.problems == []
    assert [(clip.id, dict(clip.labels), clip.split) for clip in gathering.clips.values()] == [
        ("a", {"sleepy": "sleepy", "kss": 9}, "train"),
        ("b", {"sleepy": "not sleepy", "kss": 3}, "test"),
    ]


def test_what_contradicts_is_told(gathering):
    gathering.add(rated("1.arff", ("a.wav", "SL", "train"), ("b.wav", "NSL", "train")))
    gathering.add(rated("2.arff", ("a.wav", "2", "train"), ("b.wav", "2", "test")))
    assert gathering.problems == [
        "2.arff, row 2: the label of sleepy of 'a' is 'not sleepy' here, and 'sleepy' in another file",
        "2.arff, row 3: the part of 'b' is 'test' here, and 'train' in another file",
    ]


def test_twice_in_one_file(gathering):
    gathering.add(rated("1.arff", ("x/a.wav", "SL", "train"), ("y/a.wav", "SL", "train"), ("", "SL", "train")))
    assert gathering.problems == [
        "1.arff, row 3: the id 'a' stands in row 2 already",
        "1.arff, row 4: the file name is empty",
    ]


def test_labels_of_another_kind(gathering):
    gathering.add(rated("1.arff", ("a.wav", "SL", "train"), ("b.wav", "awake", "train")))
    assert gathering.problems == ["1.arff, row 3: the label 'awake' is neither NSL nor SL"]
    with pytest.raises(RequestError, match=r"no rating of sleepiness in 'class', but 0, 11\..*there are f, class"):
        gathering.add(rated("2.arff", ("a.wav", "0", "train"), ("b.wav", "11", "train")))


def test_parts_are_needed_where_speakers_are_not_known(gathering):
    files = [rated("1.arff", ("a.wav", "SL", "train"), ("b.wav", "SL", ""))]
    gathering.add(files[0])
    (problem,) = gathering.missing_parts(files)
    assert problem.startswith("1 recordings, the first is 'b'")
