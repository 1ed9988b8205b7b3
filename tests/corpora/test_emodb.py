"""EmoDB in the layouts that people have."""

import shutil
from collections import Counter

import pytest

from bench.base.error import RequestError
from bench.corpora.emodb import SPEAKERS, Emodb
from bench.corpora.proxy import VARIANTS, proxy_labels
from bench.decoders.decoder import decode
from bench.protocols.splitter import make_folds
from tests.layouts.emodb import COUNTS, LETTERS, SMALL, names, write_emodb, write_emodb_audformat

TABLE = {  # sex and age as the authors give them
    "03": ("male", "31"), "08": ("female", "34"), "09": ("female", "21"), "10": ("male", "32"), "11": ("male", "26"),
    "12": ("male", "30"), "13": ("female", "32"), "14": ("female", "35"), "15": ("male", "25"), "16": ("female", "31"),
}  # fmt: skip


@pytest.fixture
def classic(tmp_path):
    return write_emodb(tmp_path / "download")


@pytest.fixture
def audformat_release(tmp_path):
    return write_emodb_audformat(tmp_path / "emodb_2.0")


def put(folder, *files):
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


def test_the_classic_folder(classic):
    corpus = Emodb().read(classic)
    assert [clip.id for clip in corpus.clips] == sorted(SMALL)
    assert not corpus.excluded
    first = corpus.clips[0]
    assert (first.id, first.speaker, first.text, first.path) == ("03a01Fa", "03", "a01", classic / "wav/03a01Fa.wav")
    assert first.traits == {"sex": "male", "age": "31"}
    assert first.labels == {**proxy_labels("happiness"), "emotion": "happiness"}
    assert first.confidence == {"recognised": 1.0, "natural": 0.625}
    assert {clip.id: clip.confidence for clip in corpus.clips}["08a02Ta"] == {"recognised": 0.96, "natural": 0.665}
    assert corpus.notes == (
        "Release: classic, with erkennung.txt.",
        "Recordings that erkennung.txt judges and the folder lacks: 1 (the first: 16b10Wd). They are no clips.",
        "Known of what listeners said: recognition for 10 and naturalness for 10 of 10 clips.",
    )
    assert decode(first.path).wave.duration_s == pytest.approx(0.3)


def test_the_whole_classic_release(tmp_path):
    folder = put(tmp_path / "emodb", *(f"wav/{name}.wav" for name in names()))
    corpus = Emodb().read(folder)
    assert len(corpus.clips) == 535
    assert {clip.speaker: (clip.traits["sex"], clip.traits["age"]) for clip in corpus.clips} == TABLE
    counts = Counter((clip.speaker, clip.labels["emotion"]) for clip in corpus.clips)
    emotions = ("anger", "boredom", "disgust", "fear", "happiness", "sadness", "neutral")
    assert {speaker: tuple(counts[speaker, emotion] for emotion in emotions) for speaker in SPEAKERS} == COUNTS
    assert [sum(row[column] for row in COUNTS.values()) for column in range(7)] == [127, 81, 46, 69, 71, 62, 79]
    proxy = corpus.target("fatigue-proxy")
    levels = Counter(proxy.levels[proxy.level(clip.labels["fatigue-proxy"])] for clip in corpus.clips)
    assert levels == {"alert": 267, "neutral": 125, "fatigued": 143}
    assert (
        corpus.notes[0] == "Release: neither db.yaml nor erkennung.txt lies there, so nothing is known of what listeners said."
    )
    folds = make_folds(corpus.clips, proxy, corpus.splitter)
    assert [len(fold.test) for fold in folds] == [sum(COUNTS[speaker]) for speaker in COUNTS]
    assert len(LETTERS) == len(emotions)


def test_the_release_in_audformat(audformat_release):
    corpus = Emodb().read(audformat_release)
    assert [clip.id for clip in corpus.clips] == sorted((*SMALL[:-1], "10b02Ea"))
    assert all(clip.path.parent.name == "wav" for clip in corpus.clips)
    assert {clip.speaker for clip in corpus.clips} == {"03", "08", "09", "10"}
    assert {clip.id: clip.confidence for clip in corpus.clips}["10b02Ea"] == {"recognised": 0.35, "natural": 0.75}
    assert Counter(gone.reason for gone in corpus.excluded) == {
        "its folder holds the signal of a laryngograph, which is no speech": 10
    }
    assert corpus.notes == (
        "Release: in audformat, with db.yaml.",
        "db.yaml gives the licence CC0-1.0.",
        "Known of what listeners said: recognition for 10 and naturalness for 10 of 10 clips.",
        "Clips that fewer than 80% recognised or fewer than 60% found natural: 1 (the first: 10b02Ea). The classic release "
        "leaves such recordings out; here they are clips.",
    )


def test_tables_in_parquet_read_alike(audformat_release):
    before = Emodb().read(audformat_release)
    import pandas as pd

    for path in audformat_release.glob("db.*.csv"):
        pd.read_csv(path).to_parquet(path.with_suffix(".parquet"))
        path.unlink()
    assert Emodb().read(audformat_release) == before


