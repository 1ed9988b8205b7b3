"""A part comes back as it was written, or not at all."""

import numpy as np
import pytest

from bench.base.error import BenchError
from bench.features.part import Row, Shape, matrix, read_part, table_of, write_part

SHAPE = Shape((0, 1), ("mean", "std"), 5)


def rows(n=4, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 2, 10)).astype(np.float32)
    values[0, 1, 3] = np.nan
    return [Row(f"key{i}", values[i], "no voiced frame" if i == 0 else None, 0.1 * i, 2.0) for i in range(n)]


def test_columns_hold_layers_and_statistics_in_order(tmp_path):
    written = rows()
    part = read_part(write_part(tmp_path, table_of(written, SHAPE)))
    expected = ["key", "note", "seconds", "duration_s", "layer_00.mean", "layer_00.std", "layer_01.mean", "layer_01.std"]
    assert part.column_names == expected
    values = np.stack([row.values for row in written])
    for layer in (0, 1):
        np.testing.assert_array_equal(matrix(part, f"layer_0{layer}.mean", 5), values[:, layer, :5])
        np.testing.assert_array_equal(matrix(part, f"layer_0{layer}.std", 5), values[:, layer, 5:])
    assert part["note"].to_pylist() == ["no voiced frame", None, None, None]


def test_some_columns_alone(tmp_path):
    path = write_part(tmp_path, table_of(rows(), SHAPE))
    assert read_part(path, ["layer_01.std", "key"]).column_names == ["layer_01.std", "key"]
    with pytest.raises(BenchError, match="damaged"):
        read_part(path, ["layer_07.std"])


def test_a_set_without_layers_and_statistics_has_one_column(tmp_path):
    shape = Shape(None, ("",), 3)
    part = read_part(write_part(tmp_path, table_of([Row("a", np.arange(3, dtype=np.float32), None, 0, 1)], shape)))
    assert part.column_names[-1] == "values"
    np.testing.assert_array_equal(matrix(part, "values", 3), [[0, 1, 2]])


def test_no_changed_byte_gives_other_numbers(tmp_path):
    path = write_part(tmp_path, table_of(rows(), SHAPE))
    good, whole = repr(read_part(path).to_pydict()), path.read_bytes()
    sentences = []
    for position in range(0, len(whole), 3):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ (1 << position % 8)]) + whole[position + 1 :])
        try:
            assert repr(read_part(path).to_pydict()) == good
        except BenchError as error:
            sentences.append(str(error))
    assert len(sentences) > 0.95 * len(whole) / 3
    assert all(str(path) in sentence and "cache gc" in sentence for sentence in sentences)


def test_a_part_that_was_cut_off(tmp_path):
    path = write_part(tmp_path, table_of(rows(), SHAPE))
    whole = path.read_bytes()
    for length in (0, 3, 100, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(BenchError, match="damaged"):
            read_part(path)


def test_a_part_that_is_gone_is_not_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_part(tmp_path / "gone.parquet")
