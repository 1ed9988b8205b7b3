"""What is rendered is what was planned, measured in the samples."""

from dataclasses import replace

import numpy as np
import pytest

from bench.corpora.plan import plan_clips
from bench.corpora.rendering import RATE, render

pytest.importorskip("espeakng_loader", reason="the extra [synth] is not installed")

FRAME = 160


@pytest.fixture(scope="module")
def rendered():
    plans = plan_clips()[::9][:12] + plan_clips()[8::27]  # twelve alert voices, eight tired ones
    return [(plan, render(plan)) for plan in plans]


def decibels(samples):
    """Level of each frame of 10 ms."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    return 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)


def test_again_gives_the_same(rendered):
    plan, speech = rendered[-1]
    assert np.array_equal(render(plan).samples, speech.samples)


def test_samples_are_sound(rendered):
    for _plan, speech in rendered:
        assert speech.samples.dtype == np.float32
        assert speech.rate == RATE
        assert np.isfinite(speech.samples).all()
        assert np.abs(speech.samples).max() < 0.99
        pcm = np.round(speech.samples * 32_767)
        longest = max(np.diff(np.flatnonzero(np.concatenate([[True], pcm != 0, [True]]))))
        assert longest < 0.005 * RATE, "digital silence"


def test_pauses_are_silent_and_as_long_as_planned(rendered):
    for plan, speech in rendered:
        level = decibels(speech.samples)
        assert len(speech.pauses) == len(plan.pauses_s)
        for (start_s, end_s), planned_s in zip(speech.pauses, plan.pauses_s, strict=True):
            assert end_s - start_s == pytest.approx(planned_s, abs=1e-4)
            inside = level[int(start_s * 100) + 2 : int(end_s * 100) - 2]
            assert inside.max() < plan.floor_dbfs + 4
            # Speech begins within 50 ms of either end.
            assert level[int(start_s * 100) - 5 : int(start_s * 100)].max() > plan.floor_dbfs + 6
            assert level[int(end_s * 100) : int(end_s * 100) + 6].max() > plan.floor_dbfs + 6


def test_edges_are_as_planned(rendered):
    for plan, speech in rendered:
        loud = np.flatnonzero(decibels(speech.samples) > plan.floor_dbfs + 6) / 100
        assert loud[0] == pytest.approx(plan.edges_s[0], abs=0.05)
        assert len(speech.samples) / RATE - loud[-1] == pytest.approx(plan.edges_s[1], abs=0.05)


def test_level_and_floor_are_as_planned(rendered):
    for plan, speech in rendered:
        level = decibels(speech.samples)
        spoken = level[level > plan.level_dbfs - 20]
        assert 10 * np.log10(np.mean(10 ** (spoken / 10))) == pytest.approx(plan.level_dbfs, abs=1.5)
        edge = speech.samples[: int(plan.edges_s[0] * RATE)]
        assert 20 * np.log10(np.std(edge)) == pytest.approx(plan.floor_dbfs, abs=1.0)


def test_breath_adds_noise_where_there_is_speech():
    plan = plan_clips()[0]
    calm, breathy = (render(replace(plan, breath_db=breath_db, floor_dbfs=-90)) for breath_db in (-40, -10))
    hz = np.fft.rfftfreq(len(calm.samples), 1 / RATE)
    high = (hz > 4_500) & (hz < 6_000)
    assert np.sum(np.abs(np.fft.rfft(breathy.samples))[high] ** 2) > 3 * np.sum(np.abs(np.fft.rfft(calm.samples))[high] ** 2)
    start_s, end_s = breathy.pauses[0]
    assert decibels(breathy.samples[int((start_s + 0.05) * RATE) : int((end_s - 0.05) * RATE)]).max() < -80


def test_jitter_makes_cycles_irregular():
    plan = plan_clips()[9]
    clean, rough = (render(replace(plan, jitter_us=jitter_us, breath_db=-60, floor_dbfs=-90)) for jitter_us in (0.1, 300.0))

    def regularity(speech):
        found = []
        for start in range(0, len(speech.samples) - 1024, 512):
            frame = speech.samples[start : start + 1024].astype(np.float64)
            if np.mean(frame**2) > np.mean(speech.samples**2):
                correlation = np.fft.irfft(np.abs(np.fft.rfft((frame - frame.mean()) * np.hanning(1024), 4096)) ** 2)
                found.append(correlation[RATE // 200 : RATE // 70].max() / correlation[0])
        return np.mean(found)

    assert regularity(rough) < regularity(clean) - 0.02
    assert rough.pauses == clean.pauses


def test_slower_speech_lasts_longer():
    plan = plan_clips()[0]
    slow, fast = (
        render(replace(plan, manner=replace(plan.manner, words_per_minute=words_per_minute))) for words_per_minute in (110, 220)
    )
    silent_s = sum(plan.pauses_s) + sum(plan.edges_s)
    assert 1.6 < (len(slow.samples) / RATE - silent_s) / (len(fast.samples) / RATE - silent_s) < 2.4
    assert slow.syllables == fast.syllables == plan.sentence.syllables
