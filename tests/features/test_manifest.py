"""What a manifest says of libraries and sources, found without importing anything heavy."""

import numpy as np
import pytest

from bench.base.error import RequestError
from bench.base.registry import classes_in
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.features.manifest import columns_declared, library_versions, manifest_of, shape_declared, source_digest


def test_versions_are_those_that_are_installed():
    versions = library_versions()
    assert versions["numpy"] == np.__version__
    assert set(versions) <= {"librosa", "numpy", "opensmile", "safetensors", "scipy", "soxr", "torch", "transformers"}


def digest_of(path, text):
    path.write_text(text)
    (kind,) = classes_in(path, FeatureSet)
    return source_digest(kind)


def test_a_plugin_s_own_file_counts(tmp_path):
    text = 'import bench\n\nclass A(bench.FeatureSet):\n    name = "a"\n    version = "1"\n'
    one, two = digest_of(tmp_path / "one.py", text), digest_of(tmp_path / "two.py", text + "# more\n")
    assert one != two
    (tmp_path / "three").mkdir()
    assert digest_of(tmp_path / "three" / "one.py", text) == one


@pytest.mark.parametrize("name", FEATURE_SETS.names())
def test_the_source_of_every_set_can_be_hashed(name):
    assert len(source_digest(FEATURE_SETS.get(name))) == 20


class Any(FeatureSet):
    name = "any"
    version = "1"
    columns = ("a", "b")


@pytest.mark.parametrize(
    ("columns", "said"),
    [("ab", "is 'ab'"), ((1, 2), "holds 1"), (("a", ""), "holds ''"), ({"a", "b"}, "is {'"), (None, "is None")],
)
def test_columns_that_are_no_tuple_of_names_are_refused_wherever_a_run_asks(monkeypatch, columns, said):
    monkeypatch.setattr(Any, "columns", columns)
    for ask in (columns_declared, shape_declared, lambda feature_set: manifest_of(feature_set, "0" * 20)):
        with pytest.raises(RequestError) as told:
            ask(Any())
        assert str(told.value).startswith(f"`columns` of the feature set 'any' {said}")


@pytest.mark.parametrize("columns", [("a", "b"), ["a", "b"]])
def test_columns_are_a_tuple_or_a_list(monkeypatch, columns):
    monkeypatch.setattr(Any, "columns", columns)
    assert columns_declared(Any()) == ("a", "b")
    assert shape_declared(Any()).width == 2
