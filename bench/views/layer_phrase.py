"""Phrases about layers: which ones, and lists of things, as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.base.spelling import parse


def pooling_of(feature_set: str) -> str:
    """The pooling of a feature set, read off its spelling.

    Examples
    --------
    >>> pooling_of("untrained[pooling=max,seed=1]"), pooling_of("untrained")
    ('max', 'mean')
    """
    return parse(feature_set).values.get("pooling", "mean")


def listed(layers: Iterable[int]) -> str:
    """Layers in words, neighbours joined.

    Examples
    --------
    >>> listed([3]), listed([4, 5, 6, 7]), listed([0, 1, 5, 6, 7, 12])
    ('layer 3', 'layers 4 to 7', 'layers 0, 1, 5 to 7 and 12')
    """
    found = sorted(layers)
    return f"layer{'' if len(found) == 1 else 's'} {runs(found)}"


def runs(numbers: Iterable[int]) -> str:
    """Numbers in words, three neighbours or more joined.

    Examples
    --------
    >>> runs([7, 5, 6, 1])
    '1 and 5 to 7'
    """
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return both([text for run in found for text in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))])


def beat(layers: Sequence[int]) -> str:
    """Layers with the verb.

    Examples
    --------
    >>> beat([3]), beat([3, 4])
    ('layer 3 beats', 'layers 3 and 4 beat')
    """
    return f"{listed(layers)} beat{'s' if len(layers) == 1 else ''}"


def both(parts: Sequence[str]) -> str:
    """Several things, the last with "and"; empty where there are none.

    Examples
    --------
    >>> both(["a", "b", "c"]), both(["a"]), both([])
    ('a, b and c', 'a', '')
    """
    return _joined(parts, "and")


def either(parts: Sequence[str]) -> str:
    """Several things, the last with "or".

    Examples
    --------
    >>> either(["a", "b"])
    'a or b'
    """
    return _joined(parts, "or")


def _joined(parts: Sequence[str], word: str) -> str:
    return ", ".join(parts[:-1]) + (f" {word} " if parts[:-1] else "") + parts[-1] if parts else ""
