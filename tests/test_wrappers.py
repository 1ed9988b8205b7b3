"""The page on what somebody has already: its file and its commands are run as they stand."""

import csv
import re
import shlex

import numpy as np
import pytest
from typer.testing import CliRunner

import bench
from bench.__main__ import app
from tests.conftest import ROOT, write_recordings

PAGE = (ROOT / "docs" / "wrappers.md").read_text()
COMMANDS = re.findall(r"^fatigue-bench (.*)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with what the page speaks of: a corpus, the function, two tables and a checkpoint."""
    import torch
    from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperModel

    place = tmp_path_factory.mktemp("walk")
    write_recordings(place / "night")
    toml = place / "night" / "corpus.toml"
    toml.write_text(toml.read_text().replace('"tiny"', '"nightshift"'))
    (place / "crossings.py").write_text(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1])
    clips = bench.read_corpus("folder", place / "night").clips
    rng = np.random.default_rng(0)
    with (place / "feats.csv").open("w", newline="") as stream:
        rows = [(clip.id, *rng.normal(clip.labels["kss"], 1, 2)) for clip in clips]
        csv.writer(stream).writerows([("clip_id", "f0", "pace"), *rows])
    with (place / "smile.csv").open("w", newline="") as stream:
        rows = [(f"/data/{clip.path.name}", "0 days", "0 days 00:00:00.3", rng.normal()) for clip in clips]
        csv.writer(stream).writerows([("file", "start", "end", "loudness_sma3_amean"), *rows])
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
    assert [command.split()[0] for command in COMMANDS] == ["check", "run", "run", "run", "run"]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_run(folder, monkeypatch, command):
    monkeypatch.chdir(folder)
    quicker = ["--jobs", "1"] if command.startswith("run") else []  # workers would import everything anew
    words = shlex.split(command)
    answer = CliRunner().invoke(app, [*words, *quicker])
    assert answer.exit_code == 0, answer.output
    if command.startswith("check"):
        assert answer.output == "crossings: nothing wrong was found\n"
    else:
        named = words[words.index("--features") + 1].partition("@")[0]
        assert named in (folder / "reports" / "leaderboard.html").read_text()
        assert "failed" not in answer.output
