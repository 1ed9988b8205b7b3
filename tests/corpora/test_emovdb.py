"""EmoV-DB in the layouts that people have."""

import shutil
from collections import Counter

import pytest

from bench.base.error import RequestError
from bench.corpora.emovdb import Emovdb
from bench.corpora.proxy import VARIANTS, proxy_labels
from bench.decoders.decoder import decode
from tests.layouts.emovdb import write_emovdb


@pytest.fixture
def emovdb(tmp_path):
    return write_emovdb(tmp_path / "EmoV-DB")


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


def test_the_published_layout(emovdb):
    corpus = Emovdb().read(emovdb)
    assert not corpus.excluded
    assert Counter(clip.speaker for clip in corpus.clips) == {"bea": 10, "jenie": 10, "josh": 6, "sam": 10}
    assert Counter(clip.labels["emotion"] for clip in corpus.clips) == {
        "amusement": 8,
        "neutral": 8,
        "sleepiness": 8,
        "anger": 6,
        "disgust": 6,
    }
    assert {clip.speaker: clip.traits["sex"] for clip in corpus.clips} == {
        "bea": "female",
        "jenie": "female",
        "josh": "male",
        "sam": "male",
    }
    assert decode(corpus.clips[0].path).wave.duration_s == pytest.approx(0.3)


def test_one_name_is_read_right(tmp_path):
    put(tmp_path, "sam_Amused/amused_367-392_0384.wav")
    (clip,) = Emovdb().read(tmp_path).clips
    assert (clip.id, clip.speaker, clip.text) == ("sam_amused_367-392_0384", "sam", "0384")
    assert clip.path == tmp_path / "sam_Amused/amused_367-392_0384.wav"


def test_labels(emovdb):
    corpus = Emovdb().read(emovdb)
    by_emotion = {clip.labels["emotion"]: clip.labels for clip in corpus.clips}
    assert by_emotion["sleepiness"] == {**proxy_labels("sleepiness"), "emotion": "sleepiness", "sleepiness": "sleepy"}
    assert by_emotion["neutral"] == {**proxy_labels("neutral"), "emotion": "neutral", "sleepiness": "awake"}
    assert by_emotion["anger"] == {**proxy_labels("anger"), "emotion": "anger"}
    assert by_emotion["amusement"] == {"emotion": "amusement"}
    sleepiness = corpus.target("sleepiness")
    assert (sleepiness.kind, sleepiness.levels, sleepiness.ordinal) == ("acted", ("awake", "sleepy"), True)
    assert [sleepiness.level(by_emotion[emotion]["sleepiness"]) for emotion in ("neutral", "sleepiness")] == [0, 1]
    proxy = corpus.target("fatigue-proxy")
    assert {
        name: proxy.levels[proxy.level(labels["fatigue-proxy"])] for name, labels in by_emotion.items() if name != "amusement"
    } == {
        "anger": "alert",
        "disgust": "neutral",
        "neutral": "neutral",
        "sleepiness": "fatigued",
    }
    assert corpus.notes == (
        "Clips of amusement, without a proxy label: 8 (the first: bea_amused_1-28_0001). No norm that the proxy uses has a "
        "word for it.",
    )


@pytest.mark.parametrize("layout", ["{speaker}/{style}/{name}", "audio/{speaker}/{style}/{name}", "{speaker}/{name}"])
def test_other_nestings_are_the_same_corpus(emovdb, tmp_path, layout):
    other = tmp_path / "other"
    for path in sorted(emovdb.glob("*/*.wav")):
        speaker, _, style = path.parent.name.partition("_")
        to = other / layout.format(speaker=speaker, style=style, name=path.name)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to)
    first, second = Emovdb().read(emovdb), Emovdb().read(other)
    assert second.identity == first.identity
    assert second.notes == first.notes


def test_case_and_other_endings(tmp_path):
    put(
        tmp_path,
        "SAM_SLEEPY/Sleepiness_1-28_0001.FLAC",
        "Bea/NEUTRAL/neutral_1-28_0001.Wav",
        "josh_sleepiness/sleepy_1-28_0001.wav",
        "jenie_Disgust/disgusted_1-28_0001.wav",
    )
    corpus = Emovdb().read(tmp_path)
    assert [clip.id for clip in corpus.clips] == [
        "bea_neutral_1-28_0001",
        "jenie_disgusted_1-28_0001",
        "josh_sleepy_1-28_0001",
        "sam_sleepiness_1-28_0001",
    ]
    assert [clip.labels["emotion"] for clip in corpus.clips] == ["neutral", "disgust", "sleepiness", "sleepiness"]
    assert not corpus.notes


