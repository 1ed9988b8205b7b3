"""Plug-ins: a class with a name and a version, whose fields are its parameters.

A stranger's file and our own are written alike: subclass, set ``name`` and ``version``, declare parameters as annotated
fields with defaults. Subclasses become frozen, keyword-only dataclasses by themselves.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any, ClassVar, Self, dataclass_transform

from bench.base.error import RequestError, unknown_name
from bench.base.identity import digest
from bench.base.spelling import Spelling


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Plugin:
    """The common part of corpus readers, feature sets and model recipes.

    Attributes
    ----------
    name : str
        How people call it; letters, digits, ``_``, ``.``, ``-``.
    version : str
        Changed by the author whenever the numbers change.
    views : tuple of str
        Fields that only choose among stored numbers, and so do not enter the identity.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    views: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)

    def __str__(self) -> str:
        return str(Spelling(self.name, {key: write_value(value) for key, value in self._changed().items()}))

    def _changed(self) -> dict[str, Any]:
        fields = dataclasses.fields(self)  # type: ignore[arg-type]  # every subclass is a dataclass
        return {f.name: getattr(self, f.name) for f in fields if getattr(self, f.name) != f.default}

    def parameters(self) -> dict[str, Any]:
        """All fields that change the numbers, with their values (what a manifest shows)."""
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        return {f.name: getattr(self, f.name) for f in fields if f.name not in self.views}

    def ingredients(self) -> dict[str, str]:
        """Hashes of what the numbers depend on beside the parameters, such as a checkpoint's bytes; none by default."""
        return {}

    @property
    def identity(self) -> str:
        """Hash of name, version, parameters and ingredients: 20 hexadecimal characters."""
        return digest([self.name, self.version, self.parameters(), self.ingredients()])

    @classmethod
    def from_spelling(cls, spelling: Spelling) -> Self:
        """Build one from its spelling, each value read by the type of its field.

        Raises
        ------
        RequestError
            If a field is unknown, or a value does not fit its type.
        """
        hints = typing.get_type_hints(cls)
        known = [f.name for f in dataclasses.fields(cls)]  # type: ignore[arg-type]
        for key in spelling.values:
            if key not in known:
                raise unknown_name(f"parameter of {cls.name}", key, known)
        return cls(**{k: read_value(f"{cls.name}[{k}=...]", v, hints[k]) for k, v in spelling.values.items()})


def write_value(value: Any) -> str:
    """Write a parameter as ``read_value`` reads it.

    Examples
    --------
    >>> write_value(-26.0), write_value(True), write_value(None)
    ('-26', 'true', 'none')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def read_value(where: str, text: str, kind: Any) -> Any:
    """Read a parameter from text by its type: str, int, float, bool, or one of these or None.

    Raises
    ------
    RequestError
        If the text does not fit.

    Examples
    --------
    >>> read_value("egemaps[level=...]", "-26", float | None)
    -26.0
    >>> read_value("egemaps[trim=...]", "true", bool)
    True
    """
    choices = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    for choice in choices:
        if choice is types.NoneType and text.lower() == "none":
            return None
        if choice is bool and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if choice is str:
            return text
        if choice in (int, float):
            try:
                return choice(text)
            except ValueError:
                continue
    names = " or ".join("none" if c is types.NoneType else c.__name__ for c in choices)
    raise RequestError(f"{where} got {text!r}, which is not of the kind {names}. Give a value of that kind.")
