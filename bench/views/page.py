"""The page: what every page of ours is made with, so that each is one file that loads nothing and escapes all it is given."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bench.views import number

if TYPE_CHECKING:
    from jinja2 import Environment


def environment() -> Environment:
    """The templates beside this file: all texts are escaped, control characters made visible, and no name may be missing.

    The filter ``breakable`` puts places into a long name where it may be broken.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("bench.views", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda given: number.visible(given) if type(given) is str else given,
    )
    made.filters["breakable"] = breakable
    made.globals["number"] = number
    return made


def breakable(text: str) -> Any:
    """Escape a name, with places where a long one may be broken.

    Examples
    --------
    >>> str(breakable("egemaps[level=-26]"))
    'egemaps<wbr>[level=<wbr>-26]'
    """
    from markupsafe import Markup, escape

    return Markup("<wbr>").join(escape(part) for part in number.broken(text))


def own_text(*names: str) -> Any:
    """Files of this room, one after the other, as they stand: style sheets and scripts."""
    from markupsafe import Markup

    return Markup("".join(files("bench.views").joinpath(name).read_text("utf-8") for name in names))  # noqa: S704 - our own


def policy(style: str, script: str = "") -> str:
    """A content security policy that lets nothing run or load but this style sheet and this script.

    Examples
    --------
    >>> policy("body { margin: 0 }").split("; ")[2]
    "script-src 'none'"
    """
    of_style, of_script = (
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" if text else "'none'"
        for text in (style, script)
    )
    return (
        f"default-src 'none'; style-src {of_style}; script-src {of_script}; img-src data:; base-uri 'none'; form-action 'none'"
    )
