"""The encoder and what is asked of it: a Wav2Vec2 of 4 million parameters, and two linear layers for each kind of target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from transformers import Wav2Vec2Config, Wav2Vec2Model

# Everything that shapes the numbers is spelled out, so that no default of a library can change them. The first convolutions,
# at 3,200 frames a second the dearest part, are narrow; eight thin layers can differ more than four wide ones.
CONFIG: dict[str, Any] = {
    "conv_bias": True,
    "conv_dim": [32, 64, 96, 128, 128, 192, 192],
    "conv_kernel": [10, 3, 3, 3, 3, 2, 2],
    "conv_stride": [5, 2, 2, 2, 2, 2, 2],
    "do_stable_layer_norm": True,
    "feat_extract_activation": "gelu",
    "feat_extract_norm": "layer",
    "hidden_act": "gelu",
    "hidden_size": 192,
    "initializer_range": 0.04,  # 0.02 * sqrt(768 / 192): each layer weighs as much beside its input as in base
    "intermediate_size": 768,
    "layer_norm_eps": 1e-5,
    "num_attention_heads": 4,
    "num_conv_pos_embedding_groups": 16,
    "num_conv_pos_embeddings": 48,
    "num_hidden_layers": 8,
    # nothing is dropped: each crop is heard a few times only, and distorted each time
    "activation_dropout": 0.0,
    "attention_dropout": 0.0,
    "feat_proj_dropout": 0.0,
    "hidden_dropout": 0.0,
    "layerdrop": 0.0,
    # masks are drawn by the training; a chance above 0 makes the encoder have the vector that stands for what is masked
    "apply_spec_augment": True,
    "mask_feature_prob": 0.0,
    "mask_time_prob": 0.08,
    "vocab_size": 32,
}


class Nano(nn.Module):  # type: ignore[misc]
    """An encoder with heads on its output and on the frames of its convolutions.

    The second ones teach the convolutions directly. Without them the masked frames are hardly told at all for the first
    thousand steps, because nothing of use arrives from the frames around them.

    Parameters
    ----------
    config : dict
        Of ``Wav2Vec2Config``.
    n_clusters : sequence of int
        One a kind of target.
    """

    def __init__(self, config: dict[str, Any], n_clusters: Sequence[int]) -> None:
        super().__init__()
        self.encoder = Wav2Vec2Model(Wav2Vec2Config(**config))
        self.encoder.set_attn_implementation("eager")  # the quickest for crops as short as these
        self.heads = nn.ModuleList(nn.Linear(config["hidden_size"], n) for n in n_clusters)
        self.ears = nn.ModuleList(nn.Linear(config["hidden_size"], n) for n in n_clusters)
        self._frames: torch.Tensor | None = None
        self.encoder.feature_projection.register_forward_hook(self._keep)

    def _keep(self, _module: nn.Module, _given: Any, found: tuple[torch.Tensor, ...]) -> None:
        self._frames = found[0].clone()  # masks are written into it later

    def forward(self, samples: torch.Tensor, masked: torch.Tensor) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Predict clusters.

        Parameters
        ----------
        samples : float32 tensor, shape (n_crops, n_samples)
            Each crop with mean 0 and variance 1.
        masked : bool tensor, shape (n_crops, n_frames)
            Frames that the transformer must not see.

        Returns
        -------
        told : list of float tensor, shape (n_crops, n_frames, n_clusters)
            Scores by the whole encoder, which knows the masked frames by those around them only; one a kind of target.
        heard : list of float tensor, shape (n_crops, n_frames, n_clusters)
            Scores by the convolutions, from which nothing is masked; one a kind of target.
        """
        hidden = self.encoder(samples, mask_time_indices=masked).last_hidden_state
        frames, self._frames = self._frames, None
        return [head(hidden) for head in self.heads], [ear(frames) for ear in self.ears]


@torch.inference_mode()
def layer(model: Nano, samples: torch.Tensor, index: int) -> torch.Tensor:
    """One layer with nothing masked, each frame brought to mean 0 and variance 1; shape (n_crops, n_frames, n_dims)."""
    hidden = model.encoder(samples, output_hidden_states=True).hidden_states[index].float()
    return nn.functional.layer_norm(hidden, hidden.shape[-1:])