def test_the_file_name_counts_whatever_the_folder_says(tmp_path):
    put(tmp_path, "sam_Sleepy/neutral_1-28_0001.wav", "bea/Angry/anger_1-28_0001.wav", "bea/Neutral/anger_1-28_0002.wav")
    corpus = Emovdb().read(tmp_path)
    assert {clip.id: clip.labels["emotion"] for clip in corpus.clips} == {
        "sam_neutral_1-28_0001": "neutral",
        "bea_anger_1-28_0001": "anger",
        "bea_anger_1-28_0002": "anger",
    }
    assert corpus.notes == (
        "Files whose folder names another emotion: 2 (the first: bea/Neutral/anger_1-28_0002.wav). The file name counts.",
    )


def test_other_speakers_are_kept(tmp_path):
    put(tmp_path, "Anna_Sleepy/sleepiness_1-28_0001.wav", "4/neutral_1-28_0001.wav", "release/sam_Sleepy/sleepy_1-2_0001.wav")
    corpus = Emovdb().read(tmp_path)
    assert {clip.speaker: clip.traits for clip in corpus.clips} == {"anna": {}, "4": {}, "sam": {"sex": "male"}}
    assert corpus.notes == (
        "Speakers whose names EmoV-DB does not have: 2 (the first: 4). They are kept, and their sex is not known.",
    )


def test_the_same_name_of_two_speakers_is_two_clips_and_a_copy_is_none(tmp_path):
    put(tmp_path, "sam_Sleepy/sleepiness_1-28_0001.wav", "bea_Sleepy/sleepiness_1-28_0001.wav")
    copy = tmp_path / "sorted/sam/Sleepy/sleepiness_1-28_0001.wav"
    copy.parent.mkdir(parents=True)
    shutil.copy(tmp_path / "sam_Sleepy/sleepiness_1-28_0001.wav", copy)
    corpus = Emovdb().read(tmp_path)
    assert [clip.speaker for clip in corpus.clips] == ["bea", "sam"]
    assert [(gone.clip_id, gone.reason) for gone in corpus.excluded] == [
        (
            "sorted/sam/Sleepy/sleepiness_1-28_0001.wav",
            "it is a copy, byte for byte, of the clip of that name, which comes first by path",
        )
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("sam_Amused/amused_0384.wav", "form EMOTION_FIRST-LAST_SENTENCE"),
        ("sam_Amused/joy_367-392_0384.wav", "form EMOTION_FIRST-LAST_SENTENCE"),
        ("amused_367-392_0384.wav", "no folder above it, within the given one, names the speaker"),
        ("Amused/amused_367-392_0384.wav", "no folder above it, within the given one, names the speaker"),
    ],
)
def test_what_is_excluded_says_why(emovdb, name, reason):
    put(emovdb, name)
    corpus = Emovdb().read(emovdb)
    assert len(corpus.clips) == 36
    assert [gone.clip_id for gone in corpus.excluded] == [name]
    assert reason in corpus.excluded[0].reason


def test_the_card(emovdb):
    corpus = Emovdb().read(emovdb)
    assert [target.name for target in corpus.targets] == [*VARIANTS, "sleepiness", "emotion"]
    assert "LICENSE.md" in corpus.licence
    assert "Non-commercial" in corpus.licence
    assert "1806.09514" in corpus.citation
    assert "not re-checked" in corpus.published


def test_folders_that_are_another(tmp_path):
    with pytest.raises(RequestError, match=r"nowhere' does not exist\. Expected is the folder that holds bea_Amused"):
        Emovdb().read(tmp_path / "nowhere")
    with pytest.raises(RequestError, match="holds no audio"):
        Emovdb().read(tmp_path)
    put(tmp_path, "Actor_01/03-01-01-01-01-01-01.wav")
    with pytest.raises(RequestError, match=r"none is a clip of emovdb\. The first is 'Actor_01/03-01-01-01-01-01-01\.wav'"):
        Emovdb().read(tmp_path)
