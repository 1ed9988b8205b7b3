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


def test_in_the_level_form_speakers_of_one_level_exchange_it():
    # Scores 7, 8 and 9 are all "sleepy": shuffled among themselves they would leave every level where it was.
    corpus = make_corpus(8)
    clips = tuple(
        replace(clip, labels={"kss": (7.0 if int(clip.speaker[1:]) < 4 else 1.0) + n % 3})
        for n, clip in enumerate(corpus.clips)
    )
    corpus = replace(corpus, clips=clips)
    levels = [corpus.target("kss").level(clip.labels["kss"]) for clip in corpus.clips]
    by_score, by_level = ([c.labels["kss"] for c in permuted(corpus, "kss", 0, form).clips] for form in ("score", "level"))
    assert [corpus.target("kss").level(label) for label in by_score] == levels
    after = [corpus.target("kss").level(label) for label in by_level]
    assert after != levels
    assert sorted(after) == sorted(levels)


def test_variants_go_with_the_label():
    corpus = make_corpus(6)
    kss = corpus.target("kss")
    clips = tuple(replace(clip, labels={**clip.labels, "kss-2": clip.labels["kss"], "other": 1.0}) for clip in corpus.clips)
    targets = (kss, replace(kss, name="kss-2", variant_of="kss"), replace(kss, name="other"))
    shuffled = permuted(replace(corpus, targets=targets, clips=clips), "kss", 0)
    assert all(clip.labels["kss-2"] == clip.labels["kss"] for clip in shuffled.clips)
    assert {clip.labels["other"] for clip in shuffled.clips} == {1.0}
    assert [clip.labels["kss"] for clip in shuffled.clips] != [clip.labels["kss"] for clip in clips]
