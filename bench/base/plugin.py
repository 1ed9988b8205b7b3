"""Plug-ins: a class with a name and a version, whose fields are its parameters.

A stranger's file and our own are written alike: subclass, set ``name`` and ``version``, declare parameters as annotated
fields with defaults. Subclasses become frozen, keyword-only dataclasses by themselves.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import sys
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
        cls.__doc__ = cls.__doc__ or getattr(sys.modules.get(cls.__module__), "__doc__", None)  # what `list` shows
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)

    def __str__(self) -> str:
        return str(Spelling(self.name, {key: self._written(key, value) for key, value in self._changed().items()}))

    def _written(self, key: str, value: Any) -> str:
        where, text = f"{self.name}[{key}=...]", write_value(value)
        back = read_value(where, text, _kinds(type(self))[key])
        if back != value:
            raise RequestError(
                f"{where} holds {value!r}, which would be read back as {back!r}. Workers and manifests know a thing by its "
                "spelling, so the two must be equal. Give another value."
            )
        return text

    def _changed(self) -> dict[str, Any]:
        fields = dataclasses.fields(self)  # type: ignore[arg-type]  # every subclass is a dataclass
        return {f.name: getattr(self, f.name) for f in fields if getattr(self, f.name) != f.default}

    def parameters(self) -> dict[str, Any]:
        """All fields that change the numbers, with their values (what a manifest shows)."""
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        kinds = _kinds(type(self))
        return {f.name: _plain(getattr(self, f.name), kinds[f.name]) for f in fields if f.name not in self.views}

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
        hints = _kinds(cls)
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
    if not isinstance(value, float):
        return str(value)
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)


def read_value(where: str, text: str, kind: Any) -> Any:
    """Read a parameter from text by its type: str, int, finite float, bool, or one of these or None.

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
    choices = _choices(kind)
    if types.NoneType in choices and text.lower() == "none":
        return None
    for choice in choices:
        if choice is bool and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if choice is str:
            return text
        if choice in (int, float):
            try:
                number = choice(text)
            except ValueError:
                continue
            if math.isfinite(number):
                return number
    names = " or ".join("none" if c is types.NoneType else getattr(c, "__name__", str(c)) for c in choices)
    raise RequestError(f"{where} got {text!r}, which is not of the kind {names}. Give a value of that kind.")


_hints = functools.cache(typing.get_type_hints)  # a quarter of a millisecond a call, and a run asks thousands of times


def _kinds(cls: Any) -> dict[str, Any]:
    """The types of the fields, by name."""
    return _hints(cls)


def _choices(kind: Any) -> tuple[Any, ...]:
    """The types that a field may have: ``float | None`` and ``Optional[float]`` are two."""
    return typing.get_args(kind) if typing.get_origin(kind) in (types.UnionType, typing.Union) else (kind,)


def _plain(value: Any, kind: Any) -> Any:
    """The value as its spelling is read: the whole number -26 in a field for floats is -26.0, and -0.0 is 0.0."""
    choices = _choices(kind)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if float in choices and (isinstance(value, float) or (whole and int not in choices)):
        return float(value) + 0.0
    return value
