from __future__ import annotations

import hashlib
import json
import pickle
import shutil

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from bench.base.error import BenchError
from bench.features.architecture import SIZES
from bench.features.weight import draw, read


@pytest.fixture
def copied(tiny, tmp_path):
    return shutil.copytree(tiny("wav2vec2-group"), tmp_path / "checkpoint")


def rewritten(folder, change):
    """Load the weights of a checkpoint, change them and save them again."""
    weights = load_file(folder / "model.safetensors")
    save_file(change(weights), folder / "model.safetensors", metadata={"format": "pt"})


def last_state(model):
    with torch.inference_mode():
        return model(torch.sin(torch.arange(8000) / 9.0)[None]).last_hidden_state


def plain(folder):
    return last_state(transformers.AutoModel.from_pretrained(folder).eval())


@pytest.mark.parametrize("shape", ["wav2vec2-group", "hubert-group", "hubert-layer", "wavlm-layer", "data2vec"])
def test_a_checkpoint_is_read_as_transformers_reads_it(tiny, shape):
    model = read(tiny(shape))
    assert not model.training
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    torch.testing.assert_close(last_state(model), plain(tiny(shape)))


def test_encoder_weights_that_are_missing_are_an_error(copied):
    rewritten(copied, lambda weights: {k: v for k, v in weights.items() if "layers.1.feed_forward" not in k})
    with pytest.raises(
        BenchError, match=r"4 are not in its file and would stay random, such as encoder\.layers\.1\.feed_forward"
    ):
        read(copied)


def test_encoder_weights_without_a_place_are_an_error(copied):
    rewritten(copied, lambda weights: {**weights, "encoder.layers.7.layer_norm.weight": torch.ones(32)})
    with pytest.raises(BenchError, match=r"1 have no place in its config\.json, such as encoder\.layers\.7"):
        read(copied)


def test_weights_of_another_shape_are_an_error(copied):
    rewritten(copied, lambda weights: {**weights, "feature_projection.projection.weight": torch.ones(32, 17)})
    with pytest.raises(BenchError, match="cannot be loaded"):
        read(copied)


def test_stray_heads_and_a_prefix_are_no_error(copied):
    expected = plain(copied)
    heads = {
        name: torch.ones(3, 32)
        for name in ("classifier.dense.weight", "lm_head.weight", "projector.weight", "project_q.weight")
    }
    rewritten(copied, lambda weights: {**{f"wav2vec2.{k}": v for k, v in weights.items()}, **heads})
    torch.testing.assert_close(last_state(read(copied)), expected)


def test_a_missing_masking_vector_is_no_error(copied):
    """It is used in training alone."""
    expected = plain(copied)
    rewritten(copied, lambda weights: {k: v for k, v in weights.items() if k != "masked_spec_embed"})
    torch.testing.assert_close(last_state(read(copied)), expected)


@pytest.mark.parametrize("form", ["safetensors", "bin"])
def test_old_names_of_weight_normalisation_count_as_loaded(copied, form):
    expected = plain(copied)
    new = "parametrizations.weight.original"
    weights = {
        name.replace(f"{new}0", "weight_g").replace(f"{new}1", "weight_v"): weight
        for name, weight in load_file(copied / "model.safetensors").items()
    }
    assert any(name.endswith("weight_v") for name in weights)
    (copied / "model.safetensors").unlink()
    if form == "bin":
        torch.save(weights, copied / "pytorch_model.bin")
    else:
        save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    torch.testing.assert_close(last_state(read(copied)), expected)


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("wrap", [torch.save, lambda value, path: path.write_bytes(pickle.dumps(value, protocol=2))])
def test_a_bin_file_runs_no_code(copied, tmp_path, wrap):
    (copied / "model.safetensors").unlink()
    wrap({"encoder.layer_norm.weight": Trap(tmp_path / "sprung")}, copied / "pytorch_model.bin")
    with pytest.raises(BenchError, match="cannot be loaded"):
        read(copied)
    assert not (tmp_path / "sprung").exists()


def test_an_adapter_on_top_is_left_out(tmp_path, tiny):
    config = transformers.AutoConfig.from_pretrained(tiny("wav2vec2-group"))
    config.add_adapter = True
    transformers.AutoModel.from_config(config).save_pretrained(tmp_path)
    assert last_state(read(tmp_path)).shape[1] == 24


def test_nothing_is_printed(copied, capfd):
    rewritten(copied, lambda weights: {**weights, "lm_head.weight": torch.ones(3, 32)})
    read(copied)
    assert capfd.readouterr() == ("", "")


def test_drawn_weights_are_the_same_ever_after():
    """A golden value: should it change, the version of ``untrained`` must."""
    total = hashlib.sha256()
    for name, weight in sorted(draw(SIZES["small"], 0).named_parameters()):
        total.update(name.encode() + weight.numpy().tobytes())
    assert total.hexdigest()[:16] == "1c7b0c74fc022204"


def test_drawn_weights_depend_on_the_seed_alone():
    first, again, other = draw(SIZES["small"], 3), draw(SIZES["small"], 3), draw(SIZES["small"], 4)
    torch.manual_seed(99)
    for (name, a), b, c in zip(first.named_parameters(), again.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
        assert a.std() == 0 or not torch.equal(a, c), name


def test_drawn_weights_spread_as_those_of_transformers():
    torch.manual_seed(0)
    config = transformers.Wav2Vec2Config.from_dict(SIZES["small"])
    theirs = dict(transformers.Wav2Vec2Model(config).named_parameters())
    ours = dict(draw(SIZES["small"], 0).named_parameters())
    shared = set(ours) & set(theirs)
    # The exception: transformers draws the weights of the positions before it takes their norm apart.
    assert set(ours) - shared == {"encoder.pos_conv_embed.conv.weight"}
    for name in shared:
        mine, other = ours[name].detach(), theirs[name].detach()
        assert mine.shape == other.shape
        if other.std() == 0:
            assert torch.equal(mine, other), name
        elif other.numel() > 2000:
            assert mine.mean().abs() < 0.1 * other.std(), name
            assert mine.std() == pytest.approx(float(other.std()), rel=0.05), name


def test_base_is_the_architecture_of_wav2vec2_base():
    """The defaults of transformers' configuration class are those of facebook/wav2vec2-base."""
    theirs = transformers.Wav2Vec2Config().to_dict()
    differing = {key for key, value in SIZES["base"].items() if json.loads(json.dumps(theirs[key])) != value}
    assert differing <= {"mask_time_prob"}  # masking is used in training alone
