"""A corpus by the name and place that a person gives."""

import shutil

import pytest

from bench.base.error import RequestError
from bench.corpora.yardstick import published
from bench.runs.source import read_corpus
from tests.layouts.slc import write_slc


def test_a_folder_by_its_own_name_and_by_the_word_folder(recordings, tmp_path):
    assert read_corpus("tiny", recordings.folder, tmp_path).name == "tiny"
    assert read_corpus("folder", recordings.folder, tmp_path).name == "tiny"
    assert read_corpus("tiny", recordings.folder / "corpus.toml", tmp_path).name == "tiny"
    with pytest.raises(RequestError, match=r"calls itself 'tiny', not 'other'\. Write `tiny=PATH`"):
        read_corpus("other", recordings.folder, tmp_path)


def test_two_corpora_of_one_reader_have_names_of_their_own(recordings, tmp_path):
    shutil.copytree(recordings.folder, tmp_path / "b")
    a, b = (read_corpus(f"{name}:folder", place, tmp_path) for name, place in (("a", recordings.folder), ("b", tmp_path / "b")))
    assert (a.name, b.name) == ("a", "b")
    assert [clip.id for clip in a.clips] == [clip.id for clip in b.clips]


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(
        RequestError, match=r"'ravdess' has no folder\. Corpora with a folder: tess\. Give it: `ravdess=PATH` \(to a run, "
    ):
        read_corpus("ravdess", None, tmp_path, ["tess"])
    with pytest.raises(RequestError, match="Did you mean 'ravdess'"):
        read_corpus("ravdes", tmp_path, tmp_path)
    with pytest.raises(RequestError, match="Did you mean 'ravdess'"):
        read_corpus("mine:ravdes", tmp_path, tmp_path)
    with pytest.raises(RequestError, match=r"nss' does not exist\. Expected is the folder of the corpus 'nightshift'"):
        read_corpus("nightshift", tmp_path / "nss", tmp_path)
    with pytest.raises(RequestError, match=r"No corpus is called 'nightshift'\. Known are: .*holds no TOML file"):
        read_corpus("nightshift", tmp_path, tmp_path)


def test_what_is_published_is_known_by_the_reader_and_not_by_the_name(recordings, tmp_path):
    folder = tmp_path / "own"
    shutil.copytree(recordings.folder, folder)
    toml = folder / "corpus.toml"
    toml.write_text(toml.read_text().replace('name = "tiny"', 'name = "sleep"'))
    assert "sleep" in toml.read_text()
    own = read_corpus("sleep:folder", folder, tmp_path)
    assert (own.name, own.yardsticks) == ("sleep", ())
    assert read_corpus("young:slc", write_slc(tmp_path / "slc"), tmp_path).yardsticks == published("slc")


def test_what_makes_itself_lies_in_the_cache(tmp_path, monkeypatch):
    pytest.importorskip("espeakng_loader", reason="the extra [synth] is not installed")
    from bench.corpora.plan import plan_clips

    monkeypatch.setattr("bench.corpora.synthetic.plan_clips", lambda effect, seed: plan_clips(effect, seed)[:2])
    corpus = read_corpus("synthetic", None, tmp_path)
    assert all(clip.path.is_relative_to(tmp_path / "corpora") for clip in corpus.clips)
    assert read_corpus("made:synthetic", None, tmp_path).name == "made"
