"""Weights: read from a checkpoint, or drawn from a seed. Imports torch and transformers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from torch import nn
from torch.nn.utils import parametrize
from transformers.utils import logging

from bench.base.error import BenchError

ENCODER_PARTS = ("feature_extractor.", "feature_projection.", "encoder.")


def read(folder: Path) -> nn.Module:
    """Load the encoder of a checkpoint, in float32, ready for inference.

    An adapter on top of the encoder, as some recognisers have one, counts as a head and is left out.

    Parameters
    ----------
    folder : Path
        With ``config.json`` and weights; nothing is fetched from anywhere.

    Raises
    ------
    BenchError
        If transformers cannot load it, or a weight of the encoder is not in the file, or one in the file has no place.
    """
    with quietly():
        try:
            config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
            config.add_adapter = False
            # transformers reads .bin files by torch's weights-only loader alone, which runs no code.
            model, report = transformers.AutoModel.from_pretrained(
                folder, config=config, dtype=torch.float32, local_files_only=True, output_loading_info=True
            )
        except Exception as error:  # transformers raises OSError, ValueError, RuntimeError and its readers' own
            raise BenchError(
                f"The checkpoint in {str(folder)!r} cannot be loaded: {type(error).__name__}: {first_line(error)}. "
                "Expected are weights that fit its config.json. Download it again, or give another."
            ) from error
    missing = sorted(key for key in report["missing_keys"] if key != "masked_spec_embed")
    prefix = model.base_model_prefix + "."
    homeless = sorted(key for key in report["unexpected_keys"] if key.removeprefix(prefix).startswith(ENCODER_PARTS))
    for keys, what in ((missing, "are not in its file and would stay random"), (homeless, "have no place in its config.json")):
        if keys:
            raise BenchError(
                f"Weights of the encoder in {str(folder)!r} did not load: {len(keys)} {what}, such as {', '.join(keys[:3])}. "
                "Give a checkpoint whose weights and config.json belong together."
            )
    return _ready(model)


def draw(config: Mapping[str, Any], seed: int) -> nn.Module:
    """Build an encoder whose weights come from a seed.

    Every weight is drawn on its own, from its name and the seed, as uniform numbers made of the raw bits of PCG64, whose
    sequence NumPy guarantees. So the numbers are the same on every machine, with any number of threads and in any version of
    torch. The spread of each kind of weight is that of the initialisation of ``transformers``.

    Parameters
    ----------
    config : mapping
        As in ``config.json`` of the kind ``wav2vec2``.
    seed : int
    """
    with torch.device("meta"):
        model = transformers.Wav2Vec2Model(transformers.Wav2Vec2Config.from_dict(dict(config)))
    _plain(model)
    model = model.to_empty(device="cpu")
    linear = float(config["initializer_range"])
    spreads = {
        f"{name}.{key}": value for name, module in model.named_modules() for key, value in _spread(name, module, linear).items()
    }
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(torch.from_numpy(_drawn(name, tuple(weight.shape), *spreads[name], seed)))
    return _ready(model)


def _spread(name: str, module: nn.Module, linear: float) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of the weights of one module, as ``transformers`` starts them."""
    if isinstance(module, nn.GroupNorm | nn.LayerNorm):
        return {"weight": (1.0, 0.0), "bias": (0.0, 0.0)}
    if isinstance(module, nn.Linear):
        if name == "feature_projection.projection":
            spread = math.sqrt(1 / module.in_features / 3)
            return {"weight": (0.0, spread), "bias": (0.0, spread)}
        return {"weight": (0.0, linear), "bias": (0.0, 0.0)}
    if isinstance(module, nn.Conv1d):
        if name == "encoder.pos_conv_embed.conv":
            return {"weight": (0.0, 2 * math.sqrt(1 / (module.kernel_size[0] * module.in_channels))), "bias": (0.0, 0.0)}
        seen = module.in_channels // module.groups * module.kernel_size[0]
        return {"weight": (0.0, math.sqrt(2 / seen)), "bias": (0.0, math.sqrt(1 / seen / 3))}
    return {}


def _drawn(name: str, shape: tuple[int, ...], mean: float, spread: float, seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    size = math.prod(shape)
    bits = np.random.PCG64(np.random.SeedSequence([seed, *name.encode()])).random_raw((size + 1) // 2)
    # The 24 upper bits of each half: every step but the last multiplication is exact in float32.
    unit = (bits.astype("<u8").view("<u4")[:size] >> 8).astype(np.float32) * np.float32(2**-24) - np.float32(0.5)
    return np.asarray(np.float32(mean) + unit * np.float32(math.sqrt(12) * spread)).reshape(shape)


def _plain(model: nn.Module) -> None:
    """Replace weights that are computed at every call (weight normalisation) by their value."""
    for module in model.modules():
        if parametrize.is_parametrized(module):
            parametrize.remove_parametrizations(module, "weight")


def _ready(model: nn.Module) -> nn.Module:
    _plain(model)
    return model.eval().requires_grad_(False)


@contextmanager
def quietly() -> Iterator[None]:
    """Keep transformers from printing tables and bars; what matters in them is raised as an error."""
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def first_line(error: Exception) -> str:
    """The first line of what an exception says."""
    return (str(error).strip() or "no reason given").splitlines()[0].rstrip(".")
