"""Identity: one hash for everything that changes the numbers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

DIGEST_CHARS = 20


def canonical(value: Any) -> str:
    """Write a value as JSON in one way only: sorted keys, no spaces, no NaN.

    Examples
    --------
    >>> canonical({"b": 1, "a": [1.5, None]})
    '{"a":[1.5,null],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def digest(value: Any) -> str:
    """Hash a JSON value.

    Parameters
    ----------
    value : JSON value
        Dicts, lists, strings, numbers, booleans, None.

    Returns
    -------
    str
        20 hexadecimal characters of the SHA-256 of its canonical form.

    Examples
    --------
    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:DIGEST_CHARS]


def file_digest(path: Path) -> str:
    """Hash the bytes of a file (20 hexadecimal characters of the SHA-256).

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:DIGEST_CHARS]
