"""The TOML file of a folder: read right, and every mistake in one go."""

import re
import textwrap

import pytest

from bench.base.error import RequestError
from bench.corpora import declaration
from bench.corpora.declaration import read_declaration


def write(folder, text):
    path = folder / "corpus.toml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def test_the_example_of_the_documentation(tmp_path):
    example = re.search(r"code-block:: toml\n\n(.*)", declaration.__doc__, re.DOTALL).group(1)
    said = read_declaration(write(tmp_path, example))
    assert (said.name, said.manifest) == ("nightshift", tmp_path / "clips.csv")
    assert said.about.startswith("Nurses")
    assert said.licence == "not to be passed on"
    kss, task = said.targets
    assert (kss.name, kss.kind, kss.scale, kss.unit, kss.cuts) == ("kss", "measured", (1, 9), "KSS", (4, 7))
    assert [kss.levels[kss.level(score)] for score in (3.9, 4.0, 6.9, 7.0)] == ["alert", "neither", "neither", "sleepy"]
    assert (task.forms, task.ordinal, task.levels) == (("level",), False, ("before", "after"))
    assert said.columns == {"kss": "kss_rating", "task": "task"}
    assert not said.problems


def test_wrong_targets_are_listed_and_the_others_kept(tmp_path):
    text = """
        name = "n"
        manifest = "c.csv"
        [targets.good]
        kind = "measured"
        scale = [0, 1]
        [targets.nokind]
        scale = [0, 1]
        [targets.typo]
        kind = "measured"
        scala = [0, 1]
        [targets.kind]
        kind = "guessed"
        scale = [0, 1]
        [targets.cuts]
        kind = "measured"
        scale = [0, 1]
        levels = ["a", "b"]
        [targets.noscale]
        kind = "measured"
        levels = ["a", "b"]
        cuts = [1]
        [targets.numbers]
        kind = "measured"
        levels = [1, 2]
        [targets.one]
        kind = "measured"
        scale = [1]
        [targets."a/b"]
        kind = "measured"
    """
    said = read_declaration(write(tmp_path, text))
    assert [target.name for target in said.targets] == ["good"]
    expected = [
        "targets.nokind.kind: it is missing; say what the label is: 'measured', 'proxy', 'acted' or 'synthetic'",
        "targets.typo.scala: there is no such key; did you mean 'scale'?",
        "targets.kind.kind: input should be 'measured', 'proxy', 'acted' or 'synthetic', not 'guessed'",
        "targets.cuts: Target 'cuts' has 2 levels and the cuts []",
        "targets.noscale: It has cuts and no scale",
        "targets.numbers.levels.0: input should be a valid string, not 1",
        "targets.numbers.levels.1: input should be a valid string, not 2",
        "targets.one.scale: list should have at least 2 items",
        "targets.a/b: a target's name has letters",
    ]
    assert len(said.problems) == len(expected)
    for found, start in zip(said.problems, expected, strict=True):
        assert found.startswith(start)


def test_a_wrong_head_lists_everything(tmp_path):
    with pytest.raises(RequestError) as raised:
        read_declaration(write(tmp_path, 'name = "a/b"\nlicense = "x"\n[targets.kss]\nscale = [1, 9]\n'))
    lines = str(raised.value).splitlines()
    assert "has 4 mistakes" in lines[0]
    assert any(line.startswith("  name: string should match pattern") for line in lines)
    assert '  manifest: it is missing; name the table of clips, as in manifest = "clips.csv"' in lines
    assert "  license: there is no such key; did you mean 'licence'?" in lines
    assert any(line.startswith("  targets.kss.kind: it is missing") for line in lines)


@pytest.mark.parametrize("manifest", ["/etc/clips.csv", "../clips.csv", "a/../../clips.csv"])
def test_the_manifest_lies_below(tmp_path, manifest):
    text = f'name = "n"\nmanifest = "{manifest}"\n[targets.x]\nkind = "measured"\nscale = [0, 1]\n'
    with pytest.raises(RequestError, match="does not lie in the folder of this file"):
        read_declaration(write(tmp_path, text))


@pytest.mark.parametrize("text", ['name = "n"\nmanifest = "c.csv"\n', 'name = "n"\nmanifest = "c.csv"\n[targets]\n'])
def test_without_a_target(tmp_path, text):
    with pytest.raises(RequestError, match="targets: "):
        read_declaration(write(tmp_path, text))


def test_no_toml(tmp_path):
    with pytest.raises(RequestError, match=r"cannot be read as TOML .*line 1"):
        read_declaration(write(tmp_path, "name: n"))
    with pytest.raises(RequestError, match="cannot be read as TOML"):
        read_declaration(tmp_path / "nothing.toml")
