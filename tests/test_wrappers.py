"""The page on what somebody has already: its snippets and its commands are run as they stand, in their order."""

import re
import shlex
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from bench.__main__ import app
from bench.runs.plugin import REGISTRIES
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "wrappers.md").read_text()
COMMANDS = re.findall(r"^fatigue-bench (.*)$", PAGE, re.MULTILINE)
SNIPPETS = (
    ("recordings/{speaker}", (ROOT / "docs" / "plugins.md").read_text()),
    ("def crossings", PAGE),
    ("feats.csv", PAGE),
    ("smile.csv", PAGE),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with what the snippets make, the corpus, the function and two tables; and a checkpoint."""
    import torch
    from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperModel

    place = tmp_path_factory.mktemp("walk")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for name, page in SNIPPETS:
            block = next(block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if name in block)
            if name.startswith("def "):
                (place / "crossings.py").write_text(block)
            else:
                subprocess.run([sys.executable, "-c", block], check=True)
    torch.manual_seed(0)
    sizes = {
        "d_model": 16,
        "encoder_layers": 1,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
    }
    sizes |= {"encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "max_source_positions": 50, "vocab_size": 50, "pad_token_id": 0}
    checkpoint = place / "openai" / "whisper-base"
    WhisperModel(WhisperConfig(**sizes, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1)).save_pretrained(checkpoint)
    WhisperFeatureExtractor(chunk_length=1).save_pretrained(checkpoint)
    return place


def test_there_are_commands_for_each_kind():
    assert [command.split()[0] for command in COMMANDS] == ["new", "check", "run", "run", "run", "run"]


def test_the_commands_of_the_page_run_one_after_the_other(folder, monkeypatch):
    monkeypatch.chdir(folder)
    for command in COMMANDS:
        for registry in REGISTRIES:
            monkeypatch.setattr(registry, "_added", {})  # as in a process of its own, whatever other tests have added
        quicker = ["--jobs", "1"] if command.startswith("run") else []  # workers would import everything anew
        words = shlex.split(command)
        answer = CliRunner().invoke(app, [*words, *quicker])
        assert answer.exit_code == 0, (command, answer.output)
        if command.startswith("check"):
            assert answer.output == "crossings: nothing wrong was found\n"
        elif command.startswith("new"):
            assert (folder / "night.py").is_file()
        else:
            named = words[words.index("--features") + 1].partition("@")[0]
            assert named in (folder / "reports" / "leaderboard.html").read_text()
            assert "failed" not in answer.output
