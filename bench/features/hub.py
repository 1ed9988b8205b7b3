"""The hub: where a checkpoint lies on this machine, and its download where it does not.

Takes the name of a checkpoint, gives its folder. One comes with the package; for the others it looks on disk first, asks the
network once, and never waits long for it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bench.base.error import RequestError

SMALL_FILES = ("config.json", "preprocessor_config.json", "processor_config.json")
TIMEOUT_S = 10.0
PACKAGED = {"nano": Path(__file__).with_name("nano")}


def locate(name: str) -> Path:
    """Find the folder of a checkpoint.

    Parameters
    ----------
    name : str
        A folder, or the name of a repository on the Hugging Face hub, as in ``facebook/wav2vec2-base``, or ``nano``, which
        comes with the package: a folder of that name is written ``./nano``.

    Returns
    -------
    Path
        A folder that holds ``config.json``.

    Raises
    ------
    RequestError
        If there is no such folder, or no local copy and no way to get one.
    """
    if name in PACKAGED:
        return PACKAGED[name]
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if name.startswith(("/", ".", "~")) or name.count("/") > 1:
        raise RequestError(
            f"The checkpoint folder {name!r} does not exist. "
            "Expected is a folder with config.json, preprocessor_config.json and the weights. Correct the path."
        )
    found = _cached(name)
    if found is None:
        reason = _download(name)
        found = _cached(name)
        if found is None:
            raise RequestError(
                f"The checkpoint {name!r} is not on this machine and cannot be downloaded ({reason}). "
                f"Run `hf download {name}` where there is a network, or give a local folder, [checkpoint=/path/to/folder], "
                "or the small one that is here already: [checkpoint=nano]."
            )
    return found


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The weight files of a checkpoint, shards in order; safetensors before ``.bin``; empty where there are none."""
    for pattern in ("model.safetensors", "model-*.safetensors", "pytorch_model.bin", "pytorch_model-*.bin"):
        found = tuple(sorted(folder.glob(pattern)))
        if found:
            return found
    return ()


def _cached(name: str) -> Path | None:
    """The folder of a downloaded checkpoint; None where there is none with weights."""
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError

    try:
        config = huggingface_hub.try_to_load_from_cache(name, "config.json")
    except HFValidationError as error:
        raise RequestError(
            f"{name!r} is neither a folder nor the name of a checkpoint on the hub. "
            "Expected is something like facebook/wav2vec2-base or /path/to/folder. Correct the name."
        ) from error
    if not isinstance(config, str) or not weight_files(Path(config).parent):
        return None
    return Path(config).parent


@lru_cache(maxsize=64)
def _download(name: str) -> str:
    """Fetch a checkpoint from the hub, once in a process; gives the reason why it is not there, empty where it is."""
    import huggingface_hub

    try:
        # Asking for the list of files first answers at once where there is no network; a download would retry for long.
        listed = huggingface_hub.HfApi().model_info(name, timeout=TIMEOUT_S).siblings or []
        wanted = _wanted([entry.rfilename for entry in listed])
        for file in wanted:
            huggingface_hub.hf_hub_download(name, file, etag_timeout=TIMEOUT_S)
    except Exception as error:  # noqa: BLE001  # the hub raises its own, its HTTP library's and the system's errors
        return reason_of(error)
    return "" if set(wanted) - set(SMALL_FILES) else "it holds no weights that can be read"


def reason_of(error: Exception) -> str:
    """Why the hub does not give a checkpoint, as a phrase.

    Examples
    --------
    >>> reason_of(OSError("Network is unreachable\\nand more"))
    'Network is unreachable'
    """
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    if isinstance(error, GatedRepoError):
        return "its publisher lets in only whom they know: ask on its page, then run `hf auth login`"
    if isinstance(error, RepositoryNotFoundError):
        return "the hub has none of that name, or it is private"
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _wanted(files: list[str]) -> list[str]:
    """The files to fetch: the small ones and one form of the weights.

    Examples
    --------
    >>> _wanted(["README.md", "config.json", "model.safetensors", "pytorch_model.bin", "tf_model.h5"])
    ['config.json', 'model.safetensors']
    """
    small = [file for file in SMALL_FILES if file in files]
    for suffix in ("safetensors", "bin"):
        stem = "model" if suffix == "safetensors" else "pytorch_model"
        weights = [f for f in files if f == f"{stem}.{suffix}" or (f.startswith(f"{stem}-") and f.endswith(f".{suffix}"))]
        if weights:
            index = f"{stem}.{suffix}.index.json"
            return small + weights + ([index] if index in files else [])
    return small
