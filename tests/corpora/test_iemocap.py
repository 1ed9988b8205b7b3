"""IEMOCAP as it is published, in full size and with what is wrong in copies."""

import os
import shutil
import sys
import time
from collections import Counter

import pytest
import soundfile

from bench.base.error import RequestError
from bench.corpora.iemocap import Iemocap
from bench.corpora.proxy import VARIANTS, rated_labels
from bench.corpora.tree import AUDIO_ENDINGS
from bench.decoders.decoder import decode
from bench.protocols.splitter import make_folds
from tests.layouts.iemocap import CATEGORIES, N_OUTSIDE, N_SCRIPTED, N_TURNS, TALKERS, put, write_iemocap, write_release


class Watch:
    """Which files are opened, while it is on. A hook of the interpreter cannot be taken out again."""

    def __init__(self):
        self.on = False
        self.opened = []
        sys.addaudithook(self.note)

    def note(self, event, given):
        if self.on and event == "open":
            self.opened.append(str(given[0]))


WATCH = Watch()


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return write_release(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def corpus(published):
    return Iemocap().read(published)


@pytest.fixture
def tiny(tmp_path):
    return write_iemocap(tmp_path / "tiny") / "IEMOCAP_full_release"


def test_the_published_size(corpus):
    assert len(corpus.clips) == N_TURNS == 10_039
    assert Counter(clip.speaker for clip in corpus.clips) == TALKERS
    assert Counter(clip.traits["style"] for clip in corpus.clips) == {
        "scripted": N_SCRIPTED,
        "improvised": N_TURNS - N_SCRIPTED,
    }
    assert (N_SCRIPTED, N_TURNS - N_SCRIPTED) == (5_255, 4_784)
    assert len({clip.traits["dialogue"] for clip in corpus.clips}) == 151
    assert Counter(clip.traits["sex"] for clip in corpus.clips) == {"female": 4800, "male": 5239}
    assert not corpus.excluded
    assert decode(corpus.clips[-1].path).wave.duration_s == pytest.approx(0.1)


def test_nothing_is_decoded_while_indexing(published, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a recording was opened")

    for name in ("SoundFile", "info", "read"):
        monkeypatch.setattr(soundfile, name, refuse)
    WATCH.on = True
    start = time.perf_counter()
    Iemocap().read(published)
    seconds = time.perf_counter() - start
    WATCH.on = False
    opened = Counter(os.path.splitext(path)[1].lower() for path in WATCH.opened)
    assert opened[".txt"] == 151
    assert not set(opened) & AUDIO_ENDINGS
    assert seconds < 10


def test_targets(corpus):
    proxy, *variants, emotion, valence, activation, dominance = corpus.targets
    assert [proxy.name, *(variant.name for variant in variants)] == list(VARIANTS)
    assert {variant.variant_of for variant in variants} == {proxy.name}
    assert (emotion.kind, emotion.forms, emotion.ordinal) == ("acted", ("level",), False)
    assert {(target.kind, target.forms, target.scale) for target in (valence, activation, dominance)} == {
        ("acted", ("score",), (1, 5))
    }
    emotions = Counter(clip.labels.get("emotion") for clip in corpus.clips)
    four = {"angry": 1103, "happy": 595 + 1041, "neutral": 1708, "sad": 1084}
    assert emotions == {**four, None: N_TURNS - 5_531}
    assert sum(four.values()) == 5_531
    for clip in corpus.clips[::500]:
        rated = [clip.labels[name] for name in ("valence", "activation", "dominance")]
        assert clip.labels.items() >= rated_labels(*rated).items()


def test_no_majority_is_kept_in_both_forms(corpus):
    proxy = corpus.target("fatigue-proxy")
    unsure = [clip for clip in corpus.clips if clip.traits["category"] == "no majority"]
    assert len(unsure) == CATEGORIES["xxx"] == 2507
    assert {proxy.level(clip.labels["fatigue-proxy"]) for clip in unsure} == {0, 1, 2}


def test_the_card(corpus):
    notes = " ".join(corpus.notes)
    assert f"{N_OUTSIDE} turns have a rating outside 1 to 5" in notes
    assert "10,039 turns have a sentence file, 0 are cut from their dialogue" in notes
    assert "2,507 turns have no majority" in notes
    assert "not read" not in notes
    assert "dyads treated as independent" in corpus.caution
    assert "not re-checked" in corpus.published
    assert corpus.splitter == "sessions"
    assert "Busso" in corpus.citation
    assert corpus.licence
    assert "sail.usc.edu" in corpus.source


def test_leaving_a_session_out_leaves_both_talkers_out(corpus):
    folds = make_folds(corpus.clips, corpus.target("fatigue-proxy"), "sessions")
    speaker = {clip.id: clip.speaker for clip in corpus.clips}
    assert [fold.name for fold in folds] == ["Session1", "Session2", "Session3", "Session4", "Session5"]
    for number, fold in enumerate(folds, start=1):
        tested = {speaker[clip] for clip in fold.test}
        assert tested == {f"Ses0{number}F", f"Ses0{number}M"}
        assert not tested & {speaker[clip] for clip in fold.train}
        assert len(fold.test) + len(fold.train) == N_TURNS


def test_the_parts(published, corpus):
    improvised, scripted = (Iemocap(part=part).read(published) for part in ("improvised", "scripted"))
    assert (len(improvised.clips), len(improvised.excluded)) == (4_784, 5_255)
    assert (len(scripted.clips), len(scripted.excluded)) == (5_255, 4_784)
    assert {clip.id for clip in improvised.clips} == {gone.clip_id for gone in scripted.excluded}
    assert {clip.text for clip in improvised.clips} == {f"impro0{n}" for n in range(1, 9)}
    assert {clip.text for clip in scripted.clips if clip.session == "Session1"} == {
        clip.text for clip in scripted.clips if clip.session == "Session5"
    }
    assert improvised.name == "iemocap[part=improvised]"
    assert improvised.excluded[0].reason == "it is scripted, and iemocap[part=improvised] was asked for"
    with pytest.raises(RequestError, match="Did you mean 'improvised'"):
        Iemocap(part="improvized")


def test_the_tiny_release_with_its_traps(tiny):
    corpus = Iemocap().read(tiny)
    assert len(corpus.clips) == 32
    assert {clip.speaker for clip in corpus.clips} == {"Ses01F", "Ses01M", "Ses02F", "Ses02M"}
    reasons = [gone.reason for gone in corpus.excluded]
    assert len(reasons) == 3
    for part in ("stands at Session2", "not of the dialogue", "not of the form"):
        assert [part in reason for reason in reasons].count(True) == 1
    assert "16 turns have a sentence file, 16 are cut from their dialogue" in corpus.notes[1]
    assert corpus.notes[0] == "Without label files, so not read: Session3, Session4, Session5 of the five sessions."
    for clip in corpus.clips:
        assert decode(clip.path, clip.start_s, clip.end_s).wave.duration_s == pytest.approx(0.5)


def test_the_release_and_the_folder_that_holds_it(tiny, tmp_path):
    inside, above = Iemocap().read(tiny), Iemocap().read(tiny.parent)
    assert above == inside
    renamed = tmp_path / "moved" / "IEMOCAP"
    shutil.copytree(tiny, renamed)
    assert Iemocap().read(renamed).identity == Iemocap().read(renamed.parent).identity == inside.identity
    shutil.copytree(tiny, renamed.with_name("again"))
    with pytest.raises(RequestError, match="several releases: IEMOCAP, again"):
        Iemocap().read(renamed.parent)


def test_label_files_alone_will_do(tiny):
    before = Iemocap().read(tiny)
    for session in tiny.glob("Session*"):
        shutil.rmtree(session / "sentences", ignore_errors=True)
        shutil.rmtree(session / "dialog" / "wav", ignore_errors=True)
    corpus = Iemocap().read(tiny)
    assert [(clip.id, clip.speaker, clip.labels) for clip in corpus.clips] == [
        (clip.id, clip.speaker, clip.labels) for clip in before.clips
    ]
    assert len(make_folds(corpus.clips, corpus.target("fatigue-proxy"), "sessions")) == 2


def test_a_label_file_that_leads_out_is_not_read(tiny, tmp_path):
    before = Iemocap().read(tiny)
    outside = put(tmp_path / "outside.txt", "[1.0 - 2.0]\tSes01F_impro07_F000\tang\t[2.0, 3.0, 4.0]\n")
    (tiny / "Session1/dialog/EmoEvaluation/Ses01F_impro07.txt").symlink_to(outside)
    after = Iemocap().read(tiny)
    assert after.clips == before.clips
    assert [(gone.clip_id, gone.reason) for gone in after.excluded if gone not in before.excluded] == [
        (
            "Session1/dialog/EmoEvaluation/Ses01F_impro07.txt",
            "the label file is a link that leads out of the release",
        )
    ]


def test_wrong_folders(tiny, tmp_path):
    def refused(folder, match):
        with pytest.raises(RequestError, match=match):
            Iemocap().read(folder)

    expected = "Expected is the folder IEMOCAP_full_release as it is published"
    refused(tmp_path / "nowhere", f"nowhere' does not exist. {expected}")
    refused(put(tmp_path / "iemocap.tar.gz", ""), "is a file, not a folder")
    refused(tiny / "Session1", f"holds dialog/, sentences/. {expected}")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", f"holds nothing. {expected}")
    put(tmp_path / "ravdess" / "Actor_01" / "03-01-01-01-01-01-01.wav", "")
    refused(tmp_path / "ravdess", f"holds Actor_01/. {expected}")
    for session in tiny.glob("Session*"):
        shutil.rmtree(session / "dialog")
    refused(
        tiny, f"holds Documentation/, Session1/, Session2/. {expected}, with the label files in Session1/dialog/EmoEvaluation"
    )


def test_label_files_without_a_turn_that_was_asked_for(tmp_path):
    put(
        tmp_path / "Session1" / "dialog" / "EmoEvaluation" / "Ses01F_impro01.txt",
        "[1 - 2]\tSes01F_impro01_F000\tneu\t[3, 3, 3]",
    )
    assert len(Iemocap().read(tmp_path).clips) == 1
    with pytest.raises(RequestError, match=r"none of their lines is a turn of iemocap\[part=scripted\].*it is improvised"):
        Iemocap(part="scripted").read(tmp_path)
