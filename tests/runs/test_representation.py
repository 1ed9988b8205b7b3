"""Representations: how several views are spelled, and what cannot be fused."""

import pytest

from bench.base.error import RequestError
from bench.runs.representation import Representation


@pytest.mark.parametrize(
    ("text", "spelled", "fusion", "views"),
    [
        ("egemaps", "egemaps", "", ["egemaps"]),
        ("untrained", "untrained@best", "", ["untrained@best"]),
        (" egemaps + timing", "egemaps+timing", "", ["egemaps", "timing"]),
        ("untrained+egemaps[only=F0*]", "untrained@best+egemaps[only=F0*]", "", ["untrained@best", "egemaps[only=F0*]"]),
        ("mean[egemaps+untrained@2]", "mean[egemaps+untrained@2]", "mean", ["egemaps", "untrained@2"]),
        ("stack[untrained@weighted+timing]", "stack[untrained@weighted+timing]", "stack", ["untrained@weighted", "timing"]),
    ],
)
def test_spelling(text, spelled, fusion, views):
    made = Representation.of(text)
    assert (str(made), made.fusion, [str(view) for view in made.views]) == (spelled, fusion, views)
    assert Representation.of(str(made)) == made
    assert (made.feature_set, made.layer) == (
        (spelled, "") if made.fused else (spelled.partition("@")[0], spelled.partition("@")[2])
    )


def test_parts_stand_alone():
    assert [str(part) for part in Representation.of("mean[untrained+timing]").parts()] == ["untrained@best", "timing"]


def test_early_and_late_are_different_rows():
    texts = ("egemaps+timing", "timing+egemaps", "mean[egemaps+timing]", "stack[egemaps+timing]")
    assert len({str(Representation.of(text).ingredients()) for text in texts}) == 4


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("egemaps+egemaps", "names a part twice"),
        ("egemaps+", "because a part is empty"),
        ("", "is called ''. Expected is a name"),
        ("avg[timing+duration]", "No fusion is called 'avg'. Known are mean and stack"),
        ("stack[timing+duration", "opens 1 brackets and closes 0"),
        ("mean[timing,duration]", r"mean fuses two or more, as in mean\[timing\+duration\]. Join parts by \+"),
        ("mean[timing+duration]@3", "asks for a layer of a fusion, which has none"),
        ("stack[timing+nope]", "No feature set is called 'nope'. (?!Did you mean)"),
        ("egemaps+untrained@all", "because of the part 'untrained@all'"),
        ("timing+mean[egemaps+untrained]", "because of the part 'mean"),
        ("egemaps+untrained@weighted", "@weighted learns a weight a layer.*Fuse late, as in 'mean"),
        ("egemaps+timing@3", "timing has no layers"),
        ("mean[egemaps]", r"mean fuses two or more, as in mean\[timing\+duration\]"),
        ("egemaps+tming", "Did you mean 'timing'"),
    ],
)
def test_what_cannot_be_fused_is_told(text, sentence):
    with pytest.raises(RequestError, match=sentence):
        Representation.of(text)
