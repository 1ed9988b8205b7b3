from __future__ import annotations

import shutil
import subprocess
import sys
import time

import pytest

from bench.base.error import RequestError
from bench.features.hub import locate, reason_of, weight_files


def test_a_folder_is_itself(tmp_path, monkeypatch):
    assert locate(str(tmp_path)) == tmp_path
    monkeypatch.chdir(tmp_path.parent)
    assert locate(tmp_path.name).resolve() == tmp_path


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(RequestError, match=r"checkpoint folder .*nowhere' does not exist"):
        locate(str(tmp_path / "nowhere"))


def test_a_name_that_no_hub_would_take():
    with pytest.raises(RequestError, match="neither a folder nor the name of a checkpoint"):
        locate("no spaces/allowed here")


def test_safetensors_before_bin_and_shards_in_order(tmp_path):
    assert weight_files(tmp_path) == ()
    for name in ("pytorch_model.bin", "model-00002-of-00002.safetensors", "model-00001-of-00002.safetensors"):
        (tmp_path / name).touch()
    assert [file.name for file in weight_files(tmp_path)] == [
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
    ]


LOCATE = (
    "import sys; from bench.features.hub import locate; print(locate('some/checkpoint')); assert 'torch' not in sys.modules"
)


def located(home, **environment):
    """Locate a hub's checkpoint in a process of its own, which reads the environment when it starts."""
    command = [sys.executable, "-c", LOCATE]
    return subprocess.run(command, env={"HF_HOME": str(home), **environment}, capture_output=True, text=True, check=False)


def test_a_downloaded_copy_is_found_without_a_network(tiny, tmp_path):
    repository = tmp_path / "hub" / "models--some--checkpoint"
    shutil.copytree(tiny("wav2vec2-group"), repository / "snapshots" / "abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    result = located(tmp_path, HF_HUB_OFFLINE="1")
    assert result.stdout.strip() == str(repository / "snapshots" / "abc"), result.stderr


@pytest.mark.parametrize("environment", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}])
def test_no_copy_and_no_network_is_one_sentence_soon(tmp_path, environment):
    start_s = time.monotonic()
    result = located(tmp_path, **environment)
    assert time.monotonic() - start_s < 15
    assert result.returncode == 1
    message = result.stderr.strip().splitlines()[-1]
    assert message.startswith("bench.base.error.RequestError: The checkpoint 'some/checkpoint' is not on this machine")
    assert "hf download some/checkpoint" in message
    assert "[checkpoint=/path/to/folder]" in message


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("GatedRepoError", "its publisher lets in only whom they know: ask on its page, then run `hf auth login`"),
        ("RepositoryNotFoundError", "the hub has none of that name, or it is private"),
    ],
)
def test_why_the_hub_refuses_is_said(kind, said):
    from huggingface_hub import errors

    refused = getattr(errors, kind)
    assert reason_of(refused.__new__(refused)) == said
