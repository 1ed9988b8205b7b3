"""What a manifest says of libraries and sources, found without importing anything heavy."""

import numpy as np
import pytest

from bench.base.registry import classes_in
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.features.manifest import library_versions, source_digest


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
