"""The look: every recording is looked at, and none ends it."""

from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.runs.look import corpus_place, look
from bench.runs.progress import Quiet


class Told(Quiet):
    def __init__(self):
        self.seen = []

    def stage(self, name, total):
        self.seen.append((name, total))

    def step(self, done, what=""):
        self.seen.append(done)


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("ravdess=/data", "ravdess", "/data"),
        ("young:folder[a=b=c]=/d=e[f", "young:folder[a=b=c]", "/d=e[f"),
        ("synthetic[effect=0]", "synthetic[effect=0]", None),
        ("x=~", "x", str(Path.home())),
    ],
)
def test_places(text, name, path):
    assert corpus_place(text) == (name, Path(path) if path else None)


@pytest.mark.parametrize("text", ["", "=", "=/data", "ravdess="])
def test_places_that_are_none(text):
    with pytest.raises(RequestError, match="Expected is NAME=PATH"):
        corpus_place(text)


def test_broken_recordings_are_facts(recordings, tmp_path):
    (recordings.folder / "s0_1.wav").write_bytes(b"RIFF")
    (recordings.folder / "s0_2.wav").unlink()
    told = Told()
    seen = look("tiny", recordings.folder, tmp_path / "cache", 1, told)
    assert len(seen.corpus.clips) == len(seen.facts) == 36
    problems = {clip_id: fact.problem for clip_id, fact in seen.facts.items() if fact.problem}
    assert set(problems) == {"s0_1", "s0_2"}
    assert problems["s0_2"] == "the file does not exist"
    assert told.seen[:2] == [("clips", 35), 0]
    assert told.seen[-1] == 35
    again = Told()
    assert look("tiny", recordings.folder, tmp_path / "cache", None, again).facts == seen.facts
    assert again.seen == []  # known by their bytes, the broken one, too


def test_jobs_are_a_number_of_processes(recordings, tmp_path):
    with pytest.raises(RequestError, match="`jobs` is 0"):
        look("tiny", recordings.folder, tmp_path, 0, Quiet())
