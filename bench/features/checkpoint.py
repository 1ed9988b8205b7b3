"""A checkpoint on disk: what can be known of it without loading it, and the hashes of its bytes."""

from __future__ import annotations

import json
import pickletools
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.base.error import RequestError
from bench.base.identity import file_digest
from bench.features.hub import locate, weight_files

KINDS = ("data2vec-audio", "hubert", "wav2vec2", "wavlm")
# What transformers assumes, for each of these kinds, where a configuration does not say it.
ASSUMED = {
    "conv_kernel": [10, 3, 3, 3, 3, 2, 2],
    "conv_stride": [5, 2, 2, 2, 2, 2, 2],
    "hidden_size": 768,
    "num_hidden_layers": 12,
}

POINTER = b"version https://git-lfs"

State = tuple[str, int, int]
_DIGESTS: dict[State, str] = {}
_CHECKED: set[State] = set()


@dataclass(frozen=True)
class Checkpoint:
    """A folder with a configuration, a preprocessor's settings and weights.

    Attributes
    ----------
    name : str
        As it was asked for.
    folder : Path
    config : dict
        The content of ``config.json``, with the sizes that it leaves to ``transformers``.
    rate : int
        The sample rate that its preprocessor wants, in Hz.
    normalises : bool
        Whether its preprocessor brings each recording to zero mean and unit variance.
    weights : tuple of Path
        The weight files, in order.
    """

    name: str
    folder: Path
    config: dict[str, Any]
    rate: int
    normalises: bool
    weights: tuple[Path, ...]

    @classmethod
    def open(cls, name: str) -> Checkpoint:
        """Find a checkpoint and read its small files.

        Parameters
        ----------
        name : str
            A folder, or the name of a repository on the Hugging Face hub.

        Raises
        ------
        RequestError
            If it cannot be found, is of another kind, or a file that is needed is missing or wrong.
        """
        folder = locate(name)
        config = {**ASSUMED, **read_json(name, folder, "config.json")}
        kind = config.get("model_type")
        if kind not in KINDS:
            raise RequestError(
                f"The checkpoint {name!r} is of the kind {kind!r}. "
                f"Expected is one of {', '.join(KINDS)}. Give another checkpoint, or write it as encoder[checkpoint={name}]."
            )
        settings = read_json(name, folder, "preprocessor_config.json")
        rate, normalises = settings.get("sampling_rate"), settings.get("do_normalize")
        if not (isinstance(rate, int) and rate > 0 and isinstance(normalises, bool)):
            raise RequestError(
                f"preprocessor_config.json of the checkpoint {name!r} has the sampling_rate {rate!r} and do_normalize "
                f"{normalises!r}. Expected are a rate in Hz and true or false. Take the file from the checkpoint's publisher."
            )
        return cls(name, folder, config, rate, normalises, weights_of(name, folder))

    def digests(self) -> dict[str, str]:
        """Hashes of the bytes of every file that changes the numbers, by file name."""
        files = (self.folder / "config.json", self.folder / "preprocessor_config.json", *self.weights)
        return {file.name: bytes_digest(file) for file in files}

    @property
    def recognises_speech(self) -> bool:
        """Whether it was fine-tuned for speech recognition: by its architecture or a head among its weights."""
        if any(str(name).endswith("ForCTC") for name in self.config.get("architectures") or ()):
            return True
        return any("lm_head.weight" in weight_names(file) for file in self.weights)


def weights_of(name: str, folder: Path) -> tuple[Path, ...]:
    """The weight files of a checkpoint, in order.

    Raises
    ------
    RequestError
        If there is none, or one is empty, damaged, or the pointer that Git LFS leaves in its place.
    """
    weights = weight_files(folder)
    if not weights:
        raise RequestError(
            f"The checkpoint {name!r} has no weights in {str(folder)!r}. "
            "Expected is model.safetensors or pytorch_model.bin. Download it again."
        )
    for file in weights:
        _check_weights(name, file)
    return weights


def _check_weights(name: str, file: Path) -> None:
    """Make sure that a file may hold weights, once in a process for each state of the file."""
    try:
        if _state(file) in _CHECKED:
            return
        with file.open("rb") as stream:
            start = stream.read(len(POINTER))
        if start == POINTER:
            raise RequestError(
                f"{file.name} of the checkpoint {name!r} is a pointer of Git LFS. Expected are the weights that it stands for. "
                f"Run `git lfs pull` in {str(file.parent)!r}, or download it again."
            )
        if not start:
            raise ValueError("it is empty")
        if file.suffix == ".safetensors":
            weight_names(file)
        _CHECKED.add(_state(file))
    except (OSError, ValueError) as error:
        raise RequestError(
            f"{file.name} of the checkpoint {name!r} cannot be read ({error}). Expected are weights. Download it again."
        ) from error


def weight_names(file: Path) -> set[str]:
    """The names of the weights in a file, without reading the weights.

    Parameters
    ----------
    file : Path
        A ``.safetensors`` file, whose header is JSON, or a ``.bin`` file of ``torch.save``, whose names are read off the
        pickle's opcodes, none of which is carried out.

    Returns
    -------
    set of str
        For ``.bin`` files there may be other strings among them; empty for those of the form before torch 1.6.

    Raises
    ------
    OSError
    ValueError
        If a ``.safetensors`` file has no header.
    """
    if file.suffix == ".safetensors":
        with file.open("rb") as stream:
            n_bytes, n_left = int.from_bytes(stream.read(8), "little"), file.stat().st_size - 8
            if not 0 < n_bytes <= n_left:  # a length out of a damaged file may be more than any memory holds
                raise ValueError(f"its header should have {n_bytes} bytes, and {max(n_left, 0)} are there")
            header = json.loads(stream.read(n_bytes))
        if not isinstance(header, dict):
            raise ValueError("its header is no JSON object")
        return set(header) - {"__metadata__"}
    try:
        with zipfile.ZipFile(file) as archive:
            pickles = [archive.read(entry) for entry in archive.namelist() if entry.endswith("/data.pkl")]
        return {value for data in pickles for _, value, _ in pickletools.genops(data) if isinstance(value, str)}
    except (ValueError, zipfile.BadZipFile):  # who loads it says what is wrong with it
        return set()


def bytes_digest(file: Path) -> str:
    """The hash of a file's bytes, computed once in a process for each state of the file."""
    key = _state(file)
    if key not in _DIGESTS:
        _DIGESTS[key] = file_digest(file)
    return _DIGESTS[key]


def _state(file: Path) -> State:
    facts = file.stat()
    return str(file.resolve()), facts.st_size, facts.st_mtime_ns


def read_json(name: str, folder: Path, file: str) -> dict[str, Any]:
    """Read a small file of a checkpoint.

    Raises
    ------
    RequestError
        If it is missing, or is no JSON object.
    """
    try:
        value = json.loads((folder / file).read_bytes())
    except FileNotFoundError:
        raise RequestError(
            f"The checkpoint {name!r} has no {file} in {str(folder)!r}. It says how recordings must be prepared "
            "and how the encoder is built, so nothing is assumed in its place. Take the file from the checkpoint's publisher."
        ) from None
    except ValueError as error:
        raise RequestError(f"{file} of the checkpoint {name!r} is not JSON ({error}). Download it again.") from error
    if not isinstance(value, dict):
        raise RequestError(f"{file} of the checkpoint {name!r} holds no JSON object. Download it again.")
    return value
