"""The representation: what the model of a row is given, one view of a feature set or several fused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

from bench.base.error import RequestError
from bench.base.spelling import parse, split_outside
from bench.features.feature_set import Late
from bench.features.view import ALL, BEST, WEIGHTED, View
from bench.models.recipe import MODELS

CHOOSER = "linear"  # picks the layer of `@best`, whatever the model of the row
STACKER = "linear"  # puts together what the parts of a stack say
Fusion = Literal["", "mean", "stack"]
FUSED = re.compile(r"([A-Za-z0-9_.-]+)\[(.*)\](@.*)?", re.DOTALL)


@dataclass(frozen=True)
class Representation:
    """One view, or several fused.

    Attributes
    ----------
    views : tuple of View
    fusion : {'', 'mean', 'stack'}
        How several views become one answer. "": their columns stand side by side (early fusion), scaled inside the fold with
        all others. ``mean``: each view has a model of its own, and the calibrated answers are averaged. ``stack``: a linear
        model is fitted on what the models say of training speakers that they have not heard.

    Raises
    ------
    RequestError
        If views cannot be fused like that.

    Examples
    --------
    >>> Representation.of("egemaps+timing").feature_set
    'egemaps+timing'
    >>> made = Representation.of("stack[untrained+timing]")
    >>> made.fusion, [str(view) for view in made.views], str(made)
    ('stack', ['untrained@best', 'timing'], 'stack[untrained@best+timing]')
    """

    views: tuple[View, ...]
    fusion: Fusion = ""

    def __post_init__(self) -> None:
        spelled = [str(view) for view in self.views]
        if len(set(spelled)) != len(spelled):
            raise RequestError(f"The fusion {str(self)!r} names a part twice. Expected are different parts. Name each once.")
        if self.fused and not self.fusion and any(view.layer == WEIGHTED for view in self.views):
            raise RequestError(
                f"In {str(self)!r} the columns stand side by side, and @weighted learns a weight a layer of one feature set "
                f"alone. Fuse late, as in 'mean[{'+'.join(spelled)}]', or name another layer."
            )

    @classmethod
    def of(cls, text: str) -> Representation:
        """Read one from its spelling: ``egemaps``, ``wav2vec2@best+egemaps``, ``mean[egemaps+timing]``."""
        text = text.strip()
        _check_spelling(text)
        for late in get_args(Late):
            inner = text[len(late) + 1 : -1]
            if text.startswith(f"{late}[") and text.endswith("]") and len(_parts(inner)) > 1:
                return cls(_views(inner), late)
        return cls(_views(text))

    def __str__(self) -> str:
        joined = "+".join(map(str, self.views))
        return f"{self.fusion}[{joined}]" if self.fusion else joined

    @property
    def fused(self) -> bool:
        """Whether there are several views."""
        return len(self.views) > 1

    @property
    def feature_set(self) -> str:
        """As a board calls it: the feature set, or the whole fusion."""
        return str(self) if self.fused else str(self.views[0].feature_set)

    @property
    def layer(self) -> str:
        """The layer of a single view; "" for a fusion, whose spelling names them."""
        return "" if self.fused else self.views[0].layer

    def parts(self) -> tuple[Representation, ...]:
        """Each view alone."""
        return tuple(Representation((view,)) for view in self.views)

    def ingredients(self) -> list[Any]:
        """What changes the numbers of a row, for its fingerprint."""
        views = [[v.feature_set.identity, list(v.feature_set.pooled), v.feature_set.kept, v.layer] for v in self.views]
        helpers = [CHOOSER] * any(view.layer == BEST for view in self.views) + [STACKER] * (self.fusion == "stack")
        return [views, self.fusion, [MODELS.make(parse(name)).identity for name in helpers]]


def _check_spelling(text: str) -> None:
    """Say in a sentence what is wrong with a fusion, before its parts are looked at."""
    opened, closed = text.count("["), text.count("]")
    if not text:
        raise RequestError("A feature set is called ''. Expected is a name, as in timing or wav2vec2@7. Give one.")
    if opened != closed:
        raise RequestError(f"{text!r} opens {opened} brackets and closes {closed}. Expected is a partner for each. Correct it.")
    found = FUSED.fullmatch(text)
    if found is None or len(_parts(text)) > 1:
        return
    name, inner, layer = found.groups()
    parts = _parts(inner)
    if name not in get_args(Late):
        if len(parts) > 1 and "=" not in parts[0]:
            raise RequestError(
                f"No fusion is called {name!r}. Known are mean and stack, as in mean[{inner}], and "
                f"{inner} puts columns side by side."
            )
    elif layer:
        raise RequestError(
            f"{text!r} asks for a layer of a fusion, which has none. Name it at a part, as in {name}[wav2vec2@3+timing]."
        )
    elif len(parts) == 1:
        raise RequestError(
            f"In {text!r} there is one part, and {name} fuses two or more, as in {name}[timing+duration]. Join parts by +."
        )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in split_outside(text, "+")]


def _views(text: str) -> tuple[View, ...]:
    parts = _parts(text)
    if len(parts) > 1:
        for part in parts:
            if not part or part.endswith(f"@{ALL}") or len(_parts(part.partition("[")[2][:-1])) > 1:
                what = f"of the part {part!r}" if part else "a part is empty"
                raise RequestError(
                    f"{text!r} cannot be fused, because {what}. "
                    "Expected are feature sets with one layer each, as in wav2vec2@best+egemaps. Correct it."
                )
    return tuple(View.of(part) for part in parts)
