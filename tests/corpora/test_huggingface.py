"""Data sets of the `datasets` library as corpora."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.corpora.hub import FETCHED
from bench.corpora.huggingface import Huggingface
from bench.corpora.proxy import VARIANTS, proxy_labels
from bench.corpora.reader import READERS
from bench.corpora.scale import SCALES
from bench.decoders.decoder import decode
from bench.runs.source import read_corpus
from tests.layouts.huggingface import noise, write_huggingface

MOODS = {"kind": "acted", "label": "emotion", "speaker": "speaker_id"}


@pytest.fixture
def moods(tmp_path):
    return write_huggingface(tmp_path / "moods")


@pytest.fixture
def read(tmp_path):
    def through_the_cache(folder, **parameters):
        reader = Huggingface(**parameters)
        return reader.read(reader.unpack(folder, tmp_path / "place"))

    return through_the_cache


def plain(folder, *rows, header="file_name,speaker,kss"):
    """Recordings beside a metadata.csv."""
    folder.mkdir()
    (folder / "metadata.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder


def test_the_whole_of_a_small_one(moods, read):
    corpus = read(moods, **MOODS, text="sentence")
    assert corpus.name == "huggingface[kind=acted,label=emotion,speaker=speaker_id,text=sentence]"
    assert Counter(clip.speaker for clip in corpus.clips) == {"anna": 6, "ben": 6, "cem": 6}
    assert Counter(clip.split for clip in corpus.clips) == {"train": 12, "validation": 6}
    assert [target.name for target in corpus.targets] == ["emotion", *VARIANTS]
    assert (corpus.targets[0].levels, corpus.targets[0].ordinal) == (("anger", "neutral", "sadness"), False)
    clip = corpus.clips[1]
    assert (clip.id, clip.text, clip.traits) == ("anna_1.wav", "sentence 1", {"sex": "female"})
    assert clip.labels == {"emotion": "neutral", **proxy_labels("neutral")}
    assert decode(clip.path).wave.duration_s == pytest.approx(0.3)


def test_columns_of_times_are_told_of(tmp_path, read):
    folder = plain(tmp_path / "k", "a.wav,ann,3,1.0,2.0", header="file_name,speaker,kss,start_s,end_s")
    (folder / "a.wav").write_bytes(noise(1))
    (note,) = [
        note for note in read(folder, kind="measured", label="kss", speaker="speaker", scale="kss").notes if "whole" in note
    ]
    assert note == "Each recording is heard whole: the column 'start_s' and 'end_s' is not heeded."


def test_the_card(moods, read):
    corpus = read(moods, **MOODS)
    assert corpus.about == "Three people act three moods."
    assert corpus.licence == "cc-by-4.0"
    assert corpus.citation == "not stated in the data set"
    assert corpus.published == "train 12, validation 6 rows, as its card says."
    assert corpus.source == "How to get it is not stated in the data set."
    assert corpus.notes == ("Labels: the column 'emotion'. Clips are called by the names of the recordings.",)
    (moods / "README.md").unlink()
    corpus = read(moods, **MOODS)
    assert corpus.about == "An audio data set; what it holds is not stated in the data set."
    assert corpus.licence == "not stated in the data set"
    assert corpus.published == "18 rows here; the size is not stated in the data set."


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("kind", r"huggingface needs to know what the label is.*measured \(.*proxy \(.*acted \(.*synthetic \("),
        ("label", r"needs to know which column holds the label\. Expected is its name\. Write `huggingface\[label=COLUMN\]`"),
        ("speaker", r"which column says who talks \(`none` where nobody knows\)"),
    ],
)
def test_what_nobody_can_guess_is_asked_for_first(moods, tmp_path, left_out, said):
    reader = Huggingface(**{key: value for key, value in MOODS.items() if key != left_out})
    for call in (lambda: reader.unpack(moods, tmp_path / "place"), lambda: reader.read(moods)):
        with pytest.raises(RequestError, match=said):
            call()
    assert not (tmp_path / "place").exists()


def test_numbers_on_a_scale(moods, read):
    tired = {"kind": "measured", "label": "tiredness", "speaker": "speaker_id"}
    with pytest.raises(RequestError, match=r"'tiredness' holds numbers.*samn-perelli.*Write `scale=\.\.\.`"):
        read(moods, **tired)
    target = read(moods, **tired, scale="samn-perelli").targets[0]
    assert (target.scale, target.levels, target.cuts) == ((1, 7), SCALES["samn-perelli"].levels, SCALES["samn-perelli"].cuts)
    corpus = read(moods, **tired, scale="1-5")
    assert corpus.targets[0].forms == ("score",)
    assert "no number from 1 to 5" in corpus.notes[-1]
    assert len(corpus.clips) == 18
    assert sum(not clip.labels for clip in corpus.clips) == 5
    assert read(moods, **tired, scale="levels").targets[0].levels == tuple("1234567")


def test_speakers_that_nobody_knows(moods, read):
    corpus = read(moods, **{**MOODS, "speaker": "none"})
    assert corpus.speakers == "unknown"
    assert {clip.speaker for clip in corpus.clips} == {""}


@pytest.mark.parametrize("parameter", ["label", "speaker", "id", "text", "session"])
def test_columns_that_are_not_there(moods, read, parameter):
    with pytest.raises(RequestError, match=r"No column of .* is called 'sentance'\. Did you mean 'sentence'"):
        read(moods, **{**MOODS, parameter: "sentance"})


def test_files_beside_a_table(tmp_path, read):
    rows = ["a.wav,anna,3", "sub/b.wav,ben,9", "c.wav,anna,", "missing.wav,cem,1", "../x.wav,anna,1", "d.wav,,2", ",anna,3"]
    folder = plain(tmp_path / "rows", *rows)
    (folder / "a.wav").write_bytes(noise(1))
    reader = {"kind": "measured", "label": "kss", "speaker": "speaker", "scale": "kss"}
    assert Huggingface(**reader).unpack(folder, tmp_path / "place") == folder
    corpus = read(folder, **reader)
    assert [clip.id for clip in corpus.clips] == ["a.wav", "sub/b.wav", "c.wav", "missing.wav"]
    assert [gone.clip_id for gone in corpus.excluded] == ["../x.wav", "d.wav", "row-000006"]
    assert [clip.labels for clip in corpus.clips] == [{"kss": 3.0}, {"kss": 9.0}, {}, {"kss": 1.0}]
    assert [gone.reason for gone in corpus.excluded] == [
        "the path '../x.wav' has '..'; recordings lie in the manifest's folder or below",
        "the column 'speaker' is empty",
        "the row has no recording",
    ]
    assert not {clip.id for clip in corpus.clips} & {gone.clip_id for gone in corpus.excluded}
    assert corpus.clips[0].path == folder / "a.wav"
    for clip in corpus.clips:
        clip.path.parent.mkdir(exist_ok=True)
        clip.path.write_bytes(b"no audio")  # nothing is decoded while indexing
    assert read(folder, **reader) == corpus


def test_clips_are_called_as_told_or_found(tmp_path, read):
    reader = {"kind": "measured", "label": "kss", "speaker": "speaker", "scale": "kss"}
    header = "file_name,speaker,kss,key,day"
    folder = plain(tmp_path / "a", "a.wav,anna,3,k1,1", "b.wav,ben,4,k2,2", header=header)
    assert [clip.id for clip in read(folder, **reader).clips] == ["a.wav", "b.wav"]
    corpus = read(folder, **reader, id="key", session="day")
    assert [(clip.id, clip.session) for clip in corpus.clips] == [("k1", "1"), ("k2", "2")]
    assert "by the column of ids" in corpus.notes[0]
    twice = plain(tmp_path / "b", "a.wav,anna,3,k1,1", "b.wav,ben,4,k1,2", "c.wav,ben,4,,2", header=header)
    with pytest.raises(RequestError, match="the id 'k1' stands 2 times"):
        read(twice, **reader, id="key")
    gap = plain(tmp_path / "c", "a.wav,anna,3,k1,1", "c.wav,ben,4,,2", header=header)
    assert [(gone.clip_id, gone.reason) for gone in read(gap, **reader, id="key").excluded] == [
        ("row-000001", "the column 'key' is empty")
    ]
    places = plain(tmp_path / "d", "train/a.wav,anna,3,,", "train/a.wav,ben,4,,", "test/c.wav,ben,5,,", header=header)
    corpus = read(places, **reader)
    assert [clip.id for clip in corpus.clips] == ["train-000000", "train-000001", "test-000000"]
    assert "their place in the data set, for names repeat" in corpus.notes[0]


def test_names_that_repeat_between_splits(moods, read):
    import pyarrow.parquet as pq

    train, other = (moods / "data" / f"{split}-00000-of-00001.parquet" for split in ("train", "validation"))
    pq.write_table(pq.read_table(train).slice(0, 6), other)
    corpus = read(moods, **MOODS)
    assert {clip.id for clip in corpus.clips} >= {"train/anna_0.wav", "validation/anna_0.wav"}


def test_one_copy_of_the_recordings_whatever_is_asked(moods, tmp_path):
    cache = tmp_path / "cache"
    read_corpus("huggingface[kind=acted,label=emotion,speaker=speaker_id]", moods, cache)
    read_corpus("other:huggingface[kind=measured,label=tiredness,speaker=none,scale=1-9]", moods, cache)
    assert len(list(cache.rglob("*.wav"))) == 18
    assert len(list(cache.rglob("*.json"))) == 1
    assert not list(cache.rglob("*.pkl"))


def test_it_reads_alike_wherever_it_lies(moods, tmp_path, read):
    (tmp_path / "link").symlink_to(moods)
    one, other = (read(folder, **MOODS) for folder in (moods, tmp_path / "link"))
    assert one.identity == other.identity
    assert [clip.id for clip in one.clips] == [clip.id for clip in other.clips]


def test_folders_that_are_none(tmp_path, read, moods):
    with pytest.raises(RequestError, match=r"nowhere' does not exist\. Expected is a `datasets` data set"):
        read(tmp_path / "nowhere", **MOODS)
    with pytest.raises(RequestError, match="nowhere' does not exist"):
        Huggingface().read(tmp_path / "nowhere")
    with pytest.raises(RequestError, match=r"README\.md' is a file, not a folder"):
        read(moods / "README.md", **MOODS)
    nothing = plain(tmp_path / "rows", "../a.wav,anna,3")
    with pytest.raises(RequestError, match=r"No row of .* is a clip\. The first: .*has '\.\.'.*Look at its tables"):
        read(nothing, kind="measured", label="kss", speaker="speaker", scale="kss")
    with pytest.raises(RequestError, match="Expected is one of the two"):
        read(moods, **MOODS, repo="owner/name")


def test_the_spelling_and_the_cache():
    reader = READERS.make(parse("huggingface[repo=owner/name,revision=refs/convert/parquet,kind=acted,label=a,speaker=none]"))
    assert (reader.repo, reader.revision, reader.speaker, reader.makes_itself) == (
        "owner/name",
        "refs/convert/parquet",
        "none",
        True,
    )
    assert reader.identity == Huggingface(repo="owner/name", revision="refs/convert/parquet").identity
    assert reader.identity != Huggingface(repo="owner/name").identity


def test_what_was_fetched_is_read_without_a_network(tmp_path, moods):
    reader = Huggingface(**MOODS, repo="owner/name")
    place = tmp_path / "place"
    place.mkdir()
    moods.rename(place / "fetched")
    (place / "fetched" / FETCHED).write_text(json.dumps({"repo": "owner/name", "commit": "abc"}))
    corpus = reader.read(reader.unpack(None, place))
    assert len(corpus.clips) == 18
    assert corpus.source == "https://huggingface.co/datasets/owner/name, commit abc."


def test_no_network(tmp_path, monkeypatch):
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    reader = Huggingface(**MOODS, repo="owner/name")
    said = r"'owner/name' cannot be fetched from the hub \(.*\)\. There is no network, .*--repo-type dataset owner/name"
    with pytest.raises(RequestError, match=said) as caught:
        reader.unpack(None, tmp_path / "place")
    assert "\n" not in str(caught.value)


def test_importing_it_loads_nothing_heavy():
    code = (
        "import sys, bench.corpora.huggingface; "
        "print([name for name in ('datasets', 'huggingface_hub', 'pandas', 'pyarrow', 'yaml') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
