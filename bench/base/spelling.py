"""Spelling: how a person writes a thing with its parameters, ``name[field=value,...]@layer``.

Brackets nest, so a value may be a spelling itself: ``wav2vec2[checkpoint=untrained[size=small]]@7``. Spaces, ``@``, ``=``
and quotes in a value stand for themselves; what could not be read back as it was is refused, never changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.base.error import RequestError

NAME = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class Spelling:
    """A name, its parameters as text, and the layer asked for (empty where none was).

    Raises
    ------
    RequestError
        If a part of it could not be read back as it is.
    """

    name: str
    values: dict[str, str] = field(default_factory=dict)
    layer: str = ""

    def __post_init__(self) -> None:
        for part in (self.name, self.layer) if self.layer else (self.name,):
            if not NAME.fullmatch(part):
                raise RequestError(f"{part!r} is no name. Expected are letters, digits, '_', '.' and '-'. Give another name.")
        for key, value in self.values.items():
            if not key.isidentifier():
                raise RequestError(f"{key!r} is no name of a parameter. Expected is one as in Python. Give another name.")
            if value != value.strip() or not _nests(value) or len(list(split_outside(value, ","))) > 1:
                raise RequestError(
                    f"{self.name}[{key}=...] got {value!r}, which cannot be spelled. A value has no space at its ends, no "
                    "comma outside brackets and no bracket without its partner. Rename what it names, or make a link to it."
                )

    def __str__(self) -> str:
        inner = ",".join(f"{key}={value}" for key, value in self.values.items())
        return self.name + (f"[{inner}]" if inner else "") + (f"@{self.layer}" if self.layer else "")


def _nests(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "[") - (char == "]")
        if depth < 0:
            return False
    return depth == 0


def split_outside(text: str, separator: str) -> Iterator[str]:
    """Split a text at a separator, but not inside brackets.

    Examples
    --------
    >>> list(split_outside("a[b/c]/d/e", "/"))
    ['a[b/c]', 'd', 'e']
    """
    depth, start = 0, 0
    for index, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if char == separator and depth == 0:
            yield text[start:index]
            start = index + 1
    yield text[start:]


def parse(text: str) -> Spelling:
    """Read a spelling.

    Parameters
    ----------
    text : str
        For example ``egemaps[level=-26]`` or ``wav2vec2@best``.

    Returns
    -------
    Spelling

    Raises
    ------
    RequestError
        If the text is not of the form ``name[field=value,...]@layer``.

    Examples
    --------
    >>> parse("wav2vec2[checkpoint=untrained[size=small]]@7")
    Spelling(name='wav2vec2', values={'checkpoint': 'untrained[size=small]'}, layer='7')
    >>> str(parse("egemaps[level=-26,only=F0*]"))
    'egemaps[level=-26,only=F0*]'
    """
    wrong = RequestError(
        f"{text!r} cannot be read as a name with parameters. "
        "Expected is name, name[field=value] or name[field=value,other=value]@layer. "
        "Check the brackets; a comma in a value stands inside brackets of its own."
    )
    head, *layers = split_outside(text.strip(), "@")
    match = NAME.match(head)
    if match is None or len(layers) > 1 or (layers and not NAME.fullmatch(layers[0])):
        raise wrong
    rest = head[match.end() :]
    values: dict[str, str] = {}
    if rest:
        if not (rest.startswith("[") and rest.endswith("]") and _nests(rest[1:-1])):
            raise wrong
        for item in split_outside(rest[1:-1], ","):
            key, equals, value = item.partition("=")
            if not equals or not key.strip().isidentifier() or key.strip() in values:
                raise wrong
            values[key.strip()] = value.strip()
    return Spelling(match.group(), values, layers[0] if layers else "")
