"""Every corpus of ours keeps the one contract; where each lies is made by tests/layouts."""

import importlib
import re
import shutil
from importlib.metadata import entry_points
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.corpora.corpus import LabelKind
from bench.corpora.reader import READERS
from bench.decoders.decoder import decode
from bench.decoders.facts import FactStore
from bench.decoders.survey import exclude
from bench.features.extraction import extract
from bench.features.store import FeatureStore
from bench.runs.corpus_conformance import corpus_faults
from bench.runs.plugin import REGISTRIES, add_plugins

OURS = sorted(point.name for point in entry_points(group="bench.corpora") if point.value.startswith("bench."))
SPELLED = {
    "audformat": "audformat[kind=acted]",
    "huggingface": "huggingface[kind=acted,label=emotion,speaker=speaker_id]",
    "synthetic": "few",
}
NEEDED = {"synthetic": "espeakng_loader", "huggingface": "datasets"}
EXPECTED = {
    "audformat": "db.yaml",
    "emodb": "03a01Fa.wav",
    "emovdb": "sam_Sleepy",
    "folder": "manifest",
    "huggingface": "data set",
    "iemocap": "Session1",
    "ravdess": "Actor_01 to Actor_24",
    "slc": "path, speaker and kss",
    "sleep": "lab/labels.csv",
    "tess": "OAF_back_angry.wav",
}
FEW = '''
"""Eight clips of the 216 that are made, each of another level."""
import bench.corpora.synthetic as synthetic
from bench.corpora.plan import plan_clips

synthetic.plan_clips = lambda effect, seed: plan_clips(effect, seed)[::29]


class Few(synthetic.Synthetic):
    name = "few"
'''


class Tried:
    """A reader of ours, and where its corpus lies."""

    def __init__(self, name, tmp_path):
        if name in NEEDED:
            pytest.importorskip(NEEDED[name], reason=f"what {name} needs is not installed")
        self.files, self.cache, self.folder = [], tmp_path / "cache", None
        if name == "synthetic":
            self.files = [tmp_path / "few.py"]
            self.files[0].write_text(FEW)
            add_plugins(self.files)
        else:
            made = importlib.import_module(f"tests.layouts.{name}")
            self.folder = getattr(made, f"write_{name}")(tmp_path / "here" / name)
        self.reader = READERS.make(parse(SPELLED.get(name, name)))

    def read(self, folder=None):
        return self.reader.read(self.reader.unpack(folder or self.folder, self.cache / "unpacked"))


@pytest.fixture
def tried(request, tmp_path, monkeypatch):
    for registry in REGISTRIES:
        monkeypatch.setattr(registry, "_added", dict(registry._added))
    monkeypatch.setattr("bench.corpora.synthetic.plan_clips", importlib.import_module("bench.corpora.plan").plan_clips)
    return Tried(request.param, tmp_path)


each = pytest.mark.parametrize("tried", OURS, indirect=True)
each_with_a_folder = pytest.mark.parametrize("tried", [name for name in OURS if name != "synthetic"], indirect=True)


@each
def test_it_keeps_the_contract(tried):
    assert corpus_faults(tried.reader, tried.folder, tried.cache, tried.files) == []


@each
def test_its_clips_can_be_asked_and_heard(tried):
    corpus = tried.read()
    for target in corpus.targets:
        assert target.kind in get_args(LabelKind)
        assert re.fullmatch(r"[a-z0-9-]+", target.name)
        labels = [clip.labels[target.name] for clip in corpus.clips if target.name in clip.labels]
        assert len(set(labels)) > 1
        assert not target.levels or len({target.level(label) for label in labels}) > 1
        assert not target.variant_of or corpus.target(target.variant_of)
    assert any(not target.variant_of for target in corpus.targets)
    assert corpus.speakers == "unknown" or len({clip.speaker for clip in corpus.clips}) >= 2
    clip = corpus.clips[0]
    wave = decode(clip.path, clip.start_s, clip.end_s).wave
    assert wave.duration_s > 0.05
    assert np.isfinite(wave.samples).all()


@each
def test_a_copy_under_another_name_with_another_label_is_found(tried, tmp_path):
    """Nobody can know which label is right, so both go."""
    corpus = tried.read()
    whole = [clip for clip in corpus.clips if sum(other.path == clip.path for other in corpus.clips) == 1]
    first = whole[0]
    other = next(clip for clip in whole if clip.labels != first.labels and clip.turns == first.turns)
    shutil.copyfile(first.path, other.path)
    clips = tuple(clip for clip in corpus.clips if clip in (first, other))
    two = type(corpus)(corpus.name, corpus.version, corpus.targets, clips, speakers=corpus.speakers)
    facts = extract(clips, (), FeatureStore(tmp_path / "store"), FactStore(tmp_path / "store")).facts
    gone = exclude(two, facts)
    assert not gone.clips
    assert {one.clip_id for one in gone.excluded} == {first.id, other.id}
    assert all(one.reason.startswith("the same samples stand with different ") for one in gone.excluded)


def empty(folder):
    folder.mkdir()


def other_things(folder):
    (folder / "pictures").mkdir(parents=True)
    (folder / "letter.txt").write_text("Dear Sir or Madam,\n")
    (folder / "bills.csv").write_text("to;whom\nit;may\n")
    (folder / "pictures" / "beach.jpg").write_bytes(b"\xff\xd8")


def other_recordings(folder):
    folder.mkdir()
    (folder / "first song.wav").write_bytes(bytes(4096))


def a_file(path):
    path.write_text("to;whom\nit;may\n")


def nothing(path):
    pass


@each_with_a_folder
@pytest.mark.parametrize("make", [empty, other_things, other_recordings, a_file, nothing])
def test_a_wrong_folder_is_recognised(tried, make, request, tmp_path):
    """The sentence says which folder, what lies there, and what was expected."""
    wrong = tmp_path / f"wrong-{make.__name__}.txt"
    make(wrong)
    with pytest.raises(RequestError) as raised:
        tried.read(wrong)
    said = str(raised.value)
    before, after = re.split("Expected (?:is|are)", said, maxsplit=1)
    assert wrong.name in before
    assert EXPECTED[tried.reader.name] in after
    found = {
        empty: "no|none|empty|does not hold|not a",
        other_things: "no|none|not|letter.txt",
        other_recordings: "no|none|not|first song.wav",
        a_file: "file",
        nothing: "does not exist",
    }
    assert re.search(found[make], before)


@pytest.mark.parametrize("tried", ["ravdess"], indirect=True)
def test_the_real_recordings_keep_it_too(tried, ravdess):
    assert corpus_faults(tried.reader, ravdess, tried.cache) == []


def test_every_corpus_of_ours_has_a_layout():
    made = {path.stem for path in (Path(__file__).parents[1] / "layouts").glob("*.py")}
    assert set(OURS) - made == {"synthetic"}
    assert set(EXPECTED) == set(OURS) - {"synthetic"}
