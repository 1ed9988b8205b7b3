import numpy as np
import pytest

from bench.features.pause import centred, find_speech, speech_span

RATE = 16_000


def bursts(lengths_s, gaps_s, lead_s=0.3, tail_s=0.3, level=0.2):
    """Noise bursts with silences between them; gives the samples and the true gaps."""
    rng = np.random.default_rng(0)
    parts, gaps, at = [np.zeros(round(lead_s * RATE))], [], lead_s
    for length_s, gap_s in zip(lengths_s, [*gaps_s, tail_s], strict=True):
        parts += [level * rng.standard_normal(round(length_s * RATE)), np.zeros(round(gap_s * RATE))]
        gaps.append((at + length_s, at + length_s + gap_s))
        at += length_s + gap_s
    return np.concatenate(parts).astype(np.float32), np.array(gaps[:-1])


def noisy(samples, snr_db, seed=1):
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    return (samples + noise * np.sqrt(np.mean(samples**2)) * 10 ** (-snr_db / 20)).astype(np.float32)


@pytest.mark.parametrize("snr_db", [None, 40, 30, 20])
def test_known_gaps_are_found_to_10_ms(snr_db):
    samples, gaps = bursts((0.6, 0.4, 0.8, 0.5), (0.25, 0.7, 0.4))
    found = find_speech(samples if snr_db is None else noisy(samples, snr_db), RATE)
    np.testing.assert_allclose(found.pauses_s, gaps, atol=0.011)
    assert (found.start_s, found.end_s) == pytest.approx((0.3, 0.3 + 2.3 + 1.35), abs=0.011)


def test_only_silences_from_200_ms_on_are_pauses():
    samples, gaps = bursts((0.5, 0.5, 0.5, 0.5), (0.10, 0.17, 0.23))
    found = find_speech(samples, RATE)
    np.testing.assert_allclose(found.pauses_s, gaps[2:], atol=0.011)


@pytest.mark.parametrize("gain", [0.001, 0.1, 3.0])
def test_a_gain_changes_nothing(gain):
    samples, _ = bursts((0.6, 0.4, 0.8), (0.3, 0.5))
    one, other = find_speech(samples, RATE), find_speech(samples * np.float32(gain), RATE)
    np.testing.assert_array_equal(one.runs_s, other.runs_s)
    assert other.active_db - one.active_db == pytest.approx(20 * np.log10(gain), abs=1e-3)


def test_silence_at_the_edges_does_not_count():
    samples, gaps = bursts((0.6, 0.4, 0.8), (0.3, 0.5), lead_s=0.0, tail_s=0.0)
    edged = np.concatenate([np.zeros(3 * RATE), samples, np.zeros(5 * RATE)]).astype(np.float32)
    np.testing.assert_allclose(find_speech(edged, RATE).pauses_s, gaps + 3, atol=0.011)
    assert speech_span(edged, RATE) == pytest.approx((3.0, 3.0 + len(samples) / RATE), abs=0.011)


def test_a_click_in_a_pause_and_one_before_the_speech_are_no_speech():
    samples, gaps = bursts((0.6, 0.6), (0.8,), lead_s=0.6)
    clicked = samples.copy()
    clicked[[round(0.2 * RATE), round((gaps[0, 0] + 0.4) * RATE)]] = 0.9
    np.testing.assert_allclose(find_speech(clicked, RATE).pauses_s, gaps, atol=0.011)
    assert find_speech(clicked, RATE).start_s == pytest.approx(0.6, abs=0.011)


def test_a_faint_noise_on_its_own_is_no_speech_but_a_fading_end_is():
    samples, gaps = bursts((0.8, 0.8), (1.0,))
    breath = samples.copy()
    at = round((gaps[0, 0] + 0.3) * RATE)
    breath[at : at + 4800] = samples[round(0.4 * RATE) :][:4800] * 10 ** (-26 / 20)
    np.testing.assert_allclose(find_speech(breath, RATE).pauses_s, gaps, atol=0.011)
    fading = samples.copy()
    at = round(gaps[0, 0] * RATE)
    fading[at : at + 1600] = samples[round(0.4 * RATE) :][:1600] * 10 ** (-26 / 20)
    np.testing.assert_allclose(find_speech(fading, RATE).pauses_s, gaps + np.array([0.1, 0]), atol=0.011)


