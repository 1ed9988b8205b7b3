"""``encoder``: the layers of any audio encoder that transformers can load, pooled over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.base.error import RequestError, TooShort
from bench.base.identity import digest
from bench.decoders.waveform import Waveform
from bench.features.audio_checkpoint import AudioCheckpoint
from bench.features.feature_set import Partial, Values
from bench.features.speech_encoder import SpeechEncoder

if TYPE_CHECKING:
    from bench.features.audio_model import AudioModel

SHORTEST_S = 0.1


class AudioEncoder(SpeechEncoder):
    """The layers of any audio encoder that transformers can load: Whisper, AST, SEW, UniSpeech, Wav2Vec2-BERT, Moonshine, ...

    Each clip is run on its own, through the checkpoint's own preprocessor; frames are taken as evenly spread over what the
    encoder was given, and those of padding are not counted. What is longer than the preprocessor's window (30 s for Whisper,
    10.24 s for AST; 30 s where it has none) is run in windows with a second of context. Of encoders with a decoder, the
    encoder is run; of CLAP, only the last layer is in order of time, so it has no layers here. The family of wav2vec2 has
    ``wav2vec2``, which is faster and cuts long clips without changing a frame.

    Attributes
    ----------
    checkpoint : str
        A folder, or the name of a repository on the Hugging Face hub. No code of the repository is run.
    pooling : {'mean', 'std', 'max', 'voiced', 'mean_std'}
        A view: all of them are stored.

    Examples
    --------
    >>> str(AudioEncoder(checkpoint="openai/whisper-base", pooling="max"))
    'encoder[pooling=max,checkpoint=openai/whisper-base]'
    """

    name = "encoder"
    version = "1"

    checkpoint: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.checkpoint:
            raise RequestError(
                "The feature set 'encoder' needs a checkpoint: a folder or a name on the hub. "
                "Write it as encoder[checkpoint=openai/whisper-base]."
            )

    def _opened(self) -> AudioCheckpoint:
        return AudioCheckpoint.open(self.checkpoint)

    @property
    def config(self) -> Mapping[str, Any]:
        """Width and number of the layers."""
        opened = self._opened()
        return {"hidden_size": opened.width, "num_hidden_layers": opened.depth or 0}

    @property
    def rate(self) -> int:
        """The sample rate of the checkpoint's preprocessor, in Hz."""
        return self._opened().rate

    @property
    def cost(self) -> float:
        """Rough seconds of one core for a second of audio, from the sizes of the layers."""
        opened = self._opened()
        return float(0.02 + 0.011 * (opened.depth or 12) * (opened.width / 768) ** 2)

    @property
    def layers(self) -> tuple[int, ...] | None:  # type: ignore[override]  # CLAP has none
        """0, the input of the first layer, to the number of its layers; None where they are no frames of one width."""
        depth = self._opened().depth
        return None if depth is None else tuple(range(depth + 1))

    def ingredients(self) -> dict[str, str]:
        """Hashes of the bytes of the checkpoint's files."""
        return self._opened().digests()

    @property
    def identity(self) -> str:
        """Hash of name, version and the checkpoint's bytes; the same wherever the checkpoint lies and whatever it is called."""
        return digest([self.name, self.version, {}, self.ingredients()])

    def findings(self) -> tuple[tuple[str, str], ...]:
        """FB013 where the checkpoint was trained for speech recognition."""
        opened = self._opened()
        if not opened.recognises_speech:
            return ()
        sentence = (
            f"The checkpoint {self.checkpoint} ({opened.kind}) was trained for speech recognition, which teaches its upper "
            "layers to keep the words and to drop how they are spoken; look at its lower layers, and at a checkpoint that was "
            "only pre-trained."
        )
        return (("FB013", sentence),)

    def _model(self) -> AudioModel:
        from bench.features.audio_model import loaded

        opened = self._opened()
        return loaded(opened, tuple(opened.digests().values()))

    def extract(self, wave: Waveform) -> Values | Partial:
        """Extract from one waveform: float32 of shape (n_layers, 4 * width); see ``FeatureSet.extract``.

        Raises
        ------
        TooShort
            If it is shorter than 100 ms.
        BenchError
            If the checkpoint cannot be used.
        """
        wave = wave.resampled(self.rate)
        if wave.duration_s < SHORTEST_S:
            raise TooShort(
                f"The clip has {1000 * wave.duration_s:.0f} ms. How much a frame of this encoder needs is not known, so 100 ms "
                "is the least that it is given."
            )
        values, voiced = self._model().pool(wave.samples)
        values = values if self.layers is not None else values[0]
        if not np.isfinite(values).all():  # some preprocessors divide by the spread of the clip, and silence has none
            return Partial(np.zeros_like(values), self.columns, "the encoder gives no finite numbers for it")
        if voiced:
            return values
        return Partial(values, tuple(f"voiced:{column}" for column in self.columns), "no voiced frame")

    def extract_batch(self, waves: Sequence[Waveform]) -> list[Values | Partial | str]:
        """Extract from several waveforms, one after the other; see ``FeatureSet.extract_batch``."""
        results: list[Values | Partial | str] = []
        for wave in waves:
            try:
                results.append(self.extract(wave))
            except TooShort as error:
                results.append(str(error))
        return results
