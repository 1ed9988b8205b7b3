from __future__ import annotations

import hashlib
import json
import shutil
import zipfile

import pytest

from bench.base.error import RequestError
from bench.features.checkpoint import Checkpoint, weight_names


@pytest.fixture
def copied(tiny, tmp_path):
    """A checkpoint of the test's own, to change."""
    return shutil.copytree(tiny("wav2vec2-group"), tmp_path / "checkpoint")


def changed(folder, file, **values):
    path = folder / file
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_small_files_are_read(copied):
    changed(copied, "preprocessor_config.json", do_normalize=False, sampling_rate=8000)
    opened = Checkpoint.open(str(copied))
    assert (opened.rate, opened.normalises, opened.config["num_hidden_layers"]) == (8000, False, 2)
    assert [file.name for file in opened.weights] == ["model.safetensors"]


def test_digests_are_of_the_bytes_and_follow_them(copied):
    before = Checkpoint.open(str(copied)).digests()
    assert before == {
        file: hashlib.sha256((copied / file).read_bytes()).hexdigest()[:20]
        for file in ("config.json", "preprocessor_config.json", "model.safetensors")
    }
    with (copied / "model.safetensors").open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"\x01")
    changed(copied, "preprocessor_config.json", do_normalize=False)
    after = Checkpoint.open(str(copied)).digests()
    assert {file for file in before if before[file] != after[file]} == {"preprocessor_config.json", "model.safetensors"}


@pytest.mark.parametrize("file", ["config.json", "preprocessor_config.json"])
def test_a_small_file_that_is_missing_or_broken_is_an_error(copied, file):
    (copied / file).write_text("{")
    with pytest.raises(RequestError, match=f"{file} of the checkpoint .* is not JSON"):
        Checkpoint.open(str(copied))
    (copied / file).unlink()
    with pytest.raises(RequestError, match=f"has no {file}"):
        Checkpoint.open(str(copied))


def test_missing_weights_are_an_error(copied):
    (copied / "model.safetensors").unlink()
    with pytest.raises(RequestError, match=r"has no weights .* Expected is model\.safetensors"):
        Checkpoint.open(str(copied))


HEADER = b'{"a": {}}'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            r"is a pointer of Git LFS\. Expected are the weights that it stands for\. Run `git lfs pull` in '.*checkpoint'",
        ),
        (b"", r"cannot be read \(it is empty\)\. Expected are weights\. Download it again"),
        (b"ab", r"its header should have 25185 bytes, and 0 are there"),
        (b"\xff" * 40, r"its header should have 18446744073709551615 bytes, and 32 are there"),
        (len(HEADER).to_bytes(8, "little") + HEADER[:-1], r"its header should have 9 bytes, and 8 are there"),
        ((8).to_bytes(8, "little") + HEADER, r"cannot be read \(Expecting"),
        ((2).to_bytes(8, "little") + b"[]", r"its header is no JSON object"),
        ((2).to_bytes(8, "little") + b"\xff\xff", r"cannot be read \('utf-8' codec"),
    ],
)
def test_weights_that_are_none_are_an_error(copied, data, said):
    (copied / "model.safetensors").write_bytes(data)
    with pytest.raises(RequestError, match=rf"model\.safetensors of the checkpoint '.*' .*{said}"):
        Checkpoint.open(str(copied))


def test_a_pointer_in_place_of_a_pickle_is_an_error(copied):
    (copied / "model.safetensors").rename(copied / "pytorch_model.bin")
    (copied / "pytorch_model.bin").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(RequestError, match="Run `git lfs pull`"):
        Checkpoint.open(str(copied))


def test_weights_that_were_pulled_are_looked_at_again(copied):
    whole = (copied / "model.safetensors").read_bytes()
    assert Checkpoint.open(str(copied)).weights
    (copied / "model.safetensors").write_bytes(b"")
    with pytest.raises(RequestError, match="it is empty"):
        Checkpoint.open(str(copied))
    (copied / "model.safetensors").write_bytes(whole)
    assert not Checkpoint.open(str(copied)).recognises_speech


def test_a_pickle_that_cannot_be_read_has_no_names(tmp_path):
    for number, data in enumerate((b"PK\x03\x04 no archive", b"no archive")):
        (tmp_path / f"{number}.bin").write_bytes(data)
        assert weight_names(tmp_path / f"{number}.bin") == set()
    with zipfile.ZipFile(tmp_path / "2.bin", "w") as archive:
        archive.writestr("x/data.pkl", b"\xff no pickle")
    assert weight_names(tmp_path / "2.bin") == set()


def test_another_kind_is_an_error(copied):
    changed(copied, "config.json", model_type="whisper")
    with pytest.raises(RequestError, match=r"of the kind 'whisper'.*wavlm"):
        Checkpoint.open(str(copied))


@pytest.mark.parametrize("values", [{"sampling_rate": None}, {"sampling_rate": 0}, {"do_normalize": "yes"}])
def test_settings_that_say_nothing_are_an_error(copied, values):
    changed(copied, "preprocessor_config.json", **values)
    with pytest.raises(RequestError, match="Expected are a rate in Hz and true or false"):
        Checkpoint.open(str(copied))


def test_a_recogniser_is_known_by_its_architecture(copied):
    assert not Checkpoint.open(str(copied)).recognises_speech
    changed(copied, "config.json", architectures=["HubertForCTC"])
    assert Checkpoint.open(str(copied)).recognises_speech


@pytest.mark.parametrize("form", ["safetensors", "bin"])
def test_a_recogniser_is_known_by_its_head(copied, form):
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(copied / "model.safetensors")
    weights["lm_head.weight"] = torch.zeros(32, 32)
    (copied / "model.safetensors").unlink()
    if form == "bin":
        torch.save(weights, copied / "pytorch_model.bin")
    else:
        save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    opened = Checkpoint.open(str(copied))
    assert weight_names(opened.weights[0]) >= set(weights)
    assert opened.recognises_speech


def test_a_name_with_ctc_in_it_is_no_recogniser(copied):
    renamed = copied.rename(copied.with_name("base-ForCTC-lm_head"))
    assert not Checkpoint.open(str(renamed)).recognises_speech
