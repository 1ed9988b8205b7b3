"""What is known of the checkpoint of an audio encoder before it is loaded, held against what transformers reads."""

import json

import pytest

from bench.base.error import RequestError
from bench.features.audio_checkpoint import AudioCheckpoint

SETTINGS = {"feature_extractor_type": "Wav2Vec2FeatureExtractor", "sampling_rate": 16_000}


@pytest.fixture
def checkpoint(tmp_path):
    """Writes the small files of a checkpoint and gives its folder."""

    def write(**files):
        config = {"model_type": "sew", "hidden_size": 32, "num_hidden_layers": 2}
        for name, value in ({"config": config} | files).items():
            (tmp_path / f"{name}.json").write_text(json.dumps(value))
        (tmp_path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
        return str(tmp_path)

    return write


@pytest.mark.parametrize(
    ("processor", "rate", "file"),
    [
        ({"feature_extractor": {**SETTINGS, "sampling_rate": 8_000}}, 8_000, "processor_config.json"),
        ({"audio_processor": {**SETTINGS, "sampling_rate": 8_000}}, 8_000, "processor_config.json"),
        ({"feature_extractor": None}, 16_000, "preprocessor_config.json"),
        ({"sampling_rate": 8_000}, 16_000, "preprocessor_config.json"),
        ({"processor_class": "SomeProcessor"}, 16_000, "preprocessor_config.json"),
    ],
)
def test_settings_come_from_the_file_that_transformers_reads(checkpoint, processor, rate, file):
    from transformers import AutoFeatureExtractor

    folder = checkpoint(preprocessor_config=SETTINGS, processor_config=processor)
    opened = AudioCheckpoint.open(folder)
    assert opened.rate == rate == AutoFeatureExtractor.from_pretrained(folder).sampling_rate
    assert sorted(opened.digests()) == sorted(["config.json", file, "model.safetensors"])


def test_a_processor_without_settings_is_none(checkpoint):
    with pytest.raises(RequestError, match=r"has no preprocessor_config\.json"):
        AudioCheckpoint.open(checkpoint(processor_config={"sampling_rate": 16_000}))


@pytest.mark.parametrize(
    ("settings", "window_s"),
    [
        ({"max_length": None}, None),
        ({"max_length": 5}, None),
        ({"feature_extractor_type": "WhisperFeatureExtractor", "chunk_length": 30, "max_length": None}, 30.0),
        ({"feature_extractor_type": "ASTFeatureExtractor", "max_length": 1024}, 10.24),
        ({"feature_extractor_type": "ASTFeatureExtractor", "max_length": None}, None),
        ({"feature_extractor_type": "ClapFeatureExtractor", "max_length_s": 10}, 10.0),
    ],
)
def test_the_window_is_that_of_the_preprocessor_s_kind(checkpoint, settings, window_s):
    opened = AudioCheckpoint.open(checkpoint(preprocessor_config={**SETTINGS, **settings}))
    assert opened.window_s == pytest.approx(window_s)
