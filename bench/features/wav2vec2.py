"""``wav2vec2`` and ``untrained``: the layers of a speech encoder, pooled over time.

Torch and transformers are imported when something is extracted, not before: identity, layers and columns are read from the
checkpoint's small files.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from bench.base.error import RequestError, TooShort, unknown_name
from bench.base.identity import digest
from bench.base.spelling import Spelling, parse
from bench.decoders.waveform import Waveform
from bench.features.checkpoint import Checkpoint
from bench.features.feature_set import FeatureSet, Partial, Values
from bench.features.framing import Framing

if TYPE_CHECKING:
    from bench.features.encoder import Encoder

STATISTICS = ("mean", "std", "max", "voiced")
POOLINGS = {
    "mean": ("mean",),
    "std": ("std",),
    "max": ("max",),
    "voiced": ("voiced",),
    "mean_std": ("mean", "std"),
}
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
}

SHAPE = tuple(key for key in SIZES["base"] if key != "model_type" and not key.startswith("mask_"))


class SpeechEncoder(FeatureSet):
    """The common part of trained and untrained encoders.

    One pass stores the mean, the standard deviation, the maximum and the mean over voiced frames of every layer. Layer 0 is
    the input of the transformer; the last one is its output after the final norm. A recording of up to 30 s is run as a
    whole; a longer one in windows (``Framing.windows``), each frame counted once. Normalisation, where the checkpoint asks
    for it, is that of the whole recording.
    """

    views: ClassVar[tuple[str, ...]] = ("pooling",)

    pooling: str = "mean"

    def __post_init__(self) -> None:
        if self.pooling not in POOLINGS:
            raise unknown_name("pooling", self.pooling, POOLINGS)

    @property
    @abstractmethod
    def config(self) -> Mapping[str, Any]:
        """The architecture, as in ``config.json``."""

    @abstractmethod
    def _encoder(self) -> Encoder:
        """The encoder itself; imports torch."""

    @property
    def control(self) -> Untrained | None:
        """An encoder of the same shape that has not learned what this one has, or None."""
        return None

    @property
    def cost(self) -> float:
        """Rough seconds of one core for a second of audio, from the sizes of the architecture."""
        channels, hidden = self.config.get("conv_dim", [512])[0], self.config["hidden_size"]
        return float(0.004 + 0.07 * (channels / 512) ** 2 + 0.011 * self.config["num_hidden_layers"] * (hidden / 768) ** 2)

    @property
    def columns(self) -> tuple[str, ...]:
        """``d000`` and up, one a dimension of the hidden state."""
        return tuple(f"d{index:03d}" for index in range(self.config["hidden_size"]))

    @property
    def layers(self) -> tuple[int, ...]:
        """0, the input of the transformer, to the number of its layers."""
        return tuple(range(self.config["num_hidden_layers"] + 1))

    @property
    def statistics(self) -> tuple[str, ...]:
        """Mean, standard deviation, maximum, and mean over voiced frames."""
        return STATISTICS

    @property
    def pooled(self) -> tuple[str, ...]:
        """The statistics that ``pooling`` names."""
        return POOLINGS[self.pooling]

    def extract(self, wave: Waveform) -> Values | Partial:
        """Extract from one waveform: float32 of shape (n_layers, 4 * hidden size); see ``FeatureSet.extract``.

        Raises
        ------
        TooShort
            If it is shorter than one frame (25 ms for all known checkpoints).
        BenchError
            If the checkpoint cannot be used.
        """
        (result,) = self.extract_batch([wave])
        if isinstance(result, str):
            raise TooShort(result)
        return result

    def extract_batch(self, waves: Sequence[Waveform]) -> list[Values | Partial | str]:
        """Extract from several waveforms, near-equal lengths at once; see ``FeatureSet.extract_batch``."""
        framing = Framing.of(self.config)
        waves = [wave.resampled(self.rate) for wave in waves]
        results: list[Values | Partial | str] = [self._too_short(wave, framing) for wave in waves]
        fits = [index for index, wave in enumerate(waves) if framing.count(len(wave.samples))]
        if not fits:
            return results
        recordings = [waves[index].samples for index in fits]
        for index, sums in zip(fits, self._encoder().pool(recordings, self.rate), strict=True):
            values = sums.values()
            if sums.voiced:
                results[index] = values
            else:
                results[index] = Partial(values, tuple(f"voiced:{column}" for column in self.columns), "no voiced frame")
        return results

    def _too_short(self, wave: Waveform, framing: Framing) -> str:
        return (
            f"The clip has {len(wave.samples)} samples ({1000 * wave.duration_s:.0f} ms). "
            f"One frame of the encoder needs {framing.length} ({1000 * framing.length / self.rate:.0f} ms)."
        )


class Wav2vec2(SpeechEncoder):
    """The layers of a trained Wav2Vec2, HuBERT, WavLM or Data2Vec-audio encoder (Baevski et al. 2020).

    Attributes
    ----------
    checkpoint : str
        A folder, or the name of a repository on the Hugging Face hub. ``untrained[size=small]`` gives ``Untrained``.
    pooling : {'mean', 'std', 'max', 'voiced', 'mean_std'}
        A view: all of them are stored.

    Examples
    --------
    >>> from bench.base.spelling import parse
    >>> str(Wav2vec2.from_spelling(parse("wav2vec2[checkpoint=untrained[size=small],pooling=max]")))
    'untrained[pooling=max]'
    """

    name = "wav2vec2"
    version = "1"

    checkpoint: str = "facebook/wav2vec2-base"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.checkpoint.split("[")[0] == Untrained.name:
            raise RequestError(
                f"{self.checkpoint!r} is no checkpoint but a feature set of its own. "
                f"Expected is a folder or a name on the hub. Make it with Untrained, or spell it {self.checkpoint}."
            )

    @classmethod
    def from_spelling(cls, spelling: Spelling) -> Self:
        """Build one from its spelling; ``checkpoint=untrained[...]`` gives the ``Untrained`` of that spelling."""
        inner = spelling.values.get("checkpoint", "")
        if inner.split("[")[0] != Untrained.name:
            return super().from_spelling(spelling)
        values = {**parse(inner).values, **{key: value for key, value in spelling.values.items() if key != "checkpoint"}}
        return Untrained.from_spelling(Spelling(Untrained.name, values))  # type: ignore[return-value]  # an alias by contract

    def _opened(self) -> Checkpoint:
        return Checkpoint.open(self.checkpoint)

    @property
    def config(self) -> Mapping[str, Any]:
        """The checkpoint's ``config.json``."""
        return self._opened().config

    @property
    def rate(self) -> int:
        """The sample rate of the checkpoint's ``preprocessor_config.json``, in Hz."""
        return self._opened().rate

    @property
    def control(self) -> Untrained:
        """The untrained encoder of this checkpoint's sizes."""
        return Untrained(like=self.checkpoint)

    def ingredients(self) -> dict[str, str]:
        """Hashes of the bytes of the checkpoint's files."""
        return self._opened().digests()

    @property
    def identity(self) -> str:
        """Hash of name, version and the checkpoint's bytes; the same wherever the checkpoint lies and whatever it is called."""
        return digest([self.name, self.version, {}, self.ingredients()])

    def findings(self) -> tuple[tuple[str, str], ...]:
        """FB013 where the checkpoint was fine-tuned for speech recognition."""
        if not self._opened().recognises_speech:
            return ()
        sentence = (
            f"The checkpoint {self.checkpoint} was fine-tuned for speech recognition, which teaches its upper layers to keep "
            "the words and to drop how they are spoken; a checkpoint that was only pre-trained is the better choice."
        )
        return (("FB013", sentence),)

    def _encoder(self) -> Encoder:
        from bench.features.encoder import trained

        opened = self._opened()
        return trained(opened.folder.resolve(), tuple(opened.digests().values()), opened.normalises)


