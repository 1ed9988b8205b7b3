import numpy as np
import pytest

from bench.features.table import FeatureTable


def test_the_share_of_missing_values():
    values = np.ones((2, 5), np.float32)
    values[0, :2] = np.nan
    table = FeatureTable(("c1", "c2"), values, tuple("abcde"), {"c1": "no voiced frame"})
    assert table.missing_share == pytest.approx(0.2)
    assert FeatureTable((), np.zeros((0, 2), np.float32), ("a", "b"), {}).missing_share == 0.0


def test_all_layers_make_three_dimensions():
    values = np.zeros((2, 13, 3), np.float32)
    values[1] = np.nan
    assert FeatureTable(("c1", "c2"), values, ("a", "b", "c"), {}).missing_share == 0.5


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (3, 3, 4), (3,)])
def test_values_that_do_not_fit_are_refused(shape):
    columns = ("a", "b", "c") if shape[-1] == 4 else ("a", "b", "c", "d")
    with pytest.raises(ValueError, match=f"3 clips and {len(columns)} columns, values"):
        FeatureTable(("c1", "c2", "c3"), np.zeros(shape, np.float32), columns, {})
