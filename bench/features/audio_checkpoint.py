"""The checkpoint of any audio encoder of transformers: what can be known of it without loading it.

Everything is read from its small files, so that neither torch nor transformers is imported before something is extracted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.base.error import RequestError
from bench.features.checkpoint import KINDS, bytes_digest, read_json, weights_of
from bench.features.hub import locate

PREPROCESSOR = "preprocessor_config.json"
PROCESSOR = (
    "processor_config.json"  # in newer checkpoints it holds the preprocessor's settings, too, and transformers heeds them first
)
PARTS = ("feature_extractor", "audio_processor")
WIDTHS = ("hidden_size", "d_model")
DEPTHS = ("encoder_layers", "encoder_num_hidden_layers", "num_hidden_layers")
RECOGNISERS = ("moonshine", "parakeet", "speech_to_text", "whisper")
RECOGNISER_ENDINGS = ("ForCTC", "ForSpeechSeq2Seq", "ForRNNT", "ForTDT")
FLAT = ("clap", "clap_audio_model")  # whose layers are pictures of different sizes, of which only the last is in order of time
LONGEST_S = 30.0
# Where a preprocessor says to which length it pads, and in which part of a second.
WINDOWS = {"ASTFeatureExtractor": ("max_length", 0.010), "ClapFeatureExtractor": ("max_length_s", 1.0)}
WINDOWS |= {"WhisperFeatureExtractor": ("chunk_length", 1.0)}


@dataclass(frozen=True)
class AudioCheckpoint:
    """A folder with a configuration, a preprocessor's settings and weights.

    Attributes
    ----------
    name : str
        As it was asked for.
    folder : Path
    kind : str
        ``model_type`` in ``config.json``.
    architectures : tuple of str
    rate : int
        The sample rate that its preprocessor wants, in Hz.
    window_s : float or None
        The length to which its preprocessor pads every recording, in seconds; None where it does not.
    width : int
        Dimensions of a hidden state.
    depth : int or None
        Layers of the encoder; None where its layers are no frames of one width.
    files : tuple of Path
        All that changes the numbers.
    """

    name: str
    folder: Path
    kind: str
    architectures: tuple[str, ...]
    rate: int
    window_s: float | None
    width: int
    depth: int | None
    files: tuple[Path, ...]

    @classmethod
    def open(cls, name: str) -> AudioCheckpoint:
        """Find a checkpoint and read its small files.

        Parameters
        ----------
        name : str
            A folder, or the name of a repository on the Hugging Face hub.

        Raises
        ------
        RequestError
            If it cannot be found, is no audio encoder, or a file that is needed is missing or wrong.
        """
        folder = locate(name)
        config = read_json(name, folder, "config.json")
        kind = str(config.get("model_type"))
        if kind in KINDS:
            raise RequestError(
                f"The checkpoint {name!r} is of the kind {kind!r}, which has a feature set of its own. "
                f"Write it as wav2vec2[checkpoint={name}]."
            )
        settings_file, settings = _settings(name, folder)
        rate = settings.get("sampling_rate")
        if not (isinstance(rate, int) and rate > 0):
            raise RequestError(
                f"The checkpoint {name!r} of the kind {kind!r} is no audio model: its {settings_file} names no sampling_rate. "
                "Expected is an encoder of sound. Give another checkpoint."
            )
        weights = weights_of(name, folder)
        own = _own(config)
        return cls(
            name=name,
            folder=folder,
            kind=kind,
            architectures=tuple(map(str, config.get("architectures") or ())),
            rate=rate,
            window_s=_window_s(settings),
            width=_size(name, own, WIDTHS),
            depth=None if kind in FLAT else _size(name, own, DEPTHS),
            files=(folder / "config.json", folder / settings_file, *weights),
        )

    @property
    def longest_s(self) -> float:
        """How much of a recording is run at once, in seconds."""
        return LONGEST_S if self.window_s is None else self.window_s

    def digests(self) -> dict[str, str]:
        """Hashes of the bytes of every file that changes the numbers, by file name."""
        return {file.name: bytes_digest(file) for file in self.files}

    @property
    def recognises_speech(self) -> bool:
        """Whether it was trained to write down speech: by its kind or its architecture."""
        return self.kind.startswith(RECOGNISERS) or any(name.endswith(RECOGNISER_ENDINGS) for name in self.architectures)


def _settings(name: str, folder: Path) -> tuple[str, Mapping[str, Any]]:
    """The preprocessor's settings, and the file that transformers takes them from."""
    if (folder / PROCESSOR).is_file():
        whole = read_json(name, folder, PROCESSOR)
        part = next((whole[part] for part in PARTS if part in whole), None)
        if isinstance(part, dict):
            return PROCESSOR, part
    return PREPROCESSOR, read_json(name, folder, PREPROCESSOR)


def _own(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a configuration that is about sound."""
    return next((config[part] for part in ("audio_config", "encoder_config") if isinstance(config.get(part), dict)), config)


def _size(name: str, config: Mapping[str, Any], names: tuple[str, ...]) -> int:
    found = next((config[key] for key in names if isinstance(config.get(key), int)), 0)
    if found < 1:
        raise RequestError(
            f"config.json of the checkpoint {name!r} does not say {names[-1]!r}, so how big its layers are is not known. "
            "Load and save it with transformers, which writes it down, or give another checkpoint."
        )
    return int(found)


def _window_s(settings: Mapping[str, Any]) -> float | None:
    """How long everything is made that a preprocessor prepares, in seconds; None where it keeps the length."""
    key, unit_s = WINDOWS.get(str(settings.get("feature_extractor_type")), ("", 0.0))
    length = settings.get(key)
    return length * unit_s if isinstance(length, int | float) and length > 0 else None
