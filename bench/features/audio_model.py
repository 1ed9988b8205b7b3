"""Any audio encoder of transformers at work, one clip at a time. Imports torch and transformers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import transformers
from torch import nn

from bench.base.error import BenchError
from bench.features.audio_checkpoint import AudioCheckpoint
from bench.features.feature_set import Values
from bench.features.pooling import Pooled
from bench.features.stretch import Stretch, Voicing, counted, stretches
from bench.features.weight import first_line, quietly

Samples = npt.NDArray[np.float32]
PARTS = {"audio_config": "audio_model", "encoder_config": "encoder"}  # of models that are more than an encoder
NEVER_STORED = ("masked_spec_embed",)
AST_TOKENS = 2  # of the whole clip, before the patches


@lru_cache(maxsize=1)
def loaded(checkpoint: AudioCheckpoint, state: tuple[str, ...]) -> AudioModel:
    """The encoder of a checkpoint, kept while the same one is asked for; ``state`` is the hashes of its files."""
    return AudioModel(checkpoint)


class AudioModel:
    """An audio encoder and its preprocessor.

    Parameters
    ----------
    checkpoint : AudioCheckpoint

    Raises
    ------
    BenchError
        If transformers cannot load it, or a weight of the encoder is not in its files.
    """

    def __init__(self, checkpoint: AudioCheckpoint) -> None:
        self.checkpoint = checkpoint
        with quietly():
            try:
                common = {"local_files_only": True, "trust_remote_code": False}
                self.prepare: Any = transformers.AutoFeatureExtractor.from_pretrained(checkpoint.folder, **common)
                # transformers reads .bin files by torch's weights-only loader alone, which runs no code.
                model, report = transformers.AutoModel.from_pretrained(
                    checkpoint.folder, dtype=torch.float32, output_loading_info=True, **common
                )
            except Exception as error:  # transformers raises OSError, ValueError, RuntimeError and its readers' own
                raise BenchError(
                    f"The checkpoint {checkpoint.name!r} cannot be loaded: {type(error).__name__}: {first_line(error)}. "
                    "Expected is what transformers' AutoFeatureExtractor and AutoModel load without other code. Give another."
                ) from error
        self.encoder: Any = _encoder_of(model).eval().requires_grad_(False)
        prefix = next(f"{name}." if name else "" for name, module in model.named_modules() if module is self.encoder)
        missing = sorted(k for k in report["missing_keys"] if k.startswith(prefix) and not k.endswith(NEVER_STORED))
        if missing:
            raise BenchError(
                f"Weights of the encoder of {checkpoint.name!r} did not load: {len(missing)} are not in its files and would "
                f"stay random, such as {', '.join(missing[:3])}. Give one whose weights and config.json belong together."
            )

    def pool(self, samples: Samples) -> tuple[Values, int]:
        """Run a recording through the encoder and pool every layer over its frames.

        Parameters
        ----------
        samples : float32 array, shape (n_samples,)
            At the checkpoint's rate.

        Returns
        -------
        values : float32 array, shape (n_layers, 4 * width)
            The statistics of ``SpeechEncoder``, layer 0 first.
        voiced : int
            The voiced frames of the last layer.
        """
        rate = self.checkpoint.rate
        voicing = Voicing.of(samples, rate)
        total: list[Pooled] = []
        for stretch in stretches(len(samples), rate, self.checkpoint.longest_s):
            pooled = [self._pooled(layer, stretch, voicing) for layer in self.states(samples[stretch.start : stretch.stop])]
            total = [one + other for one, other in zip(total, pooled, strict=True)] if total else pooled
        return np.concatenate([one.values() for one in total]), total[-1].voiced

    def states(self, samples: Samples) -> list[torch.Tensor]:
        """Run a piece of audio through the encoder.

        Parameters
        ----------
        samples : float32 array, shape (n_samples,)
            No longer than the preprocessor's window.

        Returns
        -------
        list of float32 tensor, shape (n_frames, width)
            One a layer, in order of time, padding included; layers may differ in their number of frames.
        """
        try:
            with torch.inference_mode(), quietly():
                given = self.prepare(samples, sampling_rate=self.checkpoint.rate, return_tensors="pt")
                output = self.encoder(**given, output_hidden_states=True)
                frames = self._frames(output)
        except Exception as error:  # whatever a model of any kind raises
            raise self._unfit(f"cannot be run on a recording: {type(error).__name__}: {first_line(error)}") from error
        expected = 1 if self.checkpoint.depth is None else self.checkpoint.depth + 1
        wrong = [tuple(layer.shape) for layer in frames if layer.ndim != 2 or layer.shape[1] != self.checkpoint.width]
        if len(frames) != expected or wrong:
            found = f"gave {len(frames)} layers" + (f", one of them of shape {wrong[0]}" if wrong else "")
            raise self._unfit(f"{found}, and its config.json tells of {expected} with frames of {self.checkpoint.width}")
        return frames

    def _frames(self, output: Any) -> list[torch.Tensor]:
        last = output.last_hidden_state
        if self.checkpoint.depth is None:
            return [last[0].mean(dim=1).T]  # channels x frequency x time
        # The top entry of hidden_states lacks the final norm in some models.
        layers = [layer[0] for layer in (*output.hidden_states[:-1], last)]
        arrange = ARRANGEMENTS.get(self.checkpoint.kind)
        return layers if arrange is None else [arrange(layer, self.encoder.config) for layer in layers]

    def _pooled(self, layer: torch.Tensor, stretch: Stretch, voicing: Voicing) -> Pooled:
        here = stretch.stop - stretch.start
        window_s = self.checkpoint.window_s
        heard = here if window_s is None else max(here, round(window_s * self.checkpoint.rate))
        frames = counted(stretch, len(layer), heard)
        edges = stretch.start + np.arange(len(layer) + 1) * heard / len(layer)
        return Pooled.of(layer[None, frames], voicing.within(edges)[frames])

    def _unfit(self, what: str) -> BenchError:
        return BenchError(
            f"The checkpoint {self.checkpoint.name!r} of the kind {self.checkpoint.kind!r} {what}. "
            "Expected is an encoder of sound with hidden states. Give another checkpoint."
        )


def _encoder_of(model: Any) -> Any:
    """The part of a model that hears; the whole of most."""
    if model.config.is_encoder_decoder:
        return model.get_encoder()
    for config, part in PARTS.items():
        if hasattr(model.config, config) and isinstance(getattr(model, part, None), nn.Module):
            return getattr(model, part)
    return model


def _patches(layer: torch.Tensor, config: Any) -> torch.Tensor:
    """The patches of an audio spectrogram transformer, averaged over frequency; its tokens of the whole clip are left out."""
    n_bands = (config.num_mel_bins - config.patch_size) // config.frequency_stride + 1
    patches = layer[AST_TOKENS:]
    return patches.reshape(n_bands, -1, patches.shape[1]).mean(dim=0)


ARRANGEMENTS = {"audio-spectrogram-transformer": _patches}