@pytest.mark.parametrize(("below_db", "heard"), [(26, True), (29, True), (31, False)])
def test_a_fading_end_sounds_down_to_30_db_below_the_active_level(below_db, heard):
    samples, _ = bursts((1.0,), (), tail_s=1.0)
    samples += 1e-4 * np.random.default_rng(2).standard_normal(len(samples)).astype(np.float32)
    speech = find_speech(samples, RATE)
    tone = np.sqrt(2) * 10 ** ((speech.active_db - below_db) / 20) * np.sin(2 * np.pi * 400 * np.arange(RATE // 4) / RATE)
    end = round(1.3 * RATE)
    samples[end : end + len(tone)] += tone.astype(np.float32)
    assert find_speech(samples, RATE).end_s == pytest.approx(1.55 if heard else 1.3, abs=0.02)


@pytest.mark.parametrize(("below_db", "kept"), [(19, True), (21, False)])
def test_a_long_stretch_counts_where_its_peak_lies_less_than_20_db_below_the_active_level(below_db, kept):
    samples, _ = bursts((1.0,), (), tail_s=4.0)
    samples += 1e-4 * np.random.default_rng(2).standard_normal(len(samples)).astype(np.float32)
    tone = np.sqrt(2) * 10 ** ((find_speech(samples, RATE).active_db - below_db) / 20) * np.sin(np.arange(2 * RATE) * 0.2)
    samples[2 * RATE : 4 * RATE] += tone.astype(np.float32)
    assert find_speech(samples, RATE).end_s == pytest.approx(4.0 if kept else 1.3, abs=0.011)


def test_an_offset_and_rumble_do_not_count():
    samples, gaps = bursts((0.6, 0.4, 0.8), (0.3, 0.5))
    rumble = 0.1 + 0.02 * np.sin(2 * np.pi * 8 * np.arange(len(samples)) / RATE)
    np.testing.assert_allclose(find_speech((samples + rumble).astype(np.float32), RATE).pauses_s, gaps, atol=0.011)
    assert np.abs(centred(np.full(8000, 0.5, np.float32), RATE)).max() < 1e-9


@pytest.mark.parametrize("samples", [np.zeros(RATE), np.full(RATE, 0.5), np.zeros(0), np.ones(100)])
def test_where_nothing_sounds_there_is_no_speech(samples):
    assert find_speech(samples.astype(np.float32), RATE) is None
    assert speech_span(samples.astype(np.float32), RATE) is None


def test_steady_noise_is_one_stretch():
    noise = 0.1 * np.random.default_rng(0).standard_normal(3 * RATE)
    np.testing.assert_allclose(find_speech(noise.astype(np.float32), RATE).runs_s, [[0, 3]], atol=0.011)


def test_pauses_put_into_50_synthetic_clips_are_found_within_50_ms(spoken):
    assert sum(len(clip.pauses) for clip in spoken) > 60
    for clip in spoken:
        found = find_speech(clip.samples, clip.rate).pauses_s
        assert len(found) == len(clip.pauses)
        np.testing.assert_allclose(found, np.array(clip.pauses).reshape(-1, 2), atol=0.05)


def test_noise_of_30_db_below_the_speech_does_not_hide_or_make_pauses(spoken):
    for clip in spoken[::3]:
        found = find_speech(noisy(clip.samples, 30), clip.rate).pauses_s
        assert len(found) == len(clip.pauses)
        np.testing.assert_allclose(found, np.array(clip.pauses).reshape(-1, 2), atol=0.06)
