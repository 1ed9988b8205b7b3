"""TESS in the layouts that people have."""

import shutil
from collections import Counter

import numpy as np
import pytest
import soundfile

from bench.base.error import RequestError
from bench.corpora.proxy import VARIANTS, proxy_labels
from bench.corpora.tess import Tess
from bench.decoders.decoder import decode
from tests.layouts.noise import noise, write_odd_wav
from tests.layouts.tess import FOLDERS, TOP, write_tess


@pytest.fixture
def tess(tmp_path):
    return write_tess(tmp_path / "tess")


def empty(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


def test_the_tree_of_folders(tess):
    corpus = Tess().read(tess)
    assert len(corpus.clips) == 31
    assert [clip.id for clip in corpus.clips] == sorted(clip.id for clip in corpus.clips)
    assert Counter(clip.speaker for clip in corpus.clips) == {"OAF": 15, "YAF": 16}
    assert {clip.speaker: clip.traits for clip in corpus.clips} == {
        "OAF": {"sex": "female", "age": "64"},
        "YAF": {"sex": "female", "age": "26"},
    }
    assert Counter(clip.text for clip in corpus.clips) == {"back": 14, "bite": 14, "germ": 1, "neat": 1, "food": 1}
    (clip,) = [clip for clip in corpus.clips if clip.id == "YAF_back_ps"]
    assert clip.path == tess / TOP / "YAF_pleasant_surprised" / "YAF_back_ps.wav"
    assert clip.labels == {**proxy_labels("surprise"), "emotion": "surprise"}


def test_flat_folders_other_endings_and_case(tmp_path):
    empty(tmp_path, "OAF_back_angry.wav", "yaf_BACK_Ps.FLAC", "Oaf_Youth_SAD.Wav", "YAF_merry_go_round_fear.wav")
    corpus = Tess().read(tmp_path)
    assert {clip.id: (clip.text, clip.labels["emotion"]) for clip in corpus.clips} == {
        "OAF_back_angry": ("back", "anger"),
        "YAF_back_ps": ("back", "surprise"),
        "OAF_youth_sad": ("youth", "sadness"),
        "YAF_merry_go_round_fear": ("merry_go_round", "fear"),
    }
    assert not corpus.excluded


def test_the_nested_copy(tess):
    before = Tess().read(tess)
    assert {gone.clip_id: gone.reason for gone in before.excluded} == {
        f"{TOP}/YAF_sad/YAF_{word}_sad.wav": "it is a copy, byte for byte, of the clip of that name, which comes first by path"
        for word in ("back", "bite")
    }
    (tess / TOP / "YAF_sad/yaf_back_sad.wav").write_bytes(b"other bytes")
    after = Tess().read(tess)
    assert after.clips == before.clips
    assert [gone.reason for gone in after.excluded if gone.clip_id.endswith("yaf_back_sad.wav")] == [
        "it has the name of a clip, which comes first by path, and other bytes"
    ]


def test_the_missing_letter_is_read_and_said(tess):
    corpus = Tess().read(tess)
    assert [clip.speaker for clip in corpus.clips if clip.text == "bite" and clip.labels["emotion"] == "neutral"] == [
        "OAF",
        "YAF",
    ]
    assert "OAF_bite_neutral" in {clip.id for clip in corpus.clips}
    assert [note for note in corpus.notes if "OA" in note] == [
        f"Files called OA, read as OAF: 1 (the first: {TOP}/OAF_neutral/OA_bite_neutral.wav). The F is missing in many copies "
        "of TESS."
    ]
    (tess / TOP / "OAF_neutral/OA_bite_neutral.wav").rename(tess / TOP / "OAF_neutral/OAF_bite_neutral.wav")
    mended = Tess().read(tess)
    assert mended.identity == corpus.identity
    assert not any("OA," in note for note in mended.notes)


def test_the_file_name_counts_whatever_the_folder_says(tmp_path):
    empty(
        tmp_path,
        "OAF_Sad/OAF_back_happy.wav",
        "OAF_Pleasant_surprise/YAF_back_ps.wav",
        "yaf_pleasant_SURPRISED/YAF_bite_ps.wav",
        "OA_neutral/OAF_back_neutral.wav",
        "mixed/OAF_back_sad.wav",
    )
    corpus = Tess().read(tmp_path)
    assert [clip.labels["emotion"] for clip in corpus.clips] == ["happiness", "neutral", "sadness", "surprise", "surprise"]
    assert [note for note in corpus.notes if "folder" in note] == [
        "Files whose folder names another emotion or speaker: 2 (the first: OAF_Sad/OAF_back_happy.wav). The file name counts."
    ]


def test_every_folder_of_the_release_agrees_with_its_files(tess):
    corpus = Tess().read(tess)
    assert not any("folder" in note for note in corpus.notes)
    assert {path.name for path in (tess / TOP).iterdir()} == {*FOLDERS, TOP}


def test_levels_of_the_whole_release(tmp_path):
    words = [f"word{number:03d}" for number in range(200)]
    flat = tmp_path / "TESS"
    flat.mkdir()
    for speaker in ("OAF", "YAF"):
        for word in words:
            for emotion in FOLDERS.values():
                (flat / f"{speaker}_{word}_{emotion}.wav").touch()
    corpus = Tess().read(tmp_path)
    proxy = corpus.target("fatigue-proxy")
    levels = Counter(proxy.levels[proxy.level(clip.labels["fatigue-proxy"])] for clip in corpus.clips)
    assert levels == {"alert": 1600, "neutral": 800, "fatigued": 400}
    assert set(Counter(clip.labels["emotion"] for clip in corpus.clips).values()) == {400}


def test_the_card(tess):
    corpus = Tess().read(tess)
    assert [target.name for target in corpus.targets] == [*VARIANTS, "emotion"]
    assert (corpus.target("emotion").kind, len(corpus.target("emotion").levels)) == ("acted", 7)
    assert "demo" in corpus.caution
    assert "not re-checked" in corpus.published
    assert "2,800" in corpus.published
    assert "10.5683/SP2/E8H2MF" in corpus.citation
    assert "BY-NC-ND" in corpus.licence
    assert any("pleasant surprise" in note for note in corpus.notes)


@pytest.mark.parametrize(
    "name", ["OAF_back.wav", "OAF_back_calm.wav", "MAF_back_sad.wav", "03-01-01-01-01-01-01.wav", "OAF_back_sad (1).wav"]
)
def test_other_names_say_why(tess, name):
    empty(tess, name)
    gone = [gone for gone in Tess().read(tess).excluded if gone.clip_id == name]
    assert [g.reason for g in gone] == [
        "the name is not of the form OAF_WORD_EMOTION or YAF_WORD_EMOTION, with one of angry, disgust, fear, happy, neutral, "
        "ps, sad"
    ]


def test_junk_is_not_looked_at(tess):
    before = Tess().read(tess)
    empty(tess, "__MACOSX/OAF_x_sad.wav", f"{TOP}/OAF_Sad/._OAF_back_sad.wav", "README.md")
    assert Tess().read(tess) == before


def test_folders_that_are_another(tmp_path):
    with pytest.raises(RequestError, match=r"nowhere' does not exist\. Expected is the folder of TESS"):
        Tess().read(tmp_path / "nowhere")
    with pytest.raises(RequestError, match=r"holds no audio.*OAF_back_angry\.wav"):
        Tess().read(tmp_path)
    empty(tmp_path, "Actor_01/03-01-01-01-01-01-01.wav")
    with pytest.raises(RequestError, match=r"none is a clip of tess\. The first is 'Actor_01/03-01-01-01-01-01-01\.wav'"):
        Tess().read(tmp_path)


def test_odd_headers_and_another_rate_are_read(tess):
    clips = {clip.id: clip.path for clip in Tess().read(tess).clips}
    for name in ("YAF_germ_angry", "YAF_neat_fear", "OAF_food_fear"):
        samples, rate = soundfile.read(clips[name], dtype="float32")
        wave = decode(clips[name]).wave
        assert wave.rate == rate
        assert np.array_equal(wave.samples, samples)
        assert wave.duration_s == pytest.approx(0.3, abs=1e-4)
    assert decode(clips["OAF_food_fear"]).wave.rate == 96_000
    assert soundfile.info(clips["YAF_neat_fear"]).format == "WAVEX"


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize(
    "chunks",
    [
        (),
        ((b"LIST", b"INFO"), (b"odd ", b"123")),
        ((b"bext", b"x" * 601),),
        ((b"junk", b""), (b"LIST", b"abc"), (b"id3 ", b"y" * 7)),
    ],
)
def test_chunks_around_the_samples_change_nothing(tmp_path, extensible, chunks):
    samples = noise("plain", 2441)
    path = write_odd_wav(tmp_path / "OAF_odd_sad.wav", samples, 24_414, extensible, chunks)
    decoded = decode(path).wave
    assert np.array_equal(decoded.samples, np.trunc(samples * 32767).astype("float32") / np.float32(32768))


def test_copies_made_by_hand_keep_the_id(tess, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(tess / TOP, other)
    assert Tess().read(other).identity == Tess().read(tess).identity
