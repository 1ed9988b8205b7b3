"""The parameters: the same everywhere, blind to the label where they should be, moved by it where they should be."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from scipy.stats import spearmanr

from bench.base.identity import digest
from bench.corpora.plan import KSS, SHORTEST_PAUSE_S, plan_clips
from bench.corpora.sentence import sentences


def within_speaker(plans, cue):
    """Mean over speakers of the Spearman correlation of a cue with KSS."""
    rows = defaultdict(list)
    for plan in plans:
        rows[plan.speaker].append((plan.kss, cue(plan)))
    return np.mean([spearmanr(*zip(*pairs, strict=True)).statistic for pairs in rows.values()])


CUES = {
    "rate": lambda plan: plan.manner.words_per_minute,
    "pauses": lambda plan: sum(plan.pauses_s) / plan.sentence.syllables,
    "pause": lambda plan: np.mean(plan.pauses_s),
    "pitch": lambda plan: plan.manner.pitch,
    "range": lambda plan: plan.manner.pitch_range,
    "level": lambda plan: plan.level_dbfs,
    "breath": lambda plan: plan.breath_db,
    "jitter": lambda plan: plan.jitter_us,
}


def test_the_same_parameters_on_every_machine():
    # Change this value only together with the version of the corpus.
    assert digest([plan.as_json() for plan in plan_clips()]) == "a611a95d586a5ac480dc"


def test_every_speaker_has_every_level_once_with_sentences_of_its_own():
    plans = plan_clips()
    assert len(plans) == 216
    assert len({plan.clip_id for plan in plans}) == 216
    by_speaker = defaultdict(list)
    for plan in plans:
        by_speaker[plan.speaker].append(plan)
    assert len(by_speaker) == 24
    for rows in by_speaker.values():
        assert [plan.kss for plan in rows] == list(KSS)
        assert len({plan.sentence.id for plan in rows}) == 9
    assert set(Counter(plan.sentence.id for plan in plans).values()) == {6}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_text_says_nothing_about_the_label(seed):
    plans = plan_clips(seed=seed)
    longest = [plan.sentence.syllables for plan in plans]
    assert abs(spearmanr([plan.kss for plan in plans], longest).statistic) < 0.08


def test_phrases_are_the_sentence_cut_at_its_pauses():
    for plan in plan_clips():
        assert len(plan.phrases) == len(plan.pauses_s) + 1 == len(plan.phrase_gains_db)
        assert " ".join(phrase[:-1] for phrase in plan.phrases) == " ".join(plan.sentence.words)
        assert min(len(phrase.split()) for phrase in plan.phrases) >= 1
        assert min(plan.pauses_s) >= SHORTEST_PAUSE_S


def test_fatigue_moves_timing_most_and_everything_a_little():
    plans = plan_clips()
    moved = {name: within_speaker(plans, cue) for name, cue in CUES.items()}
    assert moved["rate"] < -0.3
    assert moved["pauses"] > 0.5
    assert moved["pause"] > 0.5
    assert -0.6 < moved["pitch"] < -0.15
    assert -0.6 < moved["range"] < -0.15
    assert -0.6 < moved["level"] < -0.1
    assert 0.1 < moved["breath"] < 0.6
    assert 0.1 < moved["jitter"] < 0.6


@pytest.mark.parametrize("seed", [0, 1])
def test_without_effect_nothing_follows_the_label(seed):
    plans = plan_clips(effect=0, seed=seed)
    for name, cue in CUES.items():
        assert abs(within_speaker(plans, cue)) < 0.25, name  # four times the standard error of 24 speakers: 0.35 / sqrt(24)


def test_without_effect_level_one_stays_as_it_is_and_the_noise_is_the_same():
    with_effect, without = plan_clips(), plan_clips(effect=0)
    for one, other in zip(with_effect, without, strict=True):
        assert (one.sentence, one.edges_s, one.phrase_gains_db[0], one.noise_seed) == (
            (other.sentence, other.edges_s, other.phrase_gains_db[0], other.noise_seed)
        )
        if one.kss == 1:
            assert one == other


def test_speakers_differ_more_in_level_and_pitch_than_fatigue_moves_them():
    plans = plan_clips()
    for cue in (CUES["level"], lambda plan: plan.manner.pitch):
        habits = [np.mean([cue(p) for p in plans if p.speaker == speaker]) for speaker in {p.speaker for p in plans}]
        ends = [np.mean([cue(p) for p in plans if p.kss == kss]) for kss in (1, 9)]
        assert np.std(habits) > 1.5 * abs(ends[1] - ends[0])


def test_speakers_show_it_unequally():
    plans = {(plan.speaker, plan.kss): plan for plan in plan_clips()}
    still = {(plan.speaker, plan.kss): plan for plan in plan_clips(effect=0)}
    slowed = [
        plans[f"v{n:02d}", 9].manner.words_per_minute / still[f"v{n:02d}", 9].manner.words_per_minute for n in range(1, 25)
    ]
    assert max(slowed) < 1
    assert np.std(np.log(slowed)) > 0.04


def test_another_seed_is_another_corpus():
    one, other = plan_clips(seed=0), plan_clips(seed=1)
    assert sum(a.sentence == b.sentence for a, b in zip(one, other, strict=True)) < 30
    assert {plan.sentence.id for plan in other} == {sentence.id for sentence in sentences()}
