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
from bench.features.audio_encoder import AudioEncoder
from bench.features.feature_set import FEATURE_SETS, Partial

SMALL = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
STACK = {**SMALL, "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2}
DECODER = {"d_model": 32, "encoder_layers": 2, "decoder_layers": 1, "encoder_attention_heads": 2, "vocab_size": 100}
DECODER |= {"decoder_attention_heads": 2, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
MOON = {"hidden_size": 32, "intermediate_size": 64, "encoder_num_hidden_layers": 2, "decoder_num_hidden_layers": 1}
MOON |= {"encoder_num_attention_heads": 2, "decoder_num_attention_heads": 2, "vocab_size": 100}
CLAP = {"patch_embeds_hidden_size": 4, "depths": [1] * 4, "num_attention_heads": [2] * 4, "hidden_size": 32}
TOKENS = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1}
PLAIN = ("Wav2Vec2FeatureExtractor", {})

# By family: its configuration, its preprocessor and the settings of that, the frames of a clip of 0.9 s in each layer.
FAMILIES = {
    "whisper": ({**DECODER, **TOKENS, "max_source_positions": 200}, ("WhisperFeatureExtractor", {"chunk_length": 4}), [45] * 3),
    "audio-spectrogram-transformer": ({**SMALL, "max_length": 128}, ("ASTFeatureExtractor", {"max_length": 128}), [8] * 3),
    "sew": ({**STACK, "conv_dim": [16] * 13}, PLAIN, [22, 22, 44]),
    "sew-d": ({**STACK, "conv_dim": [16] * 13}, PLAIN, [22, 22, 44]),
    "unispeech-sat": ({**STACK, "conv_dim": [16] * 7, "feat_extract_norm": "group"}, PLAIN, [44] * 3),
    "wav2vec2-conformer": ({**STACK, "conv_dim": [16] * 7}, PLAIN, [44] * 3),
    "wav2vec2-bert": (SMALL, ("SeamlessM4TFeatureExtractor", {}), [44] * 3),
    "speech_to_text": (DECODER, ("Speech2TextFeatureExtractor", {}), [22] * 3),
    "moonshine": (MOON, ("Wav2Vec2FeatureExtractor", {"do_normalize": False}), [36] * 3),
    "clap": ({"audio_config": CLAP, "text_config": SMALL}, ("ClapFeatureExtractor", {"truncation": "rand_trunc"}), [3]),
}


@pytest.fixture(scope="session")
def foreign(tmp_path_factory):
    """Gives the folder of a tiny checkpoint of a family, with random weights; read-only."""
    import torch
    import transformers

    made = {}

    def folder(family):
        if family not in made:
            config, (preprocessor, settings), _ = FAMILIES[family]
            torch.manual_seed(1)
            model = transformers.AutoModel.from_config(transformers.AutoConfig.for_model(family, **config))
            made[family] = tmp_path_factory.mktemp(family)
            model.save_pretrained(made[family])
            getattr(transformers, preprocessor)(**settings).save_pretrained(made[family])
        return made[family]

    return folder


@pytest.fixture
def copied(foreign, tmp_path):
    """Gives a copy of a checkpoint, to be changed."""
    return lambda family: shutil.copytree(foreign(family), tmp_path / "copy")


def directly(folder, wave):
    """The layers of a checkpoint, each of shape (n_frames, width), by transformers alone; of CLAP its last one."""
    import torch
    from transformers import AutoFeatureExtractor, AutoModel

    prepare = AutoFeatureExtractor.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    model = getattr(model, "audio_model", None) or (model.encoder if model.config.is_encoder_decoder else model)
    given = prepare(wave.samples, sampling_rate=prepare.sampling_rate, return_tensors="pt")
    with torch.no_grad():
        output = model(**given, output_hidden_states=True)
    last = output.last_hidden_state[0].numpy()
    if last.ndim == 3:  # channels, frequency, time
        return [last.mean(axis=1).T]
    layers = [*(layer[0].numpy() for layer in output.hidden_states[:-1]), last]
    if "Spectrogram" in type(model).__name__ or type(model).__name__.startswith("AST"):
        n_times = (prepare.max_length - 16) // 10 + 1
        return [np.stack([layer[2 + time :: n_times].mean(axis=0) for time in range(n_times)]) for layer in layers]
    return layers


def close(one, other):
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_layer_is_pooled_over_the_frames_of_the_clip(foreign, speech_like, family):
    made = AudioEncoder(checkpoint=str(foreign(family)))
    wave = speech_like(0.9, rate=made.rate)
    found = made.extract(wave)
    values = found.values if isinstance(found, Partial) else found
    expected = directly(foreign(family), wave)
    counts = FAMILIES[family][2]
    assert made.layers == (None if family == "clap" else tuple(range(len(counts))))
    for layer, frames, count in zip(np.atleast_2d(values), expected, counts, strict=True):
        mean, std, peak, _ = np.split(layer, 4)
        own = frames[:count]
        close(mean, own.mean(axis=0))
        close(std, own.std(axis=0))
        close(peak, own.max(axis=0))
    if counts[0] == len(expected[0]):
        return
    assert not np.allclose(mean, expected[-1].mean(axis=0), rtol=1e-3)  # with its padding it would be another


def test_neighbours_in_a_batch_change_nothing(foreign, speech_like):
    made = AudioEncoder(checkpoint=str(foreign("wav2vec2-bert")))
    waves = [speech_like(0.9), speech_like(2.0, seed=1), speech_like(0.05), speech_like(0.4, seed=2)]
    together = made.extract_batch(waves)
    assert "The clip has 50 ms" in together.pop(2)
    for wave, found in zip([waves[0], waves[1], waves[3]], together, strict=True):
        np.testing.assert_array_equal(found, made.extract(wave))


def test_voiced_frames_are_those_of_the_voice(foreign, speech_like):
    made = AudioEncoder(checkpoint=str(foreign("unispeech-sat")))
    time_s = np.arange(8000) / 16_000
    buzz = sum(np.sin(2 * np.pi * 120 * n * time_s) / n for n in range(1, 9)) * 0.1
    wave = Waveform(np.concatenate([buzz, np.zeros(8000), buzz]).astype(np.float32), 16_000)
    last = directly(foreign("unispeech-sat"), wave)[-1]
    middles = (np.arange(len(last)) + 0.5) * 1.5 / len(last)
    sure = (np.abs(middles - 0.5) > 0.05) & (np.abs(middles - 1.0) > 0.05)
    loud = (middles < 0.5) | (middles > 1.0)
    voiced = made.extract(wave)[-1, 96:]
    alone = last[loud & sure].mean(axis=0)
    assert np.abs(voiced - alone).mean() < 0.1 * np.abs(last[~loud & sure].mean(axis=0) - alone).mean()
    silent = made.extract(Waveform(np.zeros(16_000, np.float32), 16_000))
    assert isinstance(silent, Partial)
    assert silent.missing[0] == "voiced:d000"


def test_what_is_longer_than_the_window_is_run_in_windows_with_context(foreign, speech_like):
    made = AudioEncoder(checkpoint=str(foreign("whisper")))  # of 4 s, 200 frames
    wave = speech_like(6.0)
    pieces = [(0, 3, 0, 2), (1, 5, 2, 4), (3, 6, 4, 6)]  # read from, to; answered for from, to
    frames = []
    for start, stop, first, last in pieces:
        piece = Waveform(wave.samples[start * 16_000 : stop * 16_000], 16_000)
        frames.append(directly(foreign("whisper"), piece)[-1][(first - start) * 50 : (last - start) * 50])
    frames = np.concatenate(frames)
    mean, std, peak, _ = np.split(made.extract(wave)[-1], 4)
    close(mean, frames.mean(axis=0))
    close(std, frames.std(axis=0))
    close(peak, frames.max(axis=0))


def test_less_than_100_ms_is_too_short(foreign):
    made = AudioEncoder(checkpoint=str(foreign("sew")))
    with pytest.raises(TooShort, match="The clip has 99 ms"):
        made.extract(Waveform(np.zeros(1584, np.float32), 16_000))
    for family in FAMILIES:
        made = AudioEncoder(checkpoint=str(foreign(family)))
        noise = np.random.default_rng(0).standard_normal(made.rate // 10).astype(np.float32) * 0.1
        found = made.extract(Waveform(noise, made.rate))
        assert not isinstance(found, Partial) or found.reason == "no voiced frame"


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_silence_that_a_preprocessor_divides_by_is_missing_and_not_nan(foreign):
    found = AudioEncoder(checkpoint=str(foreign("speech_to_text"))).extract(Waveform(np.zeros(16_000, np.float32), 16_000))
    assert np.isfinite(found.values).all()
    assert (found.missing[0], len(found.missing), found.reason) == ("d000", 32, "the encoder gives no finite numbers for it")


def test_it_is_spelled_and_known_by_the_bytes_of_its_checkpoint(copied, foreign):
    folder = foreign("whisper")
    made = FEATURE_SETS.make(parse(f"encoder[checkpoint={folder},pooling=max]"))
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # our own bytes
    moved = copied("whisper")
    assert made.identity == AudioEncoder(checkpoint=str(moved)).identity
    settings = json.loads((moved / "preprocessor_config.json").read_text())
    (moved / "preprocessor_config.json").write_text(json.dumps({**settings, "n_fft": 512}))
    assert made.identity != AudioEncoder(checkpoint=str(moved)).identity
    assert sorted(made.ingredients()) == ["config.json", "model.safetensors", "preprocessor_config.json"]


def test_settings_in_a_processor_config_are_read(copied, speech_like, foreign):
    folder = copied("whisper")
    settings = json.loads((folder / "preprocessor_config.json").read_text())
    (folder / "preprocessor_config.json").unlink()
    (folder / "processor_config.json").write_text(json.dumps({"feature_extractor": settings}))
    wave = speech_like(0.5)
    own = AudioEncoder(checkpoint=str(folder)).extract(wave)
    np.testing.assert_array_equal(own, AudioEncoder(checkpoint=str(foreign("whisper"))).extract(wave))


def test_what_was_trained_to_write_down_speech_says_so(foreign, copied):
    ((code, sentence),) = AudioEncoder(checkpoint=str(foreign("whisper"))).findings()
    assert code == "FB013"
    assert "(whisper) was trained for speech recognition" in sentence
    assert AudioEncoder(checkpoint=str(foreign("audio-spectrogram-transformer"))).findings() == ()
    folder = copied("sew")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "architectures": ["SEWForCTC"]}))
    assert AudioEncoder(checkpoint=str(folder)).findings()[0][0] == "FB013"


