"""Promises that can be seen from one reading: a corpus that keeps them all, and one fault at a time."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.corpora.reader import CorpusReader
from bench.runs.corpus_promise import PROMISES, Case
from bench.runs.witness import Reading, described

KSS = Target("kss", "measured", "What they said they felt like.", scale=(1, 9), unit="KSS")


class Night(CorpusReader):
    """Nobody reads with it here."""

    name = "night"
    version = "1"


class Made(Night):
    """One that makes its recordings."""

    name = "made"

    @property
    def makes_itself(self):
        return True


@dataclass
class Study:
    """The folder of a study, and the corpus that a right reader gives of it."""

    folder: Path
    corpus: Corpus

    def faults(self, corpus=None, opened=("rows.csv",), reader=None, **changes):
        corpus = replace(corpus or self.corpus, **changes)
        paths = tuple(str(self.folder / name) for name in opened)
        reading = Reading(str(self.folder), described(corpus), opened=paths)
        case = Case(reader or Night(), self.folder, self.folder.parent / "cache", reading)
        return [fault for promise in PROMISES for fault in promise(case)]

    def first(self, **changes):
        """The clips, the first of them changed."""
        return {"clips": (replace(self.corpus.clips[0], **changes), *self.corpus.clips[1:])}


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "night"
    (folder / "wav").mkdir(parents=True)
    (folder / "rows.csv").write_text("id,path\n")
    for n in range(5):
        (folder / "wav" / f"n{n}.wav").touch()
    clips = tuple(Clip(f"n{n}", "ab"[n % 2], folder / "wav" / f"n{n}.wav", {"kss": n + 1.0}) for n in range(4))
    corpus = Corpus(
        name="night",
        version="1",
        targets=(KSS,),
        clips=clips,
        excluded=(Exclusion("wav/n4.wav", "rows.csv does not name it"),),
        about="Nurses read a list of words at night.",
        licence="None.",
        citation="Nobody (2026).",
        published="Five recordings.",
        source="Ask at the door.",
    )
    return Study(folder, corpus)


def only(faults):
    (fault,) = faults
    assert fault.endswith(".")
    return fault


def test_a_right_corpus_has_no_fault(study):
    assert study.faults() == []


def test_ids_hold_no_place(study):
    place = str(study.corpus.clips[0].path)
    assert f"The id {place!r} is a path on this machine" in only(study.faults(**study.first(id=place)))
    assert "'C:/n0.wav' is a path" in only(study.faults(**study.first(id="C:/n0.wav")))
    assert "is a path" in study.faults(excluded=(Exclusion(str(study.folder / "wav" / "n4.wav"), "too loud"),))[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start_s": 2.0, "end_s": 1.0}, "The clip 'n0' goes from 2 s to 1 s; expected are seconds from 0 up"),
        ({"start_s": -1.0}, "The clip 'n0' goes from -1 s to inf s"),
        ({"turns": ((2.0, 3.0), (0.0, 1.0))}, "The clip 'n0' has turns that are not in order"),
        ({"speaker": "c "}, "has the speaker 'c '; spaces around a name make two people of one"),
        ({"traits": {"age": 40}}, "has a trait that is no text"),
        ({"confidence": {"recognised": float("nan")}}, "has a confidence that is no finite number"),
    ],
)
def test_what_a_clip_holds(study, changes, sentence):
    assert sentence in only(study.faults(**study.first(**changes)))


def test_a_stretch_is_one_clip(study):
    first = study.corpus.clips[0]
    twice = study.faults(clips=(*study.corpus.clips, replace(first, id="n0b")))
    assert "The clips 'n0' and 'n0b' are the same stretch of the same file" in only(twice)
    parts = (replace(first, id="n0a", end_s=1.0), replace(first, id="n0b", start_s=1.0))
    assert study.faults(clips=(*study.corpus.clips[1:], *parts)) == []


def test_the_card_is_complete(study):
    found = study.faults(about="nurses", licence="", citation="", published=" ", source="")
    assert len(found) == 5
    assert found[0] == "`about` is 'nurses'; the card needs a sentence on who speaks and how. Write one."
    assert found[4] == "`source` is empty; others must be able to get it, too. Say it, or that it is not stated."
    assert "The corpus says version '2' and its reader '1'." in only(study.faults(version="2"))


def test_a_user_need_not_say_how_to_get_their_own(study):
    assert study.faults(name="mine", about="", licence="", citation="", published="", source="") == []


def test_targets_have_labels_and_say_what_they_are(study):
    bare = tuple(replace(clip, labels={}) for clip in study.corpus.clips)
    assert "It has no target" in only(study.faults(targets=(), clips=bare))
    assert "No clip has a label of the target 'kss'" in only(study.faults(clips=bare))
    assert "The target 'kss' has the `about` 'KSS'" in only(study.faults(targets=(replace(KSS, about="KSS"),)))


def test_exclusions_have_reasons_and_add_up(study):
    gone = study.corpus.excluded
    assert "'wav/n4.wav' is excluded without a reason" in only(study.faults(excluded=(Exclusion("wav/n4.wav", " "),)))
    assert "'n1' is a clip and excluded" in only(study.faults(excluded=(*gone, Exclusion("n1", "too loud"))))
    assert "'wav/n4.wav' is excluded 2 times" in only(study.faults(excluded=gone * 2))


@pytest.mark.parametrize("name", ["wav/n4.wav", "n4.wav", "n4", "wav/n4"])
def test_what_is_excluded_may_be_called_by_its_path_or_its_name(study, name):
    assert study.faults(excluded=(Exclusion(name, "too loud"),)) == []


def test_no_recording_is_dropped_quietly(study):
    (study.folder / "wav" / "rest").mkdir()
    for n in (7, 8):
        (study.folder / "wav" / "rest" / f"n{n}.wav").touch()
    (study.folder / "wav" / "._n9.wav").touch()
    assert only(study.faults()) == (
        "'wav/rest/n7.wav', 'wav/rest/n8.wav' is a recording but neither a clip nor excluded, so it was dropped quietly. "
        "Exclude it with a reason, or write a note that names its folder or says how many recordings they are."
    )


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("Those of wav/rest were made in the corridor.", True),
        ("n7.wav and n8.wav are noise.", True),
        ("2 recordings are noise and no clips.", True),
        ("n7.wav is noise.", False),
        ("2 recordings are noise and no clips (n7.wav the first).", True),
        ("12 recordings are noise and no clips.", False),
        ("The rest is noise.", False),
        ("Those of wav/restored are older.", False),
    ],
)
def test_what_is_left_out_may_be_told_in_a_note(study, note, told):
    (study.folder / "wav" / "rest").mkdir()
    for n in (7, 8):
        (study.folder / "wav" / "rest" / f"n{n}.wav").touch()
    assert (study.faults(notes=(note,)) == []) is told


def test_nothing_is_opened_while_indexing(study):
    opened = [f"wav/n{n}.wav" for n in range(4)]
    assert "it opened 'n0.wav', 'n1.wav', 'n2.wav' and 1 more" in only(study.faults(opened=opened))
    assert study.faults(opened=opened, reader=Made(), name="made") == []


def test_two_of_a_name_may_be_compared(study):
    """A second recording of the name is excluded as a copy, or as another one."""
    assert study.faults(opened=["wav/n0.wav", "again/n0.wav"]) == []


def test_nothing_outside_is_read(study):
    assert "It read outside the folder that it was given: " in only(study.faults(opened=["../secret.txt"]))
    own = Path(pytest.__file__)
    assert study.faults(opened=[own, "/usr/share/zoneinfo/UTC", Path.home() / ".cache" / "any.json"]) == []
    found = study.faults(**study.first(path=study.folder / ".." / "n.wav"))
    assert "'wav/n0.wav' is a recording but neither a clip nor excluded" in found[0]
    assert "The recording of a clip lies outside the folder that it was given: " in only(found[1:])
    assert "outside the folder" in study.faults(**study.first(path=Path("wav/n0.wav")))[-1]


def test_a_link_inside_is_the_users_own(study, tmp_path):
    (tmp_path / "disk.wav").touch()
    first = study.corpus.clips[0].path
    first.unlink()
    first.symlink_to(tmp_path / "disk.wav")
    assert study.faults() == []
