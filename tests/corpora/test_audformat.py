"""Databases in audformat as corpora, on disk and by name."""

import subprocess
import sys
import warnings
from collections import Counter

import pytest

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.corpora.audformat import LOADED, Audformat
from bench.corpora.proxy import VARIANTS, proxy_labels
from bench.corpora.reader import READERS
from bench.decoders.decoder import decode
from bench.runs.source import read_corpus
from tests.layouts.audformat import write_audformat


@pytest.fixture
def moods(tmp_path):
    return write_audformat(tmp_path / "moods")


def test_the_whole_of_a_small_one(moods):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        corpus = Audformat(kind="acted").read(moods)
    assert corpus.name == "audformat[kind=acted]"
    assert Counter(clip.speaker for clip in corpus.clips) == {"3": 6, "8": 6, "9": 6, "10": 6}
    assert [target.name for target in corpus.targets] == ["emotion", *VARIANTS]
    emotion = corpus.targets[0]
    assert (emotion.kind, emotion.levels, emotion.ordinal) == ("acted", ("anger", "neutral", "sadness"), False)
    assert emotion.about == "The column 'emotion' of the table 'emotion'. The mood that was asked for."
    assert corpus.clips[0].labels == {"emotion": "anger", **proxy_labels("anger")}
    assert decode(corpus.clips[0].path).wave.duration_s == pytest.approx(0.3)
    assert corpus.excluded == ()


def test_the_card(moods):
    corpus = Audformat(kind="acted").read(moods)
    assert corpus.about == "Four people act three moods."
    assert corpus.licence == "CC0-1.0, https://creativecommons.org/publicdomain/zero/1.0/"
    assert corpus.citation == "A. Author, A University: moods. https://example.org/moods"
    assert corpus.source == "https://example.org/moods"
    assert corpus.published == "24 rows in the table 'emotion'; the size is not stated in db.yaml."
    assert corpus.notes == (
        "Labels: the column 'emotion' of the table 'emotion'.",
        "Speakers: the column 'speaker' of the table 'files'.",
    )


def test_the_card_of_one_that_says_little(moods):
    said = (moods / "db.yaml").read_text().split("\n")
    kept = [line for line in said if line.split(":")[0] not in ("description", "source", "author", "organization", "license")]
    (moods / "db.yaml").write_text("\n".join(line for line in kept if "license_url" not in line))
    corpus = Audformat(kind="acted").read(moods)
    assert corpus.about == "The database 'moods', not stated in db.yaml what it holds."
    assert corpus.licence == "not stated in db.yaml (usage: research)"
    assert corpus.citation == "not stated in db.yaml"
    assert corpus.source == "its source is not stated in db.yaml"


def test_the_kind_is_asked_for_before_anything_is_done(moods, tmp_path):
    for call in (lambda: Audformat().read(moods), lambda: Audformat(database="emodb").unpack(None, tmp_path / "place")):
        with pytest.raises(RequestError, match=r"audformat needs to know what the label is.*acted \(speakers were asked"):
            call()
    assert not (tmp_path / "place").exists()


def test_a_score_on_the_scale_that_is_declared_or_given(moods):
    corpus = Audformat(kind="measured", column="emotion.confidence").read(moods)
    assert [(target.name, target.scale) for target in corpus.targets] == [("emotion-confidence", (0, 1))]
    corpus = Audformat(kind="measured", column="emotion.confidence", scale="0-2").read(moods)
    assert corpus.targets[0].scale == (0, 2)
    (moods / "db.yaml").write_text((moods / "db.yaml").read_text().replace(", minimum: 0, maximum: 1", ""))
    with pytest.raises(RequestError, match=r"'emotion\.confidence' of the table 'emotion' holds numbers.*Write `scale="):
        Audformat(kind="measured", column="emotion.confidence").read(moods)


def test_splits_as_declared(moods):
    header = (moods / "db.yaml").read_text()
    one = "    columns:\n      emotion: {scheme_id: emotion, rater_id: gold}\n"
    header = header.replace("tables:\n  emotion:\n", "splits: {a: {type: train}, b: {type: dev}}\ntables:\n  emotion.1:\n", 1)
    header = header.replace("  files:\n", f"  emotion.2:\n    type: filewise\n    split_id: b\n{one}  files:\n", 1)
    header = header.replace("emotion.1:\n    type: filewise\n", "emotion.1:\n    type: filewise\n    split_id: a\n")
    (moods / "db.yaml").write_text(header.replace("      emotion.confidence: {scheme_id: confidence, rater_id: gold}\n", ""))
    first, *rows = (moods / "db.emotion.csv").read_text().splitlines()
    (moods / "db.emotion.1.csv").write_text("\n".join([first, *rows[:18]]))
    (moods / "db.emotion.2.csv").write_text("\n".join([first, *rows[18:]]))
    corpus = Audformat(kind="acted").read(moods)
    assert Counter(clip.split for clip in corpus.clips) == {"train": 18, "dev": 6}
    assert {clip.speaker for clip in corpus.clips if clip.split == "dev"} == {"10"}


