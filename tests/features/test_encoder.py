"""The encoder against a plain loop of transformers: one clip at a time, pooled with NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import transformers

from bench.features.encoder import Encoder, Piece, batches
from bench.features.framing import Framing, Window
from bench.features.voicing import voiced_frames
from bench.features.weight import read

SHAPES = ["wav2vec2-group", "wav2vec2-layer", "hubert-group", "hubert-layer", "wavlm-group", "wavlm-layer", "data2vec"]
RATE = 16_000


def plain_states(folder, samples):
    """All layers of one clip by transformers alone: (n_layers, n_frames, n_dims)."""
    model = transformers.AutoModel.from_pretrained(folder).eval()
    prepare = transformers.AutoFeatureExtractor.from_pretrained(folder)
    with torch.inference_mode():
        output = model(prepare(samples, sampling_rate=RATE, return_tensors="pt").input_values, output_hidden_states=True)
    return torch.cat([*output.hidden_states[:-1], output.last_hidden_state]).numpy()


def plain_values(folder, samples):
    """Mean, standard deviation, maximum and mean over voiced frames, in float64."""
    states = plain_states(folder, samples).astype(np.float64)
    voiced = voiced_frames(samples, RATE, 320, 400)
    parts = [states.mean(1), states.std(1), states.max(1), states[:, voiced].mean(1)]
    return np.concatenate(parts, axis=1)


@pytest.mark.parametrize("shape", SHAPES)
def test_batch_of_unequal_clips_equals_a_plain_loop(shape, tiny, speech_like):
    folder = tiny(shape)
    clips = [speech_like(duration_s, seed).samples for seed, duration_s in enumerate([1.0, 1.047, 1.11, 0.981])]
    encoder = Encoder(read(folder), normalises=True)
    shapes = []
    encoder.model.register_forward_pre_hook(lambda module, inputs: shapes.append(tuple(inputs[0].shape)))
    pooled = encoder.pool(clips, RATE)
    assert shapes == [(4, round(1.11 * RATE))]
    for clip, sums in zip(clips, pooled, strict=True):
        assert 0 < sums.voiced < sums.count
        np.testing.assert_allclose(sums.values(), plain_values(folder, clip), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_frame_of_a_batch_equals_the_clip_alone(shape, tiny, speech_like):
    folder = tiny(shape)
    clips = [speech_like(duration_s, seed).samples for seed, duration_s in enumerate([2.0, 0.5, 0.025, 1.2])]
    encoder = Encoder(read(folder), normalises=False)
    together = list(encoder.states(clips))
    for clip, states in zip(clips, together, strict=True):
        (alone,) = encoder.states([clip])
        assert states.shape == alone.shape
        np.testing.assert_allclose(states, alone, rtol=1e-5, atol=1e-5)


def test_padding_is_not_exact_in_transformers_itself(tiny, speech_like):
    """The reason for the care taken; should transformers mend it, the care can go."""
    model = transformers.AutoModel.from_pretrained(tiny("wav2vec2-group")).eval()
    samples = torch.from_numpy(speech_like(1.0).samples.copy())[None]
    padded = torch.nn.functional.pad(samples, (0, RATE))
    with torch.inference_mode():
        alone = model(samples).last_hidden_state
        masked = model(padded, attention_mask=(torch.arange(2 * RATE) < RATE).long()[None]).last_hidden_state
    assert (masked[:, : alone.shape[1]] - alone).abs().max() > 1e-2


def test_top_layer_of_a_stable_layer_norm_model_is_after_the_final_norm(tiny, speech_like):
    folder = tiny("wav2vec2-layer")
    model = transformers.AutoModel.from_pretrained(folder).eval()
    samples = speech_like(0.7).samples
    (states,) = Encoder(read(folder), normalises=False).states([samples])
    with torch.inference_mode():
        expected = model(torch.from_numpy(samples.copy())[None]).last_hidden_state[0]
    np.testing.assert_allclose(states[-1], expected, rtol=1e-5, atol=1e-5)


def test_layer_0_is_the_input_of_the_transformer(tiny, speech_like):
    encoder = Encoder(read(tiny("wav2vec2-layer")), normalises=False)
    seen = []
    encoder.model.encoder.layers[0].register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0][0].clone()))
    (states,) = encoder.states([speech_like(0.7).samples])
    assert torch.equal(states[0], seen[0])


@pytest.mark.parametrize("shape", ["wav2vec2-group", "wavlm-layer"])
def test_long_recording_is_the_merged_sums_of_its_windows(shape, tiny, speech_like):
    folder = tiny(shape)
    samples = speech_like(61.3, 2).samples
    encoder = Encoder(read(folder), normalises=True)
    (sums,) = encoder.pool([samples], RATE)
    framing = Framing.of(encoder.model.config.to_dict())
    assert sums.count == framing.count(len(samples))
    model = transformers.AutoModel.from_pretrained(folder).eval()
    normal = ((samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)).astype(np.float32)
    frames = []
    for window in framing.windows(len(samples), RATE):
        with torch.inference_mode():
            output = model(torch.from_numpy(normal[window.start : window.stop])[None], output_hidden_states=True)
        states = torch.cat([*output.hidden_states[:-1], output.last_hidden_state]).numpy()
        frames.append(states[:, window.lead : window.lead + window.count])
    states = np.concatenate(frames, axis=1).astype(np.float64)
    voiced = voiced_frames(samples, RATE, 320, 400)
    expected = np.concatenate([states.mean(1), states.std(1), states.max(1), states[:, voiced].mean(1)], axis=1)
    np.testing.assert_allclose(sums.values(), expected, rtol=1e-5, atol=1e-5)


def test_windows_are_close_to_the_whole(tiny, speech_like):
    folder = tiny("wav2vec2-layer")
    samples = speech_like(40, 1).samples
    (sums,) = Encoder(read(folder), normalises=True).pool([samples], RATE)
    whole = plain_values(folder, samples)
    error = np.linalg.norm(sums.values() - whole) / np.linalg.norm(whole)
    assert error < 1e-2


def test_one_frame_has_no_spread(tiny, speech_like):
    (sums,) = Encoder(read(tiny("wav2vec2-group")), normalises=True).pool([speech_like(0.025).samples], RATE)
    mean, std, peak, _ = np.split(sums.values(), 4, axis=1)
    assert sums.count == 1
    assert np.array_equal(mean, peak)
    assert not std.any()


def test_two_passes_agree_to_the_bit(tiny, speech_like):
    encoder = Encoder(read(tiny("wavlm-group")), normalises=True)
    clips = [speech_like(duration_s).samples for duration_s in (0.8, 0.85, 0.83)]
    for first, second in zip(encoder.pool(clips, RATE), encoder.pool(clips, RATE), strict=True):
        assert np.array_equal(first.values(), second.values())


def test_digital_silence_is_finite(tiny):
    (sums,) = Encoder(read(tiny("wav2vec2-group")), normalises=True).pool([np.zeros(RATE, np.float32)], RATE)
    assert sums.voiced == 0
    assert np.isfinite(sums.values()).all()


def test_batches_hold_little_padding():
    rng = np.random.default_rng(0)
    pieces = [Piece(i, Window(0, int(n), 0, 0, 1)) for i, n in enumerate(rng.integers(400, 30 * RATE, 200))]
    made = batches(pieces, RATE)
    assert sorted(piece.owner for batch in made for piece in batch) == list(range(200))
    for batch in made:
        longest = max(piece.window.n_samples for piece in batch)
        held = sum(piece.window.n_samples for piece in batch)
        assert len(batch) <= 16
        assert len(batch) * longest <= 32 * RATE or len(batch) == 1
        assert held >= 0.875 * len(batch) * longest


def test_clips_of_nearly_one_length_share_a_batch():
    pieces = [Piece(i, Window(0, n, 0, 0, 1)) for i, n in enumerate([48_000, 46_000, 50_000, 47_000, 49_000])]
    assert len(batches(pieces, RATE)) == 1
