"""``wav2vec2`` and ``untrained``: the layers of a speech encoder, pooled over time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from bench.base.error import RequestError, unknown_name
from bench.base.identity import digest
from bench.base.spelling import Spelling, parse
from bench.features.architecture import SHAPE, SIZES
from bench.features.checkpoint import Checkpoint
from bench.features.speech_encoder import SpeechEncoder

if TYPE_CHECKING:
    from bench.features.encoder import Encoder


class Wav2vec2(SpeechEncoder):
    """The layers of a trained Wav2Vec2, HuBERT, WavLM or Data2Vec-audio encoder (Baevski et al. 2020).

    Attributes
    ----------
    checkpoint : str
        A folder, the name of a repository on the Hugging Face hub, or ``nano``, which comes with the package.
        ``untrained[size=small]`` gives ``Untrained``.
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
    size : {'base', 'nano', 'small'}
        ``base`` is the architecture of ``facebook/wav2vec2-base``, ``nano`` that of the checkpoint ``nano``.
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