def test_pickles_are_not_opened(audformat_release, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in audformat_release.glob("db.*.csv"):
        path.with_suffix(".pkl").write_bytes(b"cos\nsystem\n(S'touch pickled'\ntR.")
    assert len(Emodb().read(audformat_release).clips) == 10
    assert not (tmp_path / "pickled").exists()


def test_tables_alone_give_the_clips(audformat_release):
    before = Emodb().read(audformat_release)
    shutil.rmtree(audformat_release / "wav")
    shutil.rmtree(audformat_release / "laryngo")
    corpus = Emodb().read(audformat_release)
    assert corpus.identity == before.identity
    assert not corpus.excluded
    assert not any(clip.path.exists() for clip in corpus.clips)
    assert any(note.startswith("Recordings that the tables name and the folder lacks: 10 (") for note in corpus.notes)


def test_recordings_lie_where_they_lie(audformat_release):
    before = Emodb().read(audformat_release)
    (audformat_release / "wav").rename(audformat_release / "speech")
    corpus = Emodb().read(audformat_release)
    assert corpus.identity == before.identity
    assert all(clip.path.is_file() for clip in corpus.clips)


def test_more_than_the_folder_and_less(classic, tmp_path):
    before = Emodb().read(classic)
    outer = tmp_path / "outer"
    shutil.copytree(classic, outer / "download")
    assert Emodb().read(outer).identity == before.identity
    assert Emodb().read(outer).clips[0].confidence == before.clips[0].confidence
    flat = tmp_path / "flat"
    shutil.copytree(classic / "wav", flat)
    shutil.copy(classic / "erkennung.txt", flat)
    assert Emodb().read(flat).clips[0].confidence == before.clips[0].confidence
    alone = Emodb().read(classic / "wav")
    assert alone.identity == before.identity
    assert all(clip.confidence == {} for clip in alone.clips)


def test_other_endings_and_the_names_of_the_authors_own_copies(tmp_path):
    put(tmp_path, "03a01Faxx.wav", "08a02TA.FLAC", "09b10L.wav")
    assert [clip.id for clip in Emodb().read(tmp_path).clips] == ["03a01Fa", "08a02Ta", "09b10L"]


def test_copies(classic):
    shutil.copytree(classic / "wav", classic / "wav copy")
    (classic / "wav copy/03a01Fa.wav").write_bytes(b"other")
    excluded = {gone.clip_id: gone.reason for gone in Emodb().read(classic).excluded}
    assert "other bytes" in excluded.pop("wav/03a01Fa.wav")
    assert len(excluded) == 9
    assert all("it is a copy, byte for byte, of " in reason for reason in excluded.values())


def test_the_table_and_the_name_may_differ(audformat_release):
    table = audformat_release / "db.emotion.csv"
    table.write_text(table.read_text().replace("wav/03a01Fa.wav,happiness", "wav/03a01Fa.wav,anger"))
    corpus = Emodb().read(audformat_release)
    assert corpus.clips[0].labels["emotion"] == "happiness"
    assert "Clips whose table names another emotion than the file name: 1 (the first: 03a01Fa). The file name counts." in (
        corpus.notes
    )


def test_label_files_that_lead_out_are_not_read(classic, tmp_path):
    elsewhere = tmp_path / "elsewhere.txt"
    (classic / "erkennung.txt").rename(elsewhere)
    (classic / "erkennung.txt").symlink_to(elsewhere)
    corpus = Emodb().read(classic)
    assert all(clip.confidence == {} for clip in corpus.clips)
    assert "Label files that are links out of the folder: 1 (the first: erkennung.txt). They were not read." in corpus.notes


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("wav/03a01Xa.wav", "the name is not of the form SSTTTEv"),
        ("wav/hello.wav", "the name is not of the form SSTTTEv"),
        ("wav/04a01Fa.wav", "the name says speaker 04, and EmoDB has 03, 08, 09"),
        ("wav/03a03Fa.wav", "the name says text a03, and EmoDB has a01, a02"),
        ("wav_laryng/03a01Fa.wav", "signal of a laryngograph"),
    ],
)
def test_what_is_excluded_says_why(classic, name, reason):
    put(classic, name)
    corpus = Emodb().read(classic)
    assert len(corpus.clips) == 10
    assert [gone.clip_id for gone in corpus.excluded] == [name]
    assert reason in corpus.excluded[0].reason


def test_the_card(classic):
    corpus = Emodb().read(classic)
    assert [target.name for target in corpus.targets] == [*VARIANTS, "emotion"]
    assert (corpus.target("emotion").kind, len(corpus.target("emotion").levels)) == ("acted", 7)
    assert corpus.splitter == "loso"
    assert "10.21437/Interspeech.2005-446" in corpus.citation
    assert "not re-checked" in corpus.published
    assert "zenodo.org" in corpus.source
    assert corpus.licence


def test_folders_that_are_another(tmp_path):
    with pytest.raises(RequestError, match=r"nowhere' does not exist\. Expected is the folder of EmoDB"):
        Emodb().read(tmp_path / "nowhere")
    with pytest.raises(RequestError, match=r"holds no audio.*03a01Fa\.wav"):
        Emodb().read(tmp_path)
    put(tmp_path, "Actor_01/03-01-01-01-01-01-01.wav")
    with pytest.raises(RequestError, match=r"none is a clip of emodb\. The first is 'Actor_01/03-01-01-01-01-01-01\.wav'"):
        Emodb().read(tmp_path)
