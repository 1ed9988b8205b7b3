"""Files of the user's own."""

import pytest

import bench
from bench.base.error import RequestError
from bench.corpora.reader import READERS
from bench.features.feature_set import FEATURE_SETS
from bench.models.recipe import MODELS
from bench.runs.plugin import add_plugins
from tests.conftest import ZCR

THREE = """
from pathlib import Path

import bench

Imported = bench.FeatureSet  # a class that is only mentioned is none of this file's


class Night(bench.CorpusReader):
    name = "night"
    version = "1"


class Jitter(bench.FeatureSet):
    name = "{set}"
    version = "1"
    columns = ("a",)


class Forest(bench.ModelRecipe):
    name = "forest"
    version = "1"
"""


pytestmark = pytest.mark.usefixtures("registries")


def test_a_class_joins_the_registry_of_its_kind(tmp_path):
    file = tmp_path / "three.py"
    file.write_text(THREE.format(set="jitter"))
    added = add_plugins([file])
    assert [kind.name for kind in added] == ["night", "jitter", "forest"]
    assert (READERS.get("night"), FEATURE_SETS.get("jitter"), MODELS.get("forest")) == tuple(added)
    assert "night" not in [*FEATURE_SETS.names(), *MODELS.names()]


def test_adding_twice_changes_nothing():
    first = add_plugins([ZCR])
    names = FEATURE_SETS.names()
    assert add_plugins([ZCR, ZCR]) == [*first, *first]
    assert FEATURE_SETS.names() == names
    assert FEATURE_SETS.get("zcr") is first[0]


def test_no_file_adds_nothing():
    assert add_plugins([]) == []


def test_a_name_that_is_taken_is_told(tmp_path):
    ours, twin, other = tmp_path / "ours.py", tmp_path / "twin.py", tmp_path / "other.py"
    ours.write_text(THREE.format(set="egemaps"))
    with pytest.raises(RequestError, match="called 'egemaps' exists already"):
        add_plugins([ours])
    for file in (twin, other):
        file.write_text(THREE.format(set="jitter").replace("night", file.stem))
    with pytest.raises(RequestError, match="called 'jitter' exists already"):
        add_plugins([twin, other])


@pytest.mark.parametrize("word", ["mean", "stack"])
def test_a_feature_set_is_not_called_like_a_fusion_and_a_model_may_be(tmp_path, word):
    file = tmp_path / "own.py"
    file.write_text(THREE.format(set=word))
    with pytest.raises(RequestError, match=rf"A feature set cannot be called '{word}', because {word}\[\.\.\.\] is read as"):
        add_plugins([file])
    file = tmp_path / "other.py"
    file.write_text(f"import bench\nclass Own(bench.ModelRecipe):\n    name = '{word}'\n    version = '1'\n")
    assert [kind.name for kind in add_plugins([file])] == [word]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import bench\n", "defines no plug-in"),
        ("import bench\nbench.nothing\n", "cannot be imported: AttributeError"),
        ("class Open(:\n", "cannot be imported: SyntaxError"),
        ("import bench\nclass Nameless(bench.FeatureSet):\n    version = '1'\n", "name"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path, text, sentence):
    file = tmp_path / "broken.py"
    file.write_text(text)
    with pytest.raises(RequestError, match=sentence):
        add_plugins([file])


def test_a_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(bench.RequestError, match="does not exist"):
        add_plugins([tmp_path / "none.py"])
