from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest

from bench.base.error import BenchError, RequestError, TooShort
from bench.base.spelling import parse
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FEATURE_SETS, Partial
from bench.features.wav2vec2 import Untrained, Wav2vec2


def made(text):
    return FEATURE_SETS.make(parse(text))


@pytest.fixture
def copied(tiny, tmp_path):
    return shutil.copytree(tiny("wav2vec2-group"), tmp_path / "checkpoint")


def test_both_spellings_of_untrained_are_one():
    one, other = made("untrained[size=base,seed=3]"), made("wav2vec2[checkpoint=untrained[size=base,seed=3]]")
    assert one == other
    assert one.identity == other.identity
    assert str(other) == "untrained[size=base,seed=3]"
    assert made("wav2vec2[checkpoint=untrained]") == Untrained(size="small")
    assert made("wav2vec2[checkpoint=untrained[size=base],pooling=max]") == Untrained(size="base", pooling="max")


def test_untrained_is_never_called_wav2vec2():
    with pytest.raises(RequestError, match="feature set of its own"):
        Wav2vec2(checkpoint="untrained[size=small]")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("untrained[size=large]", "No size of untrained is called 'large'"),
        ("untrained[pooling=men]", "Did you mean 'mean'"),
        ("untrained[seed=-1]", "Expected is 0 or more"),
        ("wav2vec2[checkpoint=untrained[sise=small]]", "Did you mean 'size'"),
        ("wav2vec2[pooling=all]", "No pooling is called 'all'"),
        ("untrained[size=base,like=facebook/wav2vec2-base]", "Give one of the two"),
    ],
)
def test_a_wrong_request_is_refused(text, sentence):
    with pytest.raises(RequestError, match=sentence):
        made(text)


def test_spelling_and_back(tiny):
    for text in (f"wav2vec2[checkpoint={tiny('wavlm-group')},pooling=mean_std]", "untrained[size=base]", "wav2vec2"):
        assert str(made(text)) == str(made(str(made(text))))
        assert made(str(made(text))) == made(text)


def test_pooling_is_a_view(tiny):
    folder = tiny("wav2vec2-group")
    sets = [Wav2vec2(checkpoint=str(folder), pooling=pooling) for pooling in ("mean", "std", "max", "voiced", "mean_std")]
    assert len({feature_set.identity for feature_set in sets}) == 1
    assert [feature_set.pooled for feature_set in sets] == [("mean",), ("std",), ("max",), ("voiced",), ("mean", "std")]


def test_identity_is_that_of_the_bytes(copied, tmp_path):
    before = Wav2vec2(checkpoint=str(copied)).identity
    moved = shutil.copytree(copied, tmp_path / "elsewhere")
    assert Wav2vec2(checkpoint=str(moved)).identity == before
    seen = {before}
    for file in ("config.json", "preprocessor_config.json", "model.safetensors"):
        with (moved / file).open("ab") as stream:
            stream.write(b" ")
        seen.add(Wav2vec2(checkpoint=str(moved)).identity)
    assert len(seen) == 4


def test_identities_of_untrained_differ_by_size_and_seed():
    assert len({made(text).identity for text in ("untrained", "untrained[size=base]", "untrained[seed=1]")}) == 3


@pytest.mark.parametrize("shape", ["wav2vec2-layer", "hubert-group", "wavlm-layer", "data2vec"])
def test_like_a_checkpoint_it_is_of_its_shape_and_knows_nothing_of_its_weights(tiny, speech_like, shape):
    trained, control = Wav2vec2(checkpoint=str(tiny(shape))), made(f"untrained[like={tiny(shape)}]")
    assert (control.layers, control.columns, control.rate) == (trained.layers, trained.columns, trained.rate)
    assert control.cost == trained.cost
    assert made(str(control)) == control
    wave = speech_like(0.6)
    theirs, own = trained.extract(wave), control.extract(wave)
    assert theirs.shape == own.shape
    assert np.isfinite(own).all()
    assert np.abs(theirs - own).max() > 0.01