def test_no_code_of_a_repository_is_run(copied, speech_like):
    folder = copied("sew")
    config = json.loads((folder / "config.json").read_text())
    own = {"model_type": "mine", "auto_map": {"AutoConfig": "mine.Config", "AutoModel": "mine.Model"}}
    (folder / "config.json").write_text(json.dumps({**config, **own}))
    (folder / "mine.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\nclass Config: pass\nclass Model: pass\n")
    with pytest.raises(BenchError, match=r"cannot be loaded: ValueError: .*custom code.* load without other code"):
        AudioEncoder(checkpoint=str(folder)).extract(speech_like(0.5))
    assert not (folder / "ran").exists()


class Bad:
    def __reduce__(self):
        return (open, ("ran", "w"))


def test_a_pickle_in_the_weights_is_not_unpacked(copied, speech_like, tmp_path, monkeypatch):
    import torch

    monkeypatch.chdir(tmp_path)
    folder = copied("sew")
    (folder / "model.safetensors").unlink()
    torch.save({"masked_spec_embed": Bad()}, folder / "pytorch_model.bin")
    with pytest.raises(BenchError, match="cannot be loaded"):
        AudioEncoder(checkpoint=str(folder)).extract(speech_like(0.5))
    assert not (tmp_path / "ran").exists()


