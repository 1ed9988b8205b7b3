"""The hub: the files of a data set, fetched to a folder. Code is not among them."""

from __future__ import annotations

import errno
from pathlib import Path

from bench.base.durable import unwritable
from bench.base.error import RequestError
from bench.corpora.tree import AUDIO_ENDINGS

FETCHED = "fetched.json"  # which data set and commit lies there; it comes last
TIMEOUT_S = 10.0
FILES = (
    "*.parquet",
    "*.arrow",
    "*.csv",
    "*.tsv",
    "*.jsonl",
    "*.json",
    "README.md",
    # The hub's patterns go by case, and recorders write A.WAV.
    *(
        "*" + "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in end)
        for end in sorted(AUDIO_ENDINGS)
    ),
)


def fetch(repo: str, revision: str, folder: Path) -> str:
    """Fetch a data set; files that are there already and right are kept, so it goes on after a kill.

    Parameters
    ----------
    repo : str
        As in ``owner/name``.
    revision : str
        A branch, tag or commit; "" for the main branch. The hub keeps many a data set as Parquet in ``refs/convert/parquet``.
    folder : Path
        An existing folder.

    Returns
    -------
    str
        The commit.

    Raises
    ------
    RequestError
        If there is no network, or no such data set.
    Unwritable
        If the disk is full or read-only.
    """
    import huggingface_hub

    try:
        # Asking for the commit first answers at once where there is no network; a download would retry for long.
        commit = huggingface_hub.HfApi().dataset_info(repo, revision=revision or None, timeout=TIMEOUT_S).sha
        huggingface_hub.snapshot_download(
            repo, repo_type="dataset", revision=commit, local_dir=folder, allow_patterns=list(FILES), etag_timeout=TIMEOUT_S
        )
    except Exception as error:  # the hub raises its own, its HTTP library's and the system's errors
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise unwritable(error, folder) from error
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
        raise RequestError(
            f"The data set {repo!r} cannot be fetched from the hub ({reason}). There is no network, or no such data set or "
            f"revision. Run `hf download --repo-type dataset {repo} --local-dir FOLDER` where there is one, and give that: "
            "`--corpora huggingface[...]=FOLDER`."
        ) from error
    return str(commit)