class Untrained(SpeechEncoder):
    """An encoder of the architecture of wav2vec2 whose weights come from a seed: a control that has learned nothing.

    Attributes
    ----------
    size : {'base', 'small'}
        ``base`` is the architecture of ``facebook/wav2vec2-base``.
    seed : int
        0 or more.
    like : str
        A checkpoint (a folder, or a name on the hub) whose sizes and norms it takes over in place of ``size``, so that it is a
        control for that checkpoint: as many layers, as wide.
    pooling : {'mean', 'std', 'max', 'voiced', 'mean_std'}
        A view: all of them are stored.

    Examples
    --------
    >>> Untrained(size="base").layers[-1], len(Untrained(size="base").columns), str(Untrained(size="base"))
    (12, 768, 'untrained[size=base]')
    """

    name = "untrained"
    version = "1"

    size: str = "small"
    seed: int = 0
    like: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.size not in SIZES:
            raise unknown_name("size of untrained", self.size, SIZES)
        if self.seed < 0:
            raise RequestError(f"untrained[seed=...] got {self.seed}. Expected is 0 or more. Give another seed.")
        if self.like and self.size != "small":
            raise RequestError(
                f"untrained got the size {self.size!r} and like={self.like}, which has a size of its own. Give one of the two."
            )

    @property
    def config(self) -> Mapping[str, Any]:
        """The architecture, as in ``config.json``."""
        if not self.like:
            return SIZES[self.size]
        theirs = Checkpoint.open(self.like).config
        return {**SIZES["base"], **{key: theirs[key] for key in SHAPE if key in theirs}}

    @property
    def rate(self) -> int:
        """16,000 Hz, or the sample rate of the checkpoint that it is like."""
        return Checkpoint.open(self.like).rate if self.like else 16_000

    def parameters(self) -> dict[str, Any]:
        """Seed and size; a checkpoint to be like stands in place of the size, unless its architecture is a known one."""
        config = self.config
        known = next((name for name, sizes in SIZES.items() if sizes == config), None)
        return {"seed": self.seed, **({"size": known} if known else {"like": self.like})}

    def ingredients(self) -> dict[str, str]:
        """A hash of the architecture."""
        return {"architecture": digest(dict(self.config))}

    @property
    def identity(self) -> str:
        """Hash of name, version, seed and architecture; the same wherever the checkpoint lies whose sizes it has."""
        parameters = {key: value for key, value in self.parameters().items() if key != "like"}
        return digest([self.name, self.version, parameters, self.ingredients()])

    def _encoder(self) -> Encoder:
        from bench.features.encoder import untrained

        return untrained(json.dumps(dict(self.config), sort_keys=True), self.seed)