def test_weights_that_are_missing_are_told(copied, speech_like):
    from safetensors.torch import load_file, save_file

    folder = copied("whisper")
    weights = load_file(folder / "model.safetensors")
    kept = {name: weight.clone() for name, weight in weights.items() if "encoder.layers.1.fc1" not in name}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(BenchError, match=r"2 are not in its files .* encoder.layers.1.fc1.bias"):
        AudioEncoder(checkpoint=str(folder)).extract(speech_like(0.5))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"config.json": {"model_type": "hubert"}}, "has a feature set of its own. Write it as wav2vec2[checkpoint="),
        ({"config.json": {"hidden_size": None}}, "does not say 'd_model'"),
        ({"config.json": {"num_hidden_layers": None}}, "does not say 'num_hidden_layers'"),
        ({"preprocessor_config.json": {"sampling_rate": None}}, "of the kind 'sew' is no audio model: its preprocessor_config"),
        ({"preprocessor_config.json": None}, "has no preprocessor_config.json"),
        ({"model.safetensors": None}, "has no weights"),
        ({"config.json": None}, "has no config.json"),
    ],
)
def test_what_is_wrong_with_a_checkpoint_is_one_sentence(copied, changes, said):
    folder = copied("sew")
    for name, change in changes.items():
        if change is None:
            (folder / name).unlink()
        else:
            (folder / name).write_text(json.dumps({**json.loads((folder / name).read_text()), **change}))
    with pytest.raises(RequestError) as error:
        AudioEncoder(checkpoint=str(folder)).layers  # noqa: B018  # asking is what is tried
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_what_does_not_fit_its_configuration_is_one_sentence(copied, speech_like):
    folder = copied("moonshine")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "encoder_layers": 5}))
    with pytest.raises(BenchError, match=r"'moonshine' gave 3 layers, and its config.json tells of 6 with frames of 32"):
        AudioEncoder(checkpoint=str(folder)).extract(speech_like(0.5))


def test_a_checkpoint_is_needed():
    with pytest.raises(RequestError, match=r"encoder\[checkpoint=openai/whisper-base\]"):
        AudioEncoder()


def test_torch_is_not_imported_to_know_what_it_is(foreign):
    code = (
        "import sys; from bench.features.audio_encoder import AudioEncoder; "
        f"made = AudioEncoder(checkpoint={str(foreign('whisper'))!r}); made.identity, made.layers, made.columns, made.cost; "
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
