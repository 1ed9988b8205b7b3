"""The TOML file of a folder: read right, and every mistake in one go."""

import re
import textwrap

import pytest

from bench.base.error import RequestError
from bench.corpora import declaration
from bench.corpora.declaration import read_declaration
from bench.corpora.scale import SCALES
from tests.conftest import ROOT


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
    assert (said.published, said.source) == ("40 nurses, 1,200 recordings", "Ask the sleep laboratory.")
    assert (said.caution, said.splitter) == ("Nurses of one ward know each other.", "fixed")
    assert (said.speakers, said.confidence) == ("unknown", ("agreement",))
    kss, tired, task = said.targets
    assert (tired.scale, tired.unit, tired.cuts, len(tired.levels)) == ((1, 7), "SP", (3.5, 4.5), 3)
    assert (kss.name, kss.kind, kss.scale, kss.unit, kss.cuts) == ("kss", "measured", (1, 9), "KSS", (4, 7))
    assert [kss.levels[kss.level(score)] for score in (3.9, 4.0, 6.9, 7.0)] == ["alert", "neither", "neither", "sleepy"]
    assert (task.forms, task.ordinal, task.levels) == (("level",), False, ("before", "after"))
    assert said.columns == {"kss": "kss_rating", "tired": "tired", "task": "task"}
    assert not said.problems


def test_the_example_of_the_page_on_corpora(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "corpora.md").read_text(encoding="utf-8"), re.DOTALL)
    said = read_declaration(write(tmp_path, example))
    assert not said.problems
    kss, tired, task = said.targets
    assert (kss.scale, kss.unit, kss.levels) == ((1, 9), "KSS", ("alert", "neither", "sleepy"))
    assert [tired.levels[tired.level(score)] for score in (49.9, 50)] == ["fresh", "tired"]
    assert task.forms == ("level",)
    assert all(f"`{name}`" in (ROOT / "docs" / "corpora.md").read_text(encoding="utf-8") for name in SCALES)


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
        [targets.nolevels]
        kind = "measured"
        scale = [0, 100]
        cuts = [50]
        [targets.unit]
        kind = "measured"
        levels = ["a", "b"]
        unit = "mm"
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
        "targets.nolevels: It has the cuts [50.0] and no levels",
        "targets.unit: It has the unit 'mm' and no scale",
        "targets.numbers.levels.0: input should be a valid string, not 1",
        "targets.numbers.levels.1: input should be a valid string, not 2",
        "targets.one.scale: list should have at least 2 items",
        "targets.a/b: a target's name has letters",
    ]
    assert len(said.problems) == len(expected)
    for found, start in zip(said.problems, expected, strict=True):
        assert found.startswith(start)


def test_numbers_that_toml_knows_and_no_scale_has(tmp_path):
    head = 'name = "n"\nmanifest = "c.csv"\n'
    body = 'kind = "measured"\nlevels = ["a", "b"]\n'
    targets = {
        "open": "scale = [0, inf]\ncuts = [1]",
        "cut": "scale = [1, 9]\ncuts = [nan]",
        "out": 'scale = "kss"\ncuts = [10]',
    }
    said = read_declaration(
        write(tmp_path, head + "".join(f"[targets.{name}]\n{body}{text}\n" for name, text in targets.items()))
    )
    assert said.targets == ()
    assert said.problems == (
        "targets.open: Target 'open' has the scale [0.0, inf]. Expected are two finite numbers. Give [lowest, highest].",
        "targets.cut: Target 'cut' has the cuts [nan], so a level never occurs. Expected are cuts above 1 and at most 9, as "
        "the scale is. Correct `cuts`.",
        "targets.out: Target 'out' has the cuts [10.0], so a level never occurs. Expected are cuts above 1 and at most 9, as "
        "the scale is. Correct `cuts`.",
    )


def test_scales_by_name_bring_what_is_not_said(tmp_path):
    text = """
        name = "n"
        manifest = "c.csv"
        [targets.plain]
        kind = "measured"
        scale = "stanford"
        [targets.own]
        kind = "measured"
        scale = "kss"
        unit = "points"
        levels = ["no", "yes"]
        cuts = [7.5]
        [targets.words]
        kind = "measured"
        scale = "kss"
        about = "Ours."
        levels = ["wach", "mittel", "müde"]
        [targets.scores]
        kind = "measured"
        scale = "kss"
        levels = []
        [targets.typo]
        kind = "measured"
        scale = "kss-11"
        [targets.short]
        kind = "measured"
        scale = "kss"
        levels = ["a", "b"]
        [targets.number]
        kind = "measured"
        scale = 9
    """
    said = read_declaration(write(tmp_path, text))
    plain, own, words, scores = said.targets
    assert (plain.scale, plain.unit, plain.levels, plain.cuts) == ((1, 7), "SSS", ("awake", "sleepy"), (4,))
    assert plain.about.startswith("Stanford Sleepiness Scale")
    assert (own.scale, own.unit, own.levels, own.cuts, own.about) == ((1, 9), "points", ("no", "yes"), (7.5,), "")
    assert (words.levels, words.cuts, words.about) == (("wach", "mittel", "müde"), (3.5, 6.5), "Ours.")
    assert (scores.forms, scores.levels, scores.cuts) == (("score",), (), ())
    assert said.problems == (
        "targets.typo: No scale is called 'kss-11'. Did you mean 'kss-10'? Known are: kss, kss-10, samn-perelli, stanford. "
        "Any other one is given as [lowest, highest].",
        "targets.short: Target 'short' has 2 levels and the cuts [3.5, 6.5]. Expected are 1 rising cuts. Correct `cuts`.",
        "targets.number.scale: input should be a valid list, not 9",
    )


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


def test_a_manifest_that_is_a_link_out_is_not_read(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c.csv").write_text("id,path,speaker,kss\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "c.csv").symlink_to(tmp_path / "elsewhere" / "c.csv")
    (folder / "sub").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    for manifest in ("c.csv", "sub/c.csv"):
        text = f'name = "n"\nmanifest = "{manifest}"\n[targets.kss]\nkind = "measured"\nscale = "kss"\n'
        with pytest.raises(RequestError, match=f"manifest: the path '{manifest}' is a link that leads out"):
            read_declaration(write(folder, text))
