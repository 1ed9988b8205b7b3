"""The proxy sheet on a terminal."""

import dataclasses
from itertools import combinations

import pytest
from rich.cells import cell_len

from bench.runs.board import Stability, VariantBoard
from bench.runs.proxy import ProxySheet
from bench.views.proxy import LIMITS, render_proxy

NAMES = ("fatigue-proxy", *(f"fatigue-proxy-{name}" for name in ("circumplex", "activation", "pad", "energetic")))
LONG = "wav2vec2[checkpoint=untrained[size=base]]@best linear"


@pytest.fixture(scope="module")
def sheet() -> ProxySheet:
    return ProxySheet(
        corpus="ravdess",
        n_clips=1439,
        n_speakers=24,
        distribution={name: (0.1 + n / 100, 0.31, 0.43, 0.594, 0.68) for n, name in enumerate(NAMES)},
        shares={name: {"alert": 0.533, "neutral": 0.333, "fatigued": 0.134} for name in NAMES},
        agreement={pair: 0.9 - place / 50 for place, pair in enumerate(combinations(NAMES, 2))},
        duration={name: 0.21 if n else -0.12 for n, name in enumerate(NAMES)},
        explained={name: {"speaker": 0.0004, "text": 0.021} if n else {"speaker": 0.041} for n, name in enumerate(NAMES)},
        classes={"sadness": 0.68, "calm": 0.59},
        notes=("3 clips have no label of it and are left out.",),
        stability={
            "ravdess/fatigue-proxy/level": Stability(
                "egemaps linear",
                tuple(VariantBoard(name, 0.9, 0.8, LONG if n == 3 else "egemaps linear") for n, name in enumerate(NAMES[1:])),
            )
        },
    )


def block(text: str, title: str) -> list[list[str]]:
    """The cells of the lines under a title, up to the next blank line."""
    lines = text.split(f"\n{title}", 1)[1].split("\n\n")[0].splitlines()[1:]
    return [line.split() for line in lines]


def test_every_table_has_its_numbers(sheet):
    text = render_proxy(sheet, 100)
    assert text.startswith("ravdess: its fatigue proxy\n1,439 clips of 24 speakers.\n")
    readings = block(text, "Readings of the label")
    assert readings[3] == ["activation", "along", "low", "activation", "alone"]
    labels = block(text, "Labels")
    assert labels[1] == ["default", "0.10", "0.31", "0.43", "0.59", "0.68"]
    assert [line[0] for line in labels[1:]] == ["default", "circumplex", "activation", "pad", "energetic"]
    assert block(text, "Levels")[2] == ["circumplex", "53%", "33%", "13%"]
    assert block(text, "What explains")[1:3] == [["default", "4%", "–"], ["circumplex", "under", "0.1%", "2%"]]
    assert block(text, "Do longer")[1:3] == [["default", "−0.120"], ["circumplex", "0.210"]]
    assert block(text, "Classes")[1:] == [["sadness", "0.68"], ["calm", "0.59"]]


def test_agreement_is_a_lower_half(sheet):
    lines = block(render_proxy(sheet, 100), "Agreement")
    assert lines[0] == ["reading", "default", "circumplex", "activation", "pad"]
    pairs = {
        (NAMES[n], name): 0.9 - place / 50
        for place, (n, name) in enumerate((a, NAMES[b]) for a, b in combinations(range(5), 2))
    }
    for place, line in enumerate(lines[1:], 1):
        assert line[1:] == [f"{pairs[NAMES[n], NAMES[place]]:.3f}" for n in range(place)]


def test_pairs_may_be_given_either_way_round(sheet):
    turned = dataclasses.replace(sheet, agreement={(b, a): value for (a, b), value in sheet.agreement.items()})
    assert render_proxy(turned) == render_proxy(sheet)


def test_stability_notes_and_limits_stand_below(sheet):
    text = " ".join(render_proxy(sheet, 100).split())
    assert "Does the order hang on the reading of the label? ravdess/fatigue-proxy/level" in text
    assert "The first row stays first under 4 of 5 readings; a winner would need at least 4." in text
    assert "- 3 clips have no label of it and are left out." in text
    for limit in LIMITS:
        assert f"- {limit}" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(sheet, width):
    text = render_proxy(sheet, width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_what_is_not_known_has_no_table(sheet):
    bare = dataclasses.replace(
        sheet,
        n_speakers=0,
        duration=dict.fromkeys(NAMES),
        explained={name: {} for name in NAMES},
        classes={},
        notes=(),
        stability={},
    )
    text = render_proxy(bare)
    assert "1,439 clips of speakers who are not known." in text
    titles = ("Do longer", "What explains", "Classes", "Notes", "Does the order")
    assert not any(title in text for title in titles)
    assert "What this label cannot say" in text


def test_names_cannot_steer_the_terminal(sheet):
    odd = dataclasses.replace(sheet, corpus="x\x1b[31m", classes={"a\x07[b]": 0.5})
    text = render_proxy(odd)
    assert "\x1b" not in text
    assert "a\\x07[b]" in text