def test_speakers_that_nobody_knows(moods):
    header = (moods / "db.yaml").read_text()
    (moods / "db.yaml").write_text(header.replace("      speaker: {scheme_id: speaker}\n", ""))
    with pytest.raises(RequestError, match=r"who talks.*emotion: emotion, emotion\.confidence; files: duration.*speaker=none"):
        Audformat(kind="acted").read(moods)
    with pytest.raises(RequestError, match="has no column or scheme 'talker'"):
        Audformat(kind="acted", speaker="talker").read(moods)
    corpus = Audformat(kind="acted", speaker="none").read(moods)
    assert corpus.speakers == "unknown"
    assert {clip.speaker for clip in corpus.clips} == {""}
    by_text = Audformat(kind="acted", speaker="transcription").read(moods)
    assert {clip.speaker for clip in by_text.clips} == {"a01", "a02"}


def test_audio_that_is_missing_is_the_decoders_matter(moods):
    before = Audformat(kind="acted").read(moods)
    for path in (moods / "wav").iterdir():
        path.write_bytes(b"no audio")  # nothing is decoded while indexing
    assert Audformat(kind="acted").read(moods) == before
    for path in (moods / "wav").iterdir():
        path.unlink()
    assert Audformat(kind="acted").read(moods) == before


def test_a_database_without_a_clip(moods):
    (moods / "db.emotion.csv").write_text("file,emotion,emotion.confidence\n../a.wav,anger,1\n")
    with pytest.raises(RequestError, match=r"No row of the table 'emotion' .* is a clip\. The first: '\.\./a\.wav': .*'\.\.'"):
        Audformat(kind="acted").read(moods)


def test_it_reads_alike_wherever_it_lies(moods, tmp_path):
    (tmp_path / "link").symlink_to(moods)
    here, there = (Audformat(kind="acted").read(folder) for folder in (moods, tmp_path / "link"))
    assert here.identity == there.identity
    assert here.notes == there.notes


def test_the_spelling_and_the_cache():
    reader = READERS.make(parse("audformat[database=emodb,release=1.4.1,kind=acted]"))
    assert (reader.database, reader.release, reader.makes_itself) == ("emodb", "1.4.1", True)
    other = Audformat(database="emodb", release="1.4.1", kind="measured", column="emotion")
    assert reader.identity == other.identity  # one copy in the cache, whatever is asked of it
    assert reader.identity != Audformat(database="emodb", release="1.3.0", kind="acted").identity
    assert not Audformat(kind="acted").makes_itself


def test_importing_it_loads_nothing_heavy():
    code = (
        "import sys, bench.corpora.audformat; "
        "print([name for name in ('audformat', 'audb', 'pandas', 'pyarrow', 'yaml') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.fixture
def repository(tmp_path, moods):
    """The database in a repository of audb on this disk, which is the only one it knows."""
    audb = pytest.importorskip("audb", reason="the extra [audb] is not installed")
    import audbackend

    (tmp_path / "host").mkdir()
    audbackend.backend.FileSystem.create(str(tmp_path / "host"), "local")
    place = audb.Repository("local", str(tmp_path / "host"), "file-system")
    before = audb.config.REPOSITORIES
    audb.config.REPOSITORIES = [place]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        audb.publish(str(moods), "1.2.0", place, cache_root=str(tmp_path / "theirs"), verbose=False)
    yield audb
    audb.config.REPOSITORIES = before


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_database_by_its_name(repository, tmp_path, moods):
    spelled = "moods:audformat[database=moods,kind=acted]"
    corpus = read_corpus(spelled, None, tmp_path / "cache")
    here = Audformat(kind="acted").read(moods)
    said = [[(clip.id, clip.speaker, clip.labels, clip.traits) for clip in each.clips] for each in (corpus, here)]
    assert said[0] == said[1]
    assert all(clip.path.is_file() for clip in corpus.clips)
    assert corpus.source == "Loaded by audb: moods, release 1.2.0 (https://example.org/moods)."
    assert not list((tmp_path / "cache").rglob("*.pkl"))
    repository.config.REPOSITORIES = []  # as without a network
    assert read_corpus(spelled, None, tmp_path / "cache") == corpus
    assert read_corpus("moods:audformat[database=moods,kind=measured]", None, tmp_path / "cache").targets[0].kind == "measured"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_load_that_was_killed_goes_on(repository, tmp_path):
    reader = Audformat(database="moods", kind="acted")
    place = reader.unpack(None, tmp_path / "place")
    corpus = reader.read(place)
    (place / LOADED).unlink()
    (place / "wav" / "03a01A.wav").unlink()
    (place / "wav" / "03a02A.wav").write_bytes(b"half")
    assert reader.read(reader.unpack(None, place)) == corpus
    assert decode(place / "wav" / "03a02A.wav").wave.duration_s == pytest.approx(0.3)


@pytest.mark.parametrize("release", ["", "9.9.9"])
def test_no_network_or_no_such_database(repository, tmp_path, release):
    reader = Audformat(database="nowhere", release=release, kind="acted")
    with pytest.raises(RequestError, match=r"could not load the database 'nowhere'.*There is no network, or no such") as caught:
        reader.unpack(None, tmp_path / "place")
    assert "\n" not in str(caught.value)
    assert (release or "newest") in str(caught.value)


def test_without_audb(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "audb", None)
    with pytest.raises(RequestError, match=r"pip install 'fatigue-bench\[audb\]'"):
        Audformat(database="emodb", kind="acted").unpack(None, tmp_path / "place")


def test_a_folder_and_a_name(moods, tmp_path):
    with pytest.raises(RequestError, match="Expected is one of the two"):
        Audformat(database="emodb", kind="acted").unpack(moods, tmp_path / "place")
