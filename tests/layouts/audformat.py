"""A small database in audformat, with audio: four speakers, three emotions, as `audformat.Database.save` writes one.

The label and the speaker stand in different tables; `Audformat(kind="acted")` reads it without being told where.
"""

import numpy as np

HEADER = """\
name: moods
description: Four people act three moods
source: https://example.org/moods
usage: research
languages: [deu]
author: A. Author
organization: A University
license: CC0-1.0
license_url: https://creativecommons.org/publicdomain/zero/1.0/
media:
  microphone: {type: audio, format: wav, channels: 1, sampling_rate: 16000}
raters:
  gold: {type: human}
schemes:
  age: {dtype: int, minimum: 0}
  confidence: {dtype: float, minimum: 0, maximum: 1}
  duration: {dtype: time}
  emotion:
    description: The mood that was asked for
    dtype: str
    labels: [anger, neutral, sadness]
  gender:
    dtype: str
    labels: [female, male]
  speaker: {dtype: int, labels: speaker}
  transcription:
    dtype: str
    labels: {a01: Der Lappen liegt auf dem Eisschrank., a02: Das will sie am Mittwoch abgeben.}
tables:
  emotion:
    type: filewise
    columns:
      emotion: {scheme_id: emotion, rater_id: gold}
      emotion.confidence: {scheme_id: confidence, rater_id: gold}
  files:
    type: filewise
    columns:
      duration: {scheme_id: duration}
      speaker: {scheme_id: speaker}
      transcription: {scheme_id: transcription}
misc_tables:
  speaker:
    levels: {speaker: int}
    columns:
      gender: {scheme_id: gender}
      age: {scheme_id: age}
"""
SPEAKERS = {3: ("male", 31), 8: ("female", 34), 9: ("female", 21), 10: ("male", 32)}
EMOTIONS = ("anger", "neutral", "sadness")
TEXTS = ("a01", "a02")


def write_audformat(folder):
    """The database as CSV: 24 files of 0.3 s."""
    (folder / "wav").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    emotions, files = ["file,emotion,emotion.confidence"], ["file,duration,speaker,transcription"]
    for speaker in SPEAKERS:
        for emotion in EMOTIONS:
            for text in TEXTS:
                file = f"wav/{speaker:02d}{text}{emotion[0].upper()}.wav"
                write_noise(folder / file, rng)
                emotions.append(f"{file},{emotion},{0.8 + 0.01 * len(files) / 2:.2f}")
                files.append(f"{file},0 days 00:00:00.300000,{speaker},{text}")
    (folder / "db.yaml").write_text(HEADER)
    (folder / "db.emotion.csv").write_text("\n".join(emotions) + "\n")
    (folder / "db.files.csv").write_text("\n".join(files) + "\n")
    speakers = [f"{speaker},{gender},{age}" for speaker, (gender, age) in SPEAKERS.items()]
    (folder / "db.speaker.csv").write_text("\n".join(["speaker,gender,age", *speakers]) + "\n")
    return folder


def write_noise(path, rng):
    import soundfile

    soundfile.write(path, 0.1 * rng.standard_normal(4800), 16_000, subtype="PCM_16")
