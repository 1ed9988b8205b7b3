"""RAVDESS in the layouts that people have."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.corpora.proxy import VARIANTS
from bench.corpora.ravdess import Ravdess

NAME = "03-01-{emotion:02d}-{intensity:02d}-{statement:02d}-{repetition:02d}-{actor:02d}"


def put(folder: Path, name: str, content: bytes = b"") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content or name.encode())
    return path


def actor_names(actor: int) -> list[str]:
    """The 60 names of one actor as the release has them: neutral has no strong intensity."""
    return [
        NAME.format(emotion=emotion, intensity=intensity, statement=statement, repetition=repetition, actor=actor)
        for emotion in range(1, 9)
        for intensity in ((1,) if emotion == 1 else (1, 2))
        for statement in (1, 2)
        for repetition in (1, 2)
    ]


@pytest.fixture
def published(tmp_path):
    for actor in (1, 2):
        for name in actor_names(actor):
            put(tmp_path, f"Actor_{actor:02d}/{name}.wav")
    return tmp_path


def test_the_published_layout(published):
    corpus = Ravdess().read(published)
    assert len(corpus.clips) == 120
    assert not corpus.excluded
    assert Counter(clip.speaker for clip in corpus.clips) == {"01": 60, "02": 60}
    proxy = corpus.target("fatigue-proxy")
    levels = Counter(proxy.levels[proxy.level(clip.labels["fatigue-proxy"])] for clip in corpus.clips)
    assert levels == {"alert": 64, "neutral": 40, "fatigued": 16}
    emotions = Counter(clip.labels["emotion"] for clip in corpus.clips)
    assert emotions.pop("neutral") == 8
    assert set(emotions.values()) == {16}


def test_one_name_is_read_right(tmp_path):
    path = put(tmp_path, "03-01-06-02-01-02-12.wav")
    (clip,) = Ravdess().read(tmp_path).clips
    assert (clip.id, clip.speaker, clip.path, clip.text) == ("03-01-06-02-01-02-12", "12", path, "kids")
    assert (clip.labels["fatigue-proxy"], clip.labels["emotion"]) == (0.4216, "fearful")
    assert set(clip.labels) == {"emotion", *VARIANTS}
    assert clip.session is None
    assert clip.split is None
    assert clip.traits == {
        "sex": "female",
        "channel": "speech",
        "emotion": "fearful",
        "intensity": "strong",
        "repetition": "2",
    }


def test_the_targets(published):
    corpus = Ravdess().read(published)
    (proxy, *variants, emotion) = corpus.targets
    assert {variant.variant_of for variant in variants} == {proxy.name}
    assert len(variants) == 4
    assert (proxy.kind, proxy.forms) == ("proxy", ("score", "level"))
    assert (emotion.kind, emotion.forms, emotion.ordinal, len(emotion.levels)) == ("acted", ("level",), False, 8)
    assert "NC-SA" in corpus.licence
    assert "e0196391" in corpus.citation


def test_flat_folders_other_endings_and_case(tmp_path):
    put(tmp_path, "03-01-01-01-01-01-01.FLAC")
    put(tmp_path, "x/y/03-01-02-01-01-01-01.Wav")
    assert [clip.id for clip in Ravdess().read(tmp_path).clips] == ["03-01-01-01-01-01-01", "03-01-02-01-01-01-01"]


def test_junk_is_not_looked_at(published):
    before = Ravdess().read(published)
    put(published, "__MACOSX/Actor_01/03-01-01-01-01-01-03.wav")
    put(published, "Actor_01/._03-01-01-01-01-01-01.wav")
    put(published, ".hidden/03-01-01-01-01-01-05.wav")
    put(published, "README.md")
    assert Ravdess().read(published) == before


def test_nested_copies_keep_the_first_by_path(published):
    before = Ravdess().read(published)
    nested = published / "audio_speech_actors_01-24"
    shutil.copytree(published / "Actor_01", nested / "Actor_01")
    altered = put(published, "audio_speech_actors_01-24/Actor_01/03-01-01-01-01-01-01.wav", b"other bytes")
    corpus = Ravdess().read(published)
    assert corpus.clips == before.clips
    reasons = {exclusion.clip_id: exclusion.reason for exclusion in corpus.excluded}
    assert len(reasons) == 60
    assert "other bytes" in reasons.pop(altered.relative_to(published).as_posix())
    assert set(reasons.values()) == {"it is a copy, byte for byte, of the clip of that name, which comes first by path"}


def test_song_is_excluded_unless_asked_for(published):
    put(published, "Actor_01/03-02-04-01-01-01-01.wav")
    spoken, sung, both = (Ravdess(channel=channel).read(published) for channel in ("speech", "song", "both"))
    assert len(spoken.clips) == 120
    assert [(e.clip_id, e.reason) for e in spoken.excluded] == [
        ("Actor_01/03-02-04-01-01-01-01.wav", "it is song, and ravdess[channel=speech] was asked for")
    ]
    assert [clip.id for clip in sung.clips] == ["03-02-04-01-01-01-01"]
    assert len(sung.excluded) == 120
    assert sung.target("emotion").levels == ("neutral", "calm", "happy", "sad", "angry", "fearful")
    assert len(both.clips) == 121
    assert (spoken.name, both.name) == ("ravdess", "ravdess[channel=both]")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("02-01-01-01-01-01-01", "video without sound"),
        ("03-01-09-01-01-01-01", "emotion 09, and RAVDESS has 01 to 08"),
        ("03-01-01-01-01-01-25", "actor 25"),
        ("03-01-00-01-01-01-01", "emotion 00"),
        ("03-02-08-01-01-01-01", "a song that is surprised"),
        ("03-01-01-01-01-01-01 (1)", "form MM-VV-EE-II-SS-RR-AA"),
        ("hello", "form MM-VV-EE-II-SS-RR-AA"),
    ],
)
def test_what_is_excluded_says_why(published, name, reason):
    put(published, f"{name}.wav")
    corpus = Ravdess().read(published)
    assert len(corpus.clips) == 120
    assert [e.clip_id for e in corpus.excluded] == [f"{name}.wav"]
    assert reason in corpus.excluded[0].reason


def test_the_sound_of_a_film_is_the_same_take(published):
    put(published, "01-01-01-01-01-01-01.wav")
    put(published, "01-01-01-01-01-01-07.wav")
    corpus = Ravdess().read(published)
    assert [e.clip_id for e in corpus.excluded] == ["01-01-01-01-01-01-01"]
    assert "01-01-01-01-01-01-07" in {clip.id for clip in corpus.clips}


def test_order_does_not_hang_on_the_file_system(published, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    for actor in (2, 1):
        for name in reversed(actor_names(actor)):
            put(other, f"Actor_{actor:02d}/{name}.wav")
    first, second = Ravdess().read(published), Ravdess().read(other)
    assert [clip.id for clip in first.clips] == [clip.id for clip in second.clips]
    assert first.identity == second.identity


def test_links_are_followed_but_not_for_ever(published, tmp_path_factory):
    linked = tmp_path_factory.mktemp("linked")
    os.symlink(published / "Actor_01", linked / "Actor_01")
    os.symlink(linked, linked / "again")
    assert len(Ravdess().read(linked).clips) == 60


def test_folders_that_cannot_be_read(tmp_path):
    with pytest.raises(RequestError, match="does not exist"):
        Ravdess().read(tmp_path / "nowhere")
    with pytest.raises(RequestError, match="is a file"):
        Ravdess().read(put(tmp_path, "ravdess.zip"))
    with pytest.raises(RequestError, match="holds no audio"):
        Ravdess().read(tmp_path)
    put(tmp_path, "song.mp3")
    with pytest.raises(RequestError, match=r"none is a clip of ravdess.*song\.mp3"):
        Ravdess().read(tmp_path)


def test_an_unknown_channel():
    with pytest.raises(RequestError, match="Did you mean 'speech'"):
        Ravdess(channel="speach")


@pytest.mark.skipif("FATIGUE_BENCH_RAVDESS" not in os.environ, reason="FATIGUE_BENCH_RAVDESS names no folder of RAVDESS")
def test_the_real_recordings_of_twelve_actors():
    corpus = Ravdess().read(Path(os.environ["FATIGUE_BENCH_RAVDESS"]))
    proxy = corpus.target("fatigue-proxy")
    assert len(corpus.clips) == 720
    assert len({clip.speaker for clip in corpus.clips}) == 12
    assert Counter(proxy.level(clip.labels["fatigue-proxy"]) for clip in corpus.clips) == {0: 384, 1: 240, 2: 96}
