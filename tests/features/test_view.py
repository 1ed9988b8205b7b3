"""Views: which layers are read, and what is made of them."""

import re

import numpy as np
import pytest

from bench.base.error import RequestError
from bench.features.view import View, several


@pytest.mark.parametrize(
    ("text", "spelled", "numbers", "n_layers"),
    [
        ("timing", "timing", (), 1),
        ("untrained", "untrained@best", (), 1),
        ("untrained@3", "untrained@3", (3,), 1),
        ("untrained[pooling=max]@mean", "untrained[pooling=max]@mean", (0, 1, 2, 3, 4), 1),
        ("untrained@1-3", "untrained@1-3", (1, 2, 3), 1),
        ("untrained@without-0", "untrained@without-0", (1, 2, 3, 4), 1),
        ("untrained@weighted", "untrained@weighted", (0, 1, 2, 3, 4), 5),
        ("untrained@concat", "untrained@concat", (0, 1, 2, 3, 4), 5),
    ],
)
def test_layers(text: str, spelled: str, numbers: tuple[int, ...], n_layers: int) -> None:
    view = View.of(text)
    assert (str(view), view.numbers, view.n_layers) == (spelled, numbers, n_layers)
    assert View.of(str(view)) == view


@pytest.mark.parametrize("layer", ["9", "3-1", "0-9", "without-9", "07", "middle"])
def test_a_layer_that_is_not_there(layer: str) -> None:
    with pytest.raises(RequestError, match=f"no layer '{layer}'. It has 0 to 4"):
        View.of(f"untrained@{layer}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("timing[only=zzz*]", "'timing' fits 'zzz*'. Columns are "), ("egemaps[only=f0]", "'egemaps' fits 'f0'")],
)
def test_a_pattern_that_fits_no_column(text: str, sentence: str) -> None:
    with pytest.raises(RequestError, match=f"No column of {re.escape(sentence)}.*Give another pattern"):
        View.of(text)
    assert View.of("timing[only=pause*]").feature_set.kept == "pause*"


def test_no_layers() -> None:
    with pytest.raises(RequestError, match="timing has no layers"):
        View.of("timing@3")


def test_combining() -> None:
    layers = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    mean = View.of("untrained@1-3").combine(layers)
    assert mean.dtype == np.float32
    assert mean.tolist() == [[4, 5, 6, 7], [16, 17, 18, 19]]
    beside = View.of("untrained@concat").combine(layers)
    assert beside.tolist() == [list(range(12)), list(range(12, 24))]
    one = View.of("untrained@2").combine(layers[:, :1])
    assert one.tolist() == layers[:, 0].tolist()


@pytest.mark.parametrize(
    ("asked", "layers"),
    [
        ("all", ["0", "1", "2", "3", "4"]),
        ("cumulative", ["0-1", "0-2", "0-3"]),
        ("drop-one", ["without-0", "without-1", "without-2", "without-3", "without-4"]),
        ("best", []),
        ("3", []),
    ],
)
def test_several_views_in_a_word(asked: str, layers: list[str]) -> None:
    own = View.of("untrained[pooling=max]").feature_set
    views = several(own, asked)
    assert [view.layer for view in views] == layers
    assert all(view.feature_set == own and view.numbers for view in views)


@pytest.mark.parametrize("asked", ["all", "cumulative", "drop-one"])
def test_no_layers_to_go_through(asked: str) -> None:
    with pytest.raises(RequestError, match=f"timing has no layers, so 'timing@{asked}' cannot be. Write 'timing'."):
        several(View.of("timing").feature_set, asked)
