"""The proxy sheet, against numbers worked out by hand on a made corpus."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus
from bench.corpora.emotion import emotion_target
from bench.corpora.proxy import VARIANTS, proxy_labels, proxy_targets
from bench.decoders.facts import ClipFacts
from bench.runs.proxy import make_sheet
from tests.runs.conftest import make_corpus, make_facts

EMOTIONS = ("anger", "sadness", "neutral", "calm", "fear")


def acted(tmp_path, n_speakers=4):
    clips = tuple(
        Clip(
            f"s{s}-{n}",
            f"s{s}",
            tmp_path / f"s{s}-{n}.wav",
            {**proxy_labels(EMOTIONS[(s + n) % 5]), "emotion": EMOTIONS[(s + n) % 5]},
            text=f"t{n % 3}",
        )
        for s in range(n_speakers)
        for n in range(7)
    )
    return Corpus("acted", "1", (*proxy_targets(), emotion_target(EMOTIONS)), clips)


def facts_of(corpus):
    return {c.id: ClipFacts(c.id, None, c.id, 1.0 + n % 11 / 10, 16_000, 1) for n, c in enumerate(corpus.clips)}


def test_numbers_by_hand(tmp_path):
    corpus = acted(tmp_path)
    facts = facts_of(corpus)
    sheet = make_sheet(corpus, facts)
    own = {name: np.array([clip.labels[name] for clip in corpus.clips]) for name in VARIANTS}
    assert (sheet.corpus, sheet.n_clips, sheet.n_speakers, sheet.notes) == ("acted", 28, 4, ())
    assert set(sheet.distribution) == set(sheet.shares) == set(sheet.duration) == set(sheet.explained) == set(VARIANTS)
    default = own["fatigue-proxy"]
    assert sheet.distribution["fatigue-proxy"] == tuple(np.percentile(default, [0, 25, 50, 75, 100]))
    assert sheet.shares["fatigue-proxy"] == {
        "alert": (default < 0.45).mean(),
        "neutral": ((default >= 0.45) & (default < 0.60)).mean(),
        "fatigued": (default >= 0.60).mean(),
    }
    assert len(sheet.agreement) == 10
    pair = ("fatigue-proxy", "fatigue-proxy-pad")
    assert sheet.agreement[pair] == pytest.approx(spearmanr(own[pair[0]], own[pair[1]]).statistic)
    durations = [facts[clip.id].duration_s for clip in corpus.clips]
    assert sheet.duration["fatigue-proxy"] == pytest.approx(spearmanr(default, durations).statistic)
    texts = np.array([clip.text for clip in corpus.clips])
    within = sum(((default[texts == t] - default[texts == t].mean()) ** 2).sum() for t in set(texts))
    assert sheet.explained["fatigue-proxy"]["text"] == pytest.approx(1 - within / ((default - default.mean()) ** 2).sum())
    assert set(sheet.explained["fatigue-proxy"]) == {"speaker", "text"}  # sessions are not known
    assert sheet.classes == pytest.approx({name: proxy_labels(name)["fatigue-proxy"] for name in EMOTIONS})
    assert list(sheet.classes.values()) == sorted(sheet.classes.values(), reverse=True)


def test_recordings_that_cannot_be_used_and_labels_that_are_missing_are_counted(tmp_path):
    corpus = acted(tmp_path)
    clips = tuple(replace(clip, labels={"emotion": "anger"}) if n < 3 else clip for n, clip in enumerate(corpus.clips))
    corpus = replace(corpus, clips=clips)
    facts = facts_of(corpus)
    facts["s3-6"] = ClipFacts("", "the file is empty (0 bytes)")
    sheet = make_sheet(corpus, facts)
    assert sheet.n_clips == 28 - 4
    assert sheet.notes[0].startswith("Left out, unusable or heard twice: 1 clip; ")
    assert sheet.notes[1:] == ("Left out, without a label of it: 3 clips.",)


def test_without_any_recording_the_labels_are_described(tmp_path):
    corpus = acted(tmp_path)
    sheet = make_sheet(corpus, {clip.id: ClipFacts("", "the file does not exist") for clip in corpus.clips})
    assert sheet.n_clips == 28
    assert set(sheet.duration.values()) == {None}
    assert "label files alone" in sheet.notes[0]


def test_a_corpus_without_a_proxy_is_told():
    corpus = make_corpus()
    with pytest.raises(RequestError, match=r"tiny has no proxy label: its targets are kss \(measured\)"):
        make_sheet(corpus, make_facts(corpus))
