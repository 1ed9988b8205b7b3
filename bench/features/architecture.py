"""Architectures of untrained encoders, as in ``config.json``."""

from __future__ import annotations

from typing import Any

CONVOLUTIONS = {"conv_kernel": [10, 3, 3, 3, 3, 2, 2], "conv_stride": [5, 2, 2, 2, 2, 2, 2], "conv_bias": False}
# Everything that shapes the numbers is spelled out, so that no default of a library can change them.
COMMON = {
    "model_type": "wav2vec2",
    "do_stable_layer_norm": False,
    "feat_extract_activation": "gelu",
    "feat_extract_norm": "group",
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-5,
    "mask_feature_prob": 0.0,
    "mask_time_prob": 0.0,
    "num_conv_pos_embedding_groups": 16,
    **CONVOLUTIONS,
}
SIZES: dict[str, dict[str, Any]] = {
    "base": {
        **COMMON,
        "conv_dim": [512] * 7,
        "hidden_size": 768,
        "initializer_range": 0.02,
        "intermediate_size": 3072,
        "num_attention_heads": 12,
        "num_conv_pos_embeddings": 128,
        "num_hidden_layers": 12,
    },
    "small": {
        **COMMON,
        "conv_dim": [64] * 7,
        "hidden_size": 96,
        "initializer_range": 0.0566,  # 0.02 * sqrt(768 / 96): each layer weighs as much beside its input as in base
        "intermediate_size": 384,
        "num_attention_heads": 4,
        "num_conv_pos_embeddings": 64,
        "num_hidden_layers": 4,
    },
    "nano": {  # of the checkpoint nano, which comes with the package
        **COMMON,
        "conv_bias": True,
        "conv_dim": [32, 64, 96, 128, 128, 192, 192],
        "do_stable_layer_norm": True,
        "feat_extract_norm": "layer",
        "hidden_size": 192,
        "initializer_range": 0.04,
        "intermediate_size": 768,
        "num_attention_heads": 4,
        "num_conv_pos_embeddings": 48,
        "num_hidden_layers": 8,
    },
}

SHAPE = tuple(key for key in SIZES["base"] if key != "model_type" and not key.startswith("mask_"))
