"""Making a drawing of matplotlib fit for a page: small, without styles or links, in the page's own colours and type.

Drawings are made in the stand-in colours of ``INK`` and ``shade``; here each becomes a variable of the page's style sheet, so
that a drawing follows the page into the dark and onto paper.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

INK = {
    "ink": "#000001",
    "muted": "#000002",
    "rule": "#000003",
    "paper": "#000004",
    "series-1": "#000005",
    "series-2": "#000006",
    "series-3": "#000007",
    "series-4": "#000008",
}
N_SHADES = 25
SHADE_STEP = 0.02  # the darkest shade is half as strong as the colour itself, so that text in ink stays readable on it

_VARIABLE = {colour: f"var(--{name})" for name, colour in INK.items()}
_NUMBER = re.compile(r"-?\d+\.\d+")
_KEPT = frozenset(
    (
        "fill",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-linejoin",
        "stroke-linecap",
        "opacity",
        "fill-opacity",
        "stroke-opacity",
        "text-anchor",
    )
)


def shade(step: int) -> str:
    """The stand-in for the first series colour at 0 to ``N_SHADES`` steps of strength."""
    return f"#0001{step:02x}"


def tidy(drawing: str, prefix: str, title: str) -> str:
    """Rewrite an SVG of matplotlib for use inside a page.

    Parameters
    ----------
    drawing : str
        As matplotlib writes it with ``svg.fonttype = "none"``, in the colours of ``INK``.
    prefix : str
        Put before every id, so that several drawings can stand on one page.
    title : str
        What a screen reader says.

    Returns
    -------
    str
        An ``<svg role="img">`` element without style attributes, style elements, metadata or addresses.

    Raises
    ------
    ValueError
        If the drawing is in a colour that is not of ``INK``: it would vanish in the dark.

    Examples
    --------
    >>> tidy('<svg viewBox="0 0 9 9"><path style="fill: #000001" d="M 0.12345 1"/></svg>', "a", "A point")
    '<svg viewBox="0 0 9 9" role="img" class="drawing"><title>A point</title><path fill="var(--ink)" d="M 0.12 1" /></svg>'
    """
    root = ET.fromstring(drawing)  # noqa: S314 - the text comes from matplotlib in this process
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.text = element.text if element.tag == "text" else None
        element.tail = None
        element.attrib = _attributes(element, prefix)
    _drop(root)
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "class": "drawing"}
    heading = ET.Element("title")
    heading.text = title
    root.insert(0, heading)
    return ET.tostring(root, encoding="unicode")


def _attributes(element: ET.Element, prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in element.attrib.items():
        name = key.rpartition("}")[2]
        if name == "style":
            found |= _presentation(value)
        elif name == "id":
            found["id"] = f"{prefix}-{value}"
        elif name == "href":
            found["href"] = f"#{prefix}-{value.removeprefix('#')}"
        elif name == "clip-path":
            found["clip-path"] = value.replace("url(#", f"url(#{prefix}-")
        else:
            found[name] = _NUMBER.sub(_short, value).strip()
    return found


def _presentation(style: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in _KEPT:
            found |= _coloured(name, value) if name in ("fill", "stroke") else {name: value}
    return found


def _coloured(name: str, value: str) -> dict[str, str]:
    if value == "none":
        return {name: value}
    if value in _VARIABLE:
        return {name: _VARIABLE[value]}
    if value.startswith("#0001"):
        return {name: "var(--series-1)", f"{name}-opacity": f"{int(value[5:], 16) * SHADE_STEP:.2f}"}
    raise ValueError(f"the colour {value} is none that the page knows; draw in the colours of INK")


def _short(found: re.Match[str]) -> str:
    return f"{float(found.group()):.2f}".rstrip("0").rstrip(".")


def _drop(root: ET.Element) -> None:
    """Take out what a page does not need: metadata, styles, empty groups, and ids that nothing points to."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in ("metadata", "style"):
                parent.remove(child)
    wanted = {element.attrib["href"].removeprefix("#") for element in root.iter() if "href" in element.attrib}
    wanted |= {element.attrib["clip-path"][5:-1] for element in root.iter() if "clip-path" in element.attrib}
    for element in root.iter():
        if element.attrib.get("id") not in wanted:
            element.attrib.pop("id", None)
    while _unwrap(root):
        pass


def _unwrap(parent: ET.Element) -> bool:
    """Replace groups without attributes by what they hold; whether any was found."""
    changed = False
    for child in list(parent):
        changed |= _unwrap(child)
        if child.tag in ("g", "defs") and not child.attrib and (child.tag == "g" or len(child) == 0):
            place = list(parent).index(child)
            parent.remove(child)
            for offset, grandchild in enumerate(list(child)):
                parent.insert(place + offset, grandchild)
            changed = True
    return changed
