"""The encoder at work: clips of different lengths together, exactly as one by one. Imports torch and transformers.

Padding is made exact in three places. The first convolutions, whose group norm takes statistics over time, are given each
clip without its padding, which is also a fifth faster. The convolutions that give positions see zeros behind a clip's end, as
they do when it is alone. Attention is masked.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from bench.features.framing import Framing, Window
from bench.features.pooling import Pooled
from bench.features.voicing import voiced_frames
from bench.features.weight import draw, read

BATCH_S = 16.0
BATCH_CLIPS = 16
PADDING = 0.125

Samples = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def trained(folder: Path, state: tuple[str, ...], normalises: bool) -> Encoder:
    """The encoder of a checkpoint, kept while the same one is asked for; ``state`` is the hashes of its files."""
    return Encoder(read(folder), normalises)


@lru_cache(maxsize=1)
def untrained(config: str, seed: int) -> Encoder:
    """The encoder drawn from a seed, kept while the same one is asked for; ``config`` is JSON."""
    return Encoder(draw(json.loads(config), seed), normalises=True)


@dataclass(frozen=True)
class Piece:
    """A window of one of several recordings."""

    owner: int
    window: Window


class Encoder:
    """A speech encoder made ready for batches.

    Parameters
    ----------
    model : torch module
        A Wav2Vec2, HuBERT, WavLM or Data2Vec-audio model of transformers, which is changed for good.
    normalises : bool
        Whether each recording, as a whole, is brought to zero mean and unit variance first.
    """

    def __init__(self, model: nn.Module, normalises: bool) -> None:
        self.model: Any = model
        self.normalises = normalises
        self.framing = Framing.of(self.model.config.to_dict())
        self._lengths: list[int] | None = None
        self.model.feature_extractor = _Unpadded(self.model.feature_extractor, self.framing, lambda: self._lengths)
        for module in self.model.encoder.pos_conv_embed.modules():
            if isinstance(module, nn.Conv1d):
                module.register_forward_pre_hook(self._silence_padding)

    def pool(self, recordings: Sequence[Samples], rate: int) -> list[Pooled]:
        """Run recordings through the encoder and pool every layer over its frames.

        Parameters
        ----------
        recordings : sequence of float32 array, shape (n_samples,)
            Each long enough for one frame.
        rate : int
            Samples a second, in Hz.

        Returns
        -------
        list of Pooled
            One a recording, in order; layers as in ``hidden_states``, the last one after the final norm.
        """
        framing = self.framing
        voiced = [voiced_frames(samples, rate, framing.hop, framing.length) for samples in recordings]
        scales = [_scale(samples) if self.normalises else (0.0, 1.0) for samples in recordings]
        pieces = [Piece(i, window) for i, samples in enumerate(recordings) for window in framing.windows(len(samples), rate)]
        found: list[dict[int, Pooled]] = [{} for _ in recordings]
        for batch in batches(pieces, rate):
            audio = [
                (recordings[piece.owner][piece.window.start : piece.window.stop] - scales[piece.owner][0])
                * np.float32(scales[piece.owner][1])
                for piece in batch
            ]
            for piece, states in zip(batch, self.states(audio), strict=True):
                window = piece.window
                frames = states[:, window.lead : window.lead + window.count]
                here = voiced[piece.owner][window.first : window.first + window.count]
                found[piece.owner][window.first] = Pooled.of(frames, here)
        return [_added([parts[first] for first in sorted(parts)]) for parts in found]

    def states(self, audio: Sequence[Samples]) -> Iterator[torch.Tensor]:
        """Run several pieces of audio through the model at once.

        Yields
        ------
        float32 tensor, shape (n_layers, n_frames, n_dims)
            One a piece, without padding.
        """
        lengths = [len(samples) for samples in audio]
        longest = max(lengths)
        values = np.zeros((len(audio), longest), dtype=np.float32)
        for row, samples in zip(values, audio, strict=True):
            row[: len(samples)] = samples
        padded = min(lengths) < longest
        mask = (torch.arange(longest)[None] < torch.tensor(lengths)[:, None]).long() if padded else None
        self._lengths = lengths if padded else None
        try:
            with torch.inference_mode(), warnings.catch_warnings():
                # WavLM hands torch a bool mask beside its float bias, which torch converts as it should.
                warnings.filterwarnings("ignore", message="Support for mismatched key_padding_mask")
                output = self.model(torch.from_numpy(values), attention_mask=mask, output_hidden_states=True)
        finally:
            self._lengths = None
        # The top entry of hidden_states lacks the final norm in models with a stable layer norm.
        layers = (*output.hidden_states[:-1], output.last_hidden_state)
        for index, length in enumerate(lengths):
            frames = self.framing.count(length)
            with torch.inference_mode():
                yield torch.stack([layer[index, :frames] for layer in layers])

    def _silence_padding(self, module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...] | None:
        if self._lengths is None:
            return None
        (hidden,) = inputs
        hidden = hidden.clone()
        for row, length in enumerate(self._lengths):
            hidden[row, :, self.framing.count(length) :] = 0
        return (hidden,)


class _Unpadded(nn.Module):  # type: ignore[misc]  # torch is not followed by mypy here
    """The convolutions of an encoder, which are given each row of a batch in its own length."""

    def __init__(self, convolutions: nn.Module, framing: Framing, lengths: Callable[[], list[int] | None]) -> None:
        super().__init__()
        self.convolutions, self.framing, self.lengths = convolutions, framing, lengths

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        lengths = self.lengths()
        if lengths is None:
            return self.convolutions(values)
        rows = [self.convolutions(values[index : index + 1, :length]) for index, length in enumerate(lengths)]
        frames = self.framing.count(values.shape[1])
        return torch.cat([nn.functional.pad(row, (0, frames - row.shape[2])) for row in rows])


def batches(pieces: Sequence[Piece], rate: int) -> list[list[Piece]]:
    """Put pieces of nearly equal length together.

    A batch holds at most 16 pieces and 16 s with its padding, of which at most an eighth is padding: on a processor a
    larger batch is no faster, and padding costs as much as audio.
    """
    result: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.window.n_samples):
        batch = result[-1] if result else []
        longest = batch[0].window.n_samples if batch else 0
        held = sum(other.window.n_samples for other in batch) + piece.window.n_samples
        room = longest * (len(batch) + 1)
        if batch and len(batch) < BATCH_CLIPS and room <= BATCH_S * rate and held >= (1 - PADDING) * room:
            batch.append(piece)
        else:
            result.append([piece])
    return result


def _scale(samples: Samples) -> tuple[np.float32, float]:
    """What is taken off a recording and what it is multiplied by, as transformers' own feature extractor does."""
    mean = samples.mean(dtype=np.float64)
    # In blocks: an hour in float64 is half a gigabyte.
    squares = sum(float(((block - mean) ** 2).sum()) for block in np.array_split(samples, 1 + len(samples) // 1_000_000))
    return np.float32(mean), float(1 / np.sqrt(squares / len(samples) + 1e-7))


def _added(parts: Sequence[Pooled]) -> Pooled:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total
