"""Every reader of ours gives a corpus that the rest can rely on."""

import re
from typing import get_args

import numpy as np
import pytest

from bench.base.error import RequestError
from bench.corpora.corpus import LabelKind
from bench.corpora.plan import plan_clips
from bench.corpora.reader import READERS
from bench.decoders.decoder import decode

OURS = [name for name in READERS.names() if READERS.get(name).__module__.startswith("bench.")]
LICENCE, CITATION = "Given by the user, version 7.", "The user (2026)."


@pytest.fixture
def place(request, tmp_path, monkeypatch):
    """Where the corpus of a name lies."""
    name = request.param
    if name == "ravdess":
        return request.getfixturevalue("ravdess")
    if name == "folder":
        folder = request.getfixturevalue("recordings").folder
        said = folder / "corpus.toml"
        said.write_text(f'licence = "{LICENCE}"\ncitation = "{CITATION}"\n' + said.read_text())
        return folder
    if name == "synthetic":  # eight clips of the 216, each of another level
        pytest.importorskip("espeakng_loader", reason="the extra [synth] is not installed")
        monkeypatch.setattr("bench.corpora.synthetic.plan_clips", lambda effect, seed: plan_clips(effect, seed)[::29])
        return tmp_path / "made"
    return pytest.fail(f"the corpus {name!r} has no place here; say in this fixture where its recordings come from")


each = pytest.mark.parametrize(("name", "place"), [(name, name) for name in OURS], indirect=["place"])


@each
def test_it_keeps_its_promises(name, place, tmp_path):
    reader = READERS.get(name)()
    corpus = reader.read(place)

    assert corpus.clips
    ids = [clip.id for clip in corpus.clips]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {gone.clip_id for gone in corpus.excluded}
    assert all(gone.reason for gone in corpus.excluded)
    for clip in corpus.clips:
        assert clip.speaker.strip()
        assert clip.path.is_file()
        assert str(place) not in clip.id
        assert clip.start_s is None or clip.end_s is None or 0 <= clip.start_s < clip.end_s
        assert all(isinstance(key, str) and isinstance(value, str) for key, value in clip.traits.items())
        assert not [
            problem for problem in (corpus.target(target).problem(value) for target, value in clip.labels.items()) if problem
        ]
    assert corpus.speakers == "known"
    assert len({clip.speaker for clip in corpus.clips}) >= 3

    assert corpus.targets
    for target in corpus.targets:
        assert target.kind in get_args(LabelKind)
        assert re.fullmatch(r"\S.*[.!?]", target.about, re.DOTALL)
        assert re.fullmatch(r"[a-z0-9-]+", target.name)
        assert target.forms
        labels = [clip.labels[target.name] for clip in corpus.clips if target.name in clip.labels]
        assert len(set(labels)) > 1
        assert not target.levels or len({target.level(label) for label in labels}) > 1

    assert corpus.version == reader.version
    assert corpus.licence
    assert corpus.citation
    if name == "folder":
        assert (corpus.licence, corpus.citation) == (LICENCE, CITATION)
    assert corpus.about.endswith(".")

    wave = decode(corpus.clips[0].path, corpus.clips[0].start_s, corpus.clips[0].end_s).wave
    assert wave.duration_s > 0.1
    assert np.isfinite(wave.samples).all()


@each
def test_it_is_the_same_wherever_it_lies(name, place, tmp_path):
    corpus = READERS.get(name)().read(place)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.symlink_to(place, target_is_directory=True)
    again = READERS.get(name)().read(elsewhere)
    assert again.identity == corpus.identity
    assert [clip.id for clip in again.clips] == [clip.id for clip in corpus.clips]
    assert again.excluded == corpus.excluded


@pytest.mark.parametrize("name", [name for name in OURS if not READERS.get(name)().makes_itself])
def test_a_place_that_is_not_there_is_named(name, tmp_path):
    with pytest.raises(RequestError, match="nowhere"):
        READERS.get(name)().read(tmp_path / "nowhere")


def test_all_of_ours_are_tried():
    assert OURS == ["folder", "ravdess", "synthetic"]
