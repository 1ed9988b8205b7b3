"""Labels permuted in a corpus."""

from collections import Counter
from dataclasses import replace

from bench.runs.shuffle import permuted
from tests.runs.conftest import make_corpus


def labels_by(corpus, what):
    found = {}
    for clip in corpus.clips:
        found.setdefault(getattr(clip, what), []).append(clip.labels["kss"])
    return found


def test_only_labels_within_a_speaker_change():
    corpus = make_corpus(6)
    shuffled = permuted(corpus, "kss", 3)
    assert [replace(clip, labels={}) for clip in shuffled.clips] == [replace(clip, labels={}) for clip in corpus.clips]
    before, after = labels_by(corpus, "speaker"), labels_by(shuffled, "speaker")
    assert before != after
    assert {name: sorted(own) for name, own in before.items()} == {name: sorted(own) for name, own in after.items()}


def test_the_seed_decides_and_none_leaves_all_as_it_is():
    corpus = make_corpus(6)
    assert permuted(corpus, "kss", None) is corpus
    assert permuted(corpus, "kss", 1) == permuted(corpus, "kss", 1) != permuted(corpus, "kss", 2)


def test_clips_without_a_label_stay_without():
    corpus = make_corpus(4)
    clips = tuple(replace(clip, labels={}) if n % 5 == 0 else clip for n, clip in enumerate(corpus.clips))
    shuffled = permuted(replace(corpus, clips=clips), "kss", 0)
    assert [bool(clip.labels) for clip in shuffled.clips] == [bool(clip.labels) for clip in clips]


def test_where_nobody_knows_who_speaks_the_parts_keep_their_labels():
    corpus = make_corpus(6)
    parts = {"s0": "train", "s1": "train", "s2": "train", "s3": "devel", "s4": "test", "s5": "test"}
    clips = tuple(replace(clip, speaker="", split=parts[clip.speaker]) for clip in corpus.clips)
    shuffled = permuted(replace(corpus, clips=clips, speakers="unknown"), "kss", 0)
    for part, own in labels_by(shuffled, "split").items():
        assert Counter(own) == Counter(clip.labels["kss"] for clip in clips if clip.split == part)


def test_speakers_of_one_label_exchange_it():
    corpus = make_corpus(6, scores=(1.0, 1.0))
    clips = tuple(replace(clip, labels={"kss": float(clip.speaker[1:]) + 1}) for clip in corpus.clips)
    after = labels_by(permuted(replace(corpus, clips=clips), "kss", 0), "speaker")
    assert all(len(set(own)) == 1 for own in after.values())
    assert sorted(own[0] for own in after.values()) == [1, 2, 3, 4, 5, 6]
    assert [own[0] for own in after.values()] != [1, 2, 3, 4, 5, 6]
