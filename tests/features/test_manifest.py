"""What a manifest says of libraries and sources, found without importing anything heavy."""

import importlib
import subprocess
import sys

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


def test_files_that_a_file_imports_inside_its_functions_count(tmp_path, monkeypatch):
    package = tmp_path / "strangers_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "helping.py").write_text("FACTOR = 1\n")
    (package / "unrelated.py").write_text("")
    source = "import bench\n\nclass A(bench.FeatureSet):\n    name = 'a'\n    version = '1'\n"
    (package / "own.py").write_text(source + "    def extract(self, wave):\n        from strangers_package import helping\n")
    script = (
        "from strangers_package.own import A\n"
        "from bench.features.manifest import source_digest\n"
        "import sys\n"
        "print(source_digest(A), 'strangers_package.helping' in sys.modules)\n"
    )

    def digest():
        command = [sys.executable, "-c", script]
        path = f"{tmp_path}:{sys.path[0]}:."
        return subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True, check=True).stdout.split()

    before, imported = digest()
    assert imported == "False"
    (package / "unrelated.py").write_text("A = 1\n")
    assert digest()[0] == before
    (package / "helping.py").write_text("FACTOR = 2\n")
    assert digest()[0] != before


@pytest.mark.parametrize(
    ("statement", "helper"),
    [
        ("from .helping import FACTOR", "sub/helping.py"),
        ("from . import helping", "sub/helping.py"),
        ("from .. import above", "above.py"),
        ("from ..other import FACTOR", "other/__init__.py"),
        ("from ..other.deep import FACTOR", "other/deep.py"),
        ("from . import FACTOR", "sub/__init__.py"),
        ("from .. import FACTOR", "__init__.py"),
        ("from relative_package import FACTOR", "__init__.py"),
        ("from .through import FACTOR", "sub/helping.py"),
    ],
)
def test_relative_imports_count(tmp_path, monkeypatch, statement, helper):
    package = tmp_path / "relative_package"
    for file in ("__init__.py", "above.py", "other/__init__.py", "other/deep.py", "sub/__init__.py", "sub/helping.py"):
        (package / file).parent.mkdir(parents=True, exist_ok=True)
        (package / file).write_text("FACTOR = 1\n")
    (package / "sub" / "through.py").write_text("from .helping import FACTOR\n")
    class_ = "import bench\n\nclass A(bench.FeatureSet):\n    name = 'a'\n    version = '1'\n"
    (package / "sub" / "own.py").write_text(f"{statement}\n{class_}")
    monkeypatch.syspath_prepend(tmp_path)
    kind = importlib.import_module("relative_package.sub.own").A
    try:
        before = source_digest.__wrapped__(kind)
        (package / helper).write_text("FACTOR = 2\n")
        assert source_digest.__wrapped__(kind) != before
        (package / "sub" / "unrelated.py").write_text("FACTOR = 2\n")
        changed = source_digest.__wrapped__(kind)
        (package / "sub" / "unrelated.py").write_text("FACTOR = 3\n")
        assert source_digest.__wrapped__(kind) == changed
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "relative_package"]:
            del sys.modules[name]


@pytest.mark.parametrize("name", FEATURE_SETS.names())
def test_the_source_of_every_set_can_be_hashed(name):
    assert len(source_digest(FEATURE_SETS.get(name))) == 20