def test_like_a_checkpoint_only_its_sizes_count(tiny, tmp_path):
    folder = shutil.copytree(tiny("wav2vec2-layer"), tmp_path / "checkpoint")
    before = made(f"untrained[like={folder}]").identity
    assert made(f"untrained[like={tiny('wav2vec2-layer')}]").identity == before
    with (folder / "model.safetensors").open("ab") as stream:
        stream.write(b" ")
    assert made(f"untrained[like={folder}]").identity == before
    assert made(f"untrained[like={folder},seed=1]").identity != before
    assert made(f"untrained[like={tiny('wav2vec2-group')}]").identity != before
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "hidden_size": 64}))
    assert made(f"untrained[like={folder}]").identity != before


def test_like_a_checkpoint_of_base_size_is_the_base_size(tiny, tmp_path):
    folder = shutil.copytree(tiny("wav2vec2-group"), tmp_path / "checkpoint")
    config = {
        "model_type": "wav2vec2",
        "conv_dim": [512] * 7,
        "conv_bias": False,
        "num_hidden_layers": 12,
        "mask_time_prob": 0.05,
    }
    (folder / "config.json").write_text(json.dumps(config))
    control, base = made(f"untrained[like={folder}]"), Untrained(size="base")
    assert (control.config, control.identity, control.parameters()) == (base.config, base.identity, base.parameters())


def test_identities_of_untrained_are_what_they_were():
    """Golden values: stored features are found by them."""
    assert made("untrained").identity == "c5e01df9d834cca65d27"
    assert made("untrained[size=base,seed=3]").identity == "fec1a24fa89c87d7b13b"


def test_shape_and_type_are_as_declared(tiny, speech_like):
    for feature_set in (Wav2vec2(checkpoint=str(tiny("data2vec"))), Untrained()):
        values = feature_set.extract(speech_like(1.0))
        assert values.dtype == np.float32
        assert values.shape == (len(feature_set.layers), len(feature_set.statistics) * len(feature_set.columns))
        assert np.isfinite(values).all()


def test_base_has_13_layers_of_768():
    base = Untrained(size="base")
    assert (base.layers, len(base.columns)) == (tuple(range(13)), 768)


