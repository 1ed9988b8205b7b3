"""One feature set on a corpus, as a researcher asks for it."""

import shutil

import numpy as np
import pytest

import bench
from bench.base.error import RequestError
from bench.decoders.decoder import decode
from bench.features.feature_set import FEATURE_SETS


@pytest.fixture
def corpus(recordings):
    return bench.read_corpus("folder", str(recordings.folder))


def test_a_row_for_each_clip_in_the_order_of_the_corpus(corpus, tmp_path):
    table = bench.features_of(corpus, "loudness", cache=tmp_path / "cache", jobs=1)
    assert table.clip_ids == tuple(clip.id for clip in corpus.clips)
    loudness = FEATURE_SETS.get("loudness")()
    own = [loudness.extract(decode(clip.path).wave)[0] for clip in corpus.clips]
    assert np.allclose(table.values[:, 0], own, rtol=0, atol=1e-4)
    again = bench.features_of(corpus, "loudness", cache=str(tmp_path / "cache"), jobs=1)
    assert np.array_equal(again.values, table.values)


def test_what_cannot_be_used_is_left_out(corpus, recordings, tmp_path):
    (recordings.folder / "s0_1.wav").write_bytes(b"no sound")
    shutil.copyfile(recordings.folder / "s1_1.wav", recordings.folder / "s2_9.wav")  # the same samples from two speakers
    table = bench.features_of(corpus, "duration", cache=tmp_path / "cache", jobs=1)
    assert set(clip.id for clip in corpus.clips) - set(table.clip_ids) == {"s0_1", "s1_1", "s2_9"}


def test_layers(corpus, tmp_path):
    cache = tmp_path / "cache"
    every = bench.features_of(corpus, "untrained[size=small]@all", cache=cache, jobs=1)
    assert every.values.shape == (len(corpus.clips), 5, 96)
    one = bench.features_of(corpus, "untrained[size=small]@3", cache=cache, jobs=1)
    assert np.array_equal(one.values, every.values[:, 3])
    for spelled, words in (
        ("untrained[size=small]", "has the layers 0 to 4, and none was asked for"),
        ("untrained@9", "has the layers 0 to 4, and @9 was asked for. Write one of them, or all: 'untrained@all'."),
        ("duration@2", "duration has no layers, so '@2' cannot be. Write 'duration'."),
        ("durations", "Did you mean 'duration'?"),
    ):
        with pytest.raises(RequestError, match=words.replace("(", r"\(").replace("[", r"\[")):
            bench.features_of(corpus, spelled, cache=cache)
