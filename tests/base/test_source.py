"""What an edit of a plug-in's files does to the hash of its source."""

import importlib
import subprocess
import sys

import pytest

from bench.base.source import source_hash
from bench.models.linear import Linear


def test_ours_count_only_where_they_are_asked_for():
    class Mine(Linear):
        pass

    plain = source_hash(Mine)  # this file alone
    assert plain == source_hash(Mine, ("bench.features",))
    assert plain != source_hash(Mine, ("bench.models",))
    assert source_hash(Linear) == source_hash(int)  # no file at all


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
        "from bench.base.source import source_hash\n"
        "import sys\n"
        "print(source_hash(A), 'strangers_package.helping' in sys.modules)\n"
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
        before = source_hash(kind)
        (package / helper).write_text("FACTOR = 2\n")
        assert source_hash(kind) != before
        (package / "sub" / "unrelated.py").write_text("FACTOR = 2\n")
        changed = source_hash(kind)
        (package / "sub" / "unrelated.py").write_text("FACTOR = 3\n")
        assert source_hash(kind) == changed
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "relative_package"]:
            del sys.modules[name]