def test_extracted_is_what_transformers_gives(tiny, speech_like):
    import torch
    import transformers

    folder = tiny("wavlm-layer")
    wave = speech_like(1.3)
    values = Wav2vec2(checkpoint=str(folder)).extract(wave)
    prepare = transformers.AutoFeatureExtractor.from_pretrained(folder)
    with torch.inference_mode():
        inputs = prepare(wave.samples, sampling_rate=16_000, return_tensors="pt").input_values
        output = transformers.AutoModel.from_pretrained(folder).eval()(inputs, output_hidden_states=True)
    np.testing.assert_allclose(values[1, :32], output.hidden_states[1][0].mean(0), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(values[2, 32:64], output.last_hidden_state[0].std(0, correction=0), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(values[2, 64:96], output.last_hidden_state[0].amax(0), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("normalises", [True, False])
def test_normalisation_is_the_checkpoints_own(tiny, tmp_path, speech_like, normalises):
    folder = shutil.copytree(tiny("wav2vec2-layer"), tmp_path / "checkpoint")
    settings = folder / "preprocessor_config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "do_normalize": normalises}))
    feature_set = Wav2vec2(checkpoint=str(folder))
    wave = speech_like(1.0)
    louder = feature_set.extract(Waveform(5 * wave.samples, wave.rate))
    assert np.allclose(feature_set.extract(wave), louder, rtol=1e-3, atol=1e-3) == normalises


def test_rate_is_the_checkpoints_own(copied, speech_like):
    settings = copied / "preprocessor_config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "sampling_rate": 8000}))
    feature_set = Wav2vec2(checkpoint=str(copied))
    assert feature_set.rate == 8000
    assert np.isfinite(feature_set.extract(speech_like(1.0, rate=8000))).all()


def test_batch_equals_single_and_keeps_order(tiny, speech_like):
    durations_s = [0.9, 0.01, 2.0, 0.93, 0.05, 1.9, 0.88]
    for feature_set in (Wav2vec2(checkpoint=str(tiny("wav2vec2-layer"))), Untrained()):
        waves = [speech_like(duration_s, seed) for seed, duration_s in enumerate(durations_s)]
        results = feature_set.extract_batch(waves)
        assert isinstance(results[1], str)
        for index, wave in enumerate(waves):
            if index != 1:
                alone, here = feature_set.extract(wave), results[index]
                if isinstance(alone, Partial):
                    assert (alone.missing, alone.reason) == (here.missing, here.reason)
                    alone, here = alone.values, here.values
                np.testing.assert_allclose(here, alone, rtol=1e-5, atol=1e-5)


def test_below_one_frame_is_too_short(speech_like):
    with pytest.raises(TooShort, match=r"has 399 samples \(25 ms\)\. One frame of the encoder needs 400"):
        Untrained().extract(Waveform(speech_like(1.0).samples[:399], 16_000))
    assert np.isfinite(Untrained().extract(Waveform(speech_like(1.0).samples[:400], 16_000))).all()
    assert Untrained().extract_batch([]) == []


def test_without_a_voice_the_voiced_mean_is_missing():
    feature_set = Untrained()
    noise = np.random.default_rng(0).standard_normal(8000).astype(np.float32) * 0.1
    for samples in (noise, np.zeros(8000, np.float32)):
        result = feature_set.extract(Waveform(samples, 16_000))
        assert isinstance(result, Partial)
        assert result.missing == tuple(f"voiced:{column}" for column in feature_set.columns)
        assert result.reason == "no voiced frame"
        assert np.isfinite(result.values).all()


def test_a_recogniser_has_a_finding(copied):
    assert Wav2vec2(checkpoint=str(copied)).findings() == ()
    config = copied / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "architectures": ["Wav2Vec2ForCTC"]}))
    ((code, sentence),) = Wav2vec2(checkpoint=str(copied)).findings()
    assert code == "FB013"
    assert "fine-tuned for speech recognition" in sentence


def test_a_checkpoint_that_cannot_be_used_is_an_error_everywhere(tmp_path, speech_like):
    feature_set = Wav2vec2(checkpoint=str(tmp_path))
    for use in (lambda: feature_set.identity, lambda: feature_set.columns, lambda: feature_set.extract(speech_like(1.0))):
        with pytest.raises(BenchError, match=r"has no config\.json"):
            use()


def test_a_checkpoint_that_changes_is_loaded_again(copied, speech_like):
    from safetensors.torch import load_file, save_file

    feature_set, wave = Wav2vec2(checkpoint=str(copied)), speech_like(0.5)
    before = feature_set.extract(wave)
    weights = {name: 1.1 * weight for name, weight in load_file(copied / "model.safetensors").items()}
    save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    assert not np.allclose(feature_set.extract(wave), before)


def test_it_survives_pickling(tiny):
    for feature_set in (Wav2vec2(checkpoint=str(tiny("hubert-layer")), pooling="max"), Untrained(size="base")):
        copy = pickle.loads(pickle.dumps(feature_set))  # noqa: S301  # our own bytes
        assert (copy, copy.identity) == (feature_set, feature_set.identity)


def test_all_but_extraction_is_light_and_the_same_in_another_process(tiny):
    folder = tiny("wav2vec2-group")
    script = f"""
import sys
from bench.features.wav2vec2 import Untrained, Wav2vec2
sets = [Untrained(size="base"), Wav2vec2(checkpoint={str(folder)!r})]
for s in sets:
    print(s.identity, len(s.columns), s.layers, s.rate, s.findings(), s.cost > 0)
assert not {{"torch", "transformers", "scipy", "pandas"}} & set(sys.modules), sys.modules
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    first, second = result.stdout.splitlines()
    assert first.split()[0] == Untrained(size="base").identity
    assert second.split()[0] == Wav2vec2(checkpoint=str(folder)).identity
