"""Which clips of a corpus stay, and the reasons of those that go."""

from pathlib import Path

import pytest

from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.decoders.decoder import decode
from bench.decoders.facts import ClipFacts, clip_key
from bench.decoders.survey import exclude

KSS = Target("kss", "measured", "How sleepy.", scale=(1, 9))


def clip(name, speaker="anna", kss=3.0, path=None):
    return Clip(name, speaker, Path(path or f"{name}.wav"), {"kss": kss})


def excluded(*rows):
    """The corpus and its exclusions, given (clip, sample hash or problem)."""
    facts = {
        c.id: ClipFacts(c.id, problem=said) if " " in said else ClipFacts(c.id, sample_hash=said, duration_s=1.0)
        for c, said in rows
    }
    corpus = exclude(Corpus("c", "1", (KSS,), tuple(c for c, _ in rows), (Exclusion("x", "listed before"),)), facts)
    assert corpus.excluded[0] == Exclusion("x", "listed before")
    return [c.id for c in corpus.clips], {e.clip_id: e.reason for e in corpus.excluded[1:]}


def test_clips_without_problems_stay():
    assert excluded((clip("a"), "1"), (clip("b"), "2")) == (["a", "b"], {})


def test_a_problem_is_the_reason():
    kept, gone = excluded((clip("a"), "it holds 0 samples"), (clip("b"), "2"))
    assert kept == ["b"]
    assert gone == {"a": "the recording cannot be used: it holds 0 samples"}


def test_of_the_same_samples_the_first_by_path_stays():
    kept, gone = excluded((clip("a", path="z.wav"), "1"), (clip("b", path="m.wav"), "1"), (clip("c", path="a.wav"), "1"))
    assert kept == ["c"]
    assert gone == dict.fromkeys(["a", "b"], "the same samples, speaker and labels as 'c', which is kept")


@pytest.mark.parametrize(("other", "what"), [({"kss": 4.0}, "labels"), ({"speaker": "bert"}, "speakers")])
def test_the_same_samples_with_something_else_all_go(other, what):
    kept, gone = excluded((clip("a"), "1"), (clip("b"), "1"), (clip("c", **other), "1"), (clip("d"), "2"))
    assert kept == ["d"]
    assert gone == dict.fromkeys("abc", f"the same samples stand with different {what} in 'a', 'b', 'c'")


def test_recordings_that_cannot_be_used_are_no_duplicates_of_each_other():
    kept, gone = excluded((clip("a"), "it holds 0 samples"), (clip("b", "bert"), "it holds 0 samples"))
    assert kept == []
    assert set(gone.values()) == {"the recording cannot be used: it holds 0 samples"}


def test_the_720_recordings_of_ravdess_give_719_clips(ravdess):
    paths = sorted(ravdess.rglob("03-0*.flac"))
    if len(paths) != 720:
        pytest.skip(f"FATIGUE_BENCH_RAVDESS holds {len(paths)} FLAC files, not the 12 actors of 720")
    clips = tuple(Clip(p.stem, p.stem[-2:], p, {"kss": float(p.stem[7])}) for p in paths)
    facts = {c.id: ClipFacts.of(clip_key(c.id), decode(c.path)) for c in clips}
    corpus = exclude(Corpus("ravdess", "1", (KSS,), clips), facts)
    assert len(corpus.clips) == 719
    assert "which is kept" in corpus.excluded[0].reason
