"""A small `datasets` data set as it lies on the hub, with its audio inside Parquet files: three speakers, two splits.

`Huggingface(kind="acted", label="emotion", speaker="speaker_id")` reads it, through `unpack`, which writes the audio to files.
"""

import io
import json

import numpy as np

SPEAKERS = ("anna", "ben", "cem")
EMOTIONS = ("anger", "neutral", "sadness")
FEATURES = {
    "audio": {"sampling_rate": 16000, "_type": "Audio"},
    "speaker_id": {"dtype": "string", "_type": "Value"},
    "gender": {"dtype": "string", "_type": "Value"},
    "emotion": {"names": list(EMOTIONS), "_type": "ClassLabel"},
    "tiredness": {"dtype": "int64", "_type": "Value"},
    "sentence": {"dtype": "string", "_type": "Value"},
}
CARD = """\
---
license: cc-by-4.0
dataset_info:
  splits:
  - {name: train, num_examples: 12}
  - {name: validation, num_examples: 6}
configs:
- config_name: default
  data_files:
  - {split: train, path: data/train-*}
  - {split: validation, path: data/validation-*}
---
# Moods

Three people act three moods.
"""


def write_huggingface(folder):
    """The data set: 18 recordings of 0.3 s; anna and ben are in train, cem in validation."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(CARD)
    audio = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    types = [audio, pa.string(), pa.string(), pa.int64(), pa.int64(), pa.string()]
    said = {"huggingface": json.dumps({"info": {"features": FEATURES}})}
    schema = pa.schema(list(zip(FEATURES, types, strict=True)), metadata=said)
    for split, speakers in {"train": SPEAKERS[:2], "validation": SPEAKERS[2:]}.items():
        table = pa.Table.from_pylist([row for speaker in speakers for row in rows_of(speaker)], schema)
        pq.write_table(table, folder / "data" / f"{split}-00000-of-00001.parquet")
    return folder


def rows_of(speaker):
    """Six rows of a speaker: each emotion twice."""
    number = SPEAKERS.index(speaker)
    return [
        {
            "audio": {"bytes": noise(10 * number + take), "path": f"{speaker}_{take}.wav"},
            "speaker_id": speaker,
            "gender": "female" if speaker == "anna" else "male",
            "emotion": take % 3,
            "tiredness": 1 + (number + take) % 7,
            "sentence": f"sentence {take % 2}",
        }
        for take in range(6)
    ]


def noise(seed):
    import soundfile

    stream = io.BytesIO()
    samples = 0.1 * np.random.default_rng(seed).standard_normal(4800)
    soundfile.write(stream, samples, 16_000, format="WAV", subtype="PCM_16")
    return stream.getvalue()
