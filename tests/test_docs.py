"""The documents say what is so: names, files and examples are looked up and run."""

import re
import tomllib

import pytest
from typer.main import get_command

from bench.__main__ import app
from tests.conftest import ROOT, fatigue_bench

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands():
    for page in PAGES:
        for block in re.findall(r"```\n(.*?)```", page.read_text(), re.DOTALL):
            for line in block.splitlines():
                if "fatigue-bench" in line and "PATH" not in line and "--plugin" not in line:
                    yield pytest.param(line.split("fatigue-bench", 1)[1].split(), id=line.strip())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_flag_in_a_command_exists(page):
    commands = dict(get_command(app).commands)
    commands |= {f"cache {name}": command for name, command in commands.pop("cache").commands.items()}
    known = {name: {flag for one in command.params for flag in one.opts} | {"--help"} for name, command in commands.items()}
    anywhere = set().union(*known.values())
    for line in page.read_text().splitlines():
        found = re.search(r"fatigue-bench (cache [a-z]+|[a-z]+)", line)
        flags = set(re.findall(r"(?<!\S)--[a-z-]+", line)) if "fatigue-bench" in line else set()
        assert flags <= (known.get(found[1], anywhere) if found else anywhere), line


def test_the_manifest_of_the_readme_is_read_as_it_stands(tmp_path):
    import soundfile

    from bench.corpora.folder import Folder

    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert tomllib.loads(block)["name"] == "nightshift"
    (tmp_path / "corpus.toml").write_text(block)
    (tmp_path / "clips.csv").write_text("id,path,speaker,kss\na,a.wav,nurse1,3\nb,b.wav,nurse2,8\n")
    for name in "ab":
        soundfile.write(tmp_path / f"{name}.wav", [0.1, -0.1] * 4000, 16_000)
    corpus = Folder().read(tmp_path)
    assert corpus.name == "nightshift"
    assert [clip.labels["kss"] for clip in corpus.clips] == [3.0, 8.0]


def test_the_feature_set_of_the_readme_runs_as_written(recordings, tmp_path):
    checked = fatigue_bench("check", ROOT / "docs" / "zcr.py", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    places = ("--cache", tmp_path / "cache", "--reports", tmp_path / "reports", "--jobs", "1")
    answer = fatigue_bench("run", *recordings.flags, "--models", "linear", *places, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("words", [words for words in commands() if words.values[0][0] == "list"])
def test_lists_in_the_documents_can_be_shown(words, tmp_path):
    assert fatigue_bench(*words, cwd=tmp_path).returncode == 0


def test_the_readme_names_only_rooms_that_exist_in_their_order():
    readme = (ROOT / "README.md").read_text()
    named = re.search(r"in the order of the data: ([a-z, ]+)", readme.replace("\n", " "))
    rooms = [room.strip() for room in named[1].split(",")]
    assert all((ROOT / "bench" / room).is_dir() for room in rooms)
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    assert [layer for layer in reversed(contract) if layer in rooms] == rooms


def test_every_decision_is_half_a_page():
    for note in (ROOT / "docs" / "decisions").glob("*.md"):
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", note.name)
        assert len(note.read_text().split()) < 400


def test_no_file_names_this_workplace_or_an_address_of_a_registry():
    import subprocess

    pattern = r"/wo" + r"rk/|[.]lib" + r"rary|[.][.]/sha" + r"red|pypi[.]org|download[.]pytorch"
    found = subprocess.run(["git", "grep", "-nIE", pattern], cwd=ROOT, capture_output=True, text=True)
    lines = [line for line in found.stdout.splitlines() if not line.startswith(".ci/")]
    assert lines == []
