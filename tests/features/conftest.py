"""Tiny checkpoints of every kind that `wav2vec2` takes, with random weights, in folders of the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.decoders.waveform import Waveform

SHAPES = {
    "wav2vec2-group": ("wav2vec2", {"feat_extract_norm": "group"}),
    "wav2vec2-layer": ("wav2vec2", {"feat_extract_norm": "layer", "do_stable_layer_norm": True, "conv_bias": True}),
    "hubert-group": ("hubert", {"feat_extract_norm": "group", "conv_pos_batch_norm": True}),
    "hubert-layer": ("hubert", {"feat_extract_norm": "layer", "do_stable_layer_norm": True}),
    "wavlm-group": ("wavlm", {"feat_extract_norm": "group"}),
    "wavlm-layer": ("wavlm", {"feat_extract_norm": "layer", "do_stable_layer_norm": True}),
    "data2vec": ("data2vec-audio", {"conv_pos_kernel_size": 9, "num_conv_pos_embeddings": 3}),
}
TINY = {
    "conv_dim": [16] * 7,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_attention_heads": 2,
    "num_conv_pos_embedding_groups": 2,
    "num_conv_pos_embeddings": 16,
    "num_hidden_layers": 2,
}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the folder of a tiny checkpoint of a shape; read-only, a test that changes it copies it first."""
    made: dict[str, Path] = {}

    def folder(shape: str) -> Path:
        if shape not in made:
            made[shape] = _saved(shape, tmp_path_factory.mktemp(shape))
        return made[shape]

    return folder


def _saved(shape: str, folder: Path) -> Path:
    import torch
    from transformers import AutoConfig, AutoModel

    kind, changes = SHAPES[shape]
    torch.manual_seed(1)
    model = AutoModel.from_config(AutoConfig.for_model(kind, **{**TINY, **changes}))
    with torch.no_grad():  # away from ones and zeros, so that a weight that is left out shows
        for weight in model.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
        for name, buffer in model.named_buffers():
            if "running" in name:
                buffer.add_(0.5)
    model.save_pretrained(folder)
    settings = {"feature_extractor_type": "Wav2Vec2FeatureExtractor", "do_normalize": True, "sampling_rate": 16000}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture(scope="session")
def speech_like() -> Callable[..., Waveform]:
    """Gives a waveform of voiced bursts with noise between them."""

    def wave(duration_s: float, seed: int = 0, rate: int = 16_000) -> Waveform:
        rng = np.random.default_rng(seed)
        time_s = np.arange(round(duration_s * rate)) / rate
        pitch = 110 + 30 * seed + 10 * np.sin(2 * np.pi * 0.7 * time_s)
        phase = 2 * np.pi * np.cumsum(pitch) / rate
        buzz = sum(np.sin(k * phase) / k for k in range(1, 9))
        envelope = (np.sin(2 * np.pi * 2.3 * time_s + seed) > -0.3).astype(float)
        samples = 0.1 * buzz * envelope + 0.002 * rng.standard_normal(len(time_s)) + 0.01
        return Waveform(samples.astype(np.float32), rate)

    return wave


@pytest.fixture(scope="session")
def spoken() -> list:
    """50 synthetic clips with known syllables and pauses, of a seed that nothing was tuned on."""
    pytest.importorskip("espeakng_loader", reason="the extra `synth` is not installed")
    from bench.corpora.plan import plan_clips
    from bench.corpora.rendering import render

    return [render(plan) for plan in plan_clips(seed=7)[::4][:50]]
