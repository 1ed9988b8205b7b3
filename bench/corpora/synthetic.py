"""The embedded corpus: speech made on first use, with fatigue planted in it."""

from __future__ import annotations

import hashlib
import io
import json
import math
from functools import partial
from pathlib import Path

import numpy as np

from bench.base.durable import make_folder, write_whole
from bench.base.error import RequestError
from bench.base.identity import canonical, file_digest
from bench.base.pool import in_processes
from bench.corpora.corpus import Clip, Corpus, Target
from bench.corpora.espeak import library_path
from bench.corpora.plan import ClipPlan, plan_clips
from bench.corpora.reader import CorpusReader
from bench.corpora.rendering import Rendering, render
from bench.corpora.voice import VOICES

FATIGUE = Target(
    name="fatigue",
    kind="synthetic",
    about="A KSS of 1 to 9 that was planted: it set the parameters of the synthesis. Nobody was tired.",
    levels=("alert", "neither", "sleepy"),
    scale=(1.0, 9.0),
    unit="KSS",
    cuts=(3.5, 6.5),
)
LARGEST_EFFECT = 2.0
_FEW = 8  # clips that are made sooner here than after starting other processes
_MOST_WORKERS = 8


class Synthetic(CorpusReader):
    """24 voices of espeak-ng, each speaking nine sentences at nine levels of planted fatigue.

    The clips are made in the folder as 16-bit WAV at 16 kHz, each with a JSON file beside it that holds its parameters, its
    syllables, its pauses and the hash of its audio. A clip is used as it lies there only if parameters and hash are right;
    otherwise it is made (again). So a run that was killed goes on, and two at once write the same bytes.

    Attributes
    ----------
    effect : float
        How much fatigue changes the speech, 0 to 2; with 0 there is nothing to find.
    seed : int
        Chooses sentences, noise, and how much each speaker shows.

    Examples
    --------
    >>> str(Synthetic()), str(Synthetic(effect=0))
    ('synthetic', 'synthetic[effect=0]')
    """

    name = "synthetic"
    version = "1"

    effect: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.effect) and 0 <= self.effect <= LARGEST_EFFECT):
            raise RequestError(
                f"synthetic[effect=...] got {self.effect:g}, expected 0 to {LARGEST_EFFECT:g}. Give such a number."
            )
        object.__setattr__(self, "effect", float(self.effect))  # 0 and 0.0 are one corpus, so they need one identity

    @property
    def makes_itself(self) -> bool:
        """It does."""
        return True

    def ingredients(self) -> dict[str, str]:
        """The hash of the espeak-ng library: another one would speak otherwise."""
        return {"espeak-ng": file_digest(library_path())}

    def read(self, folder: Path) -> Corpus:
        """Make what is missing, and describe it all.

        Parameters
        ----------
        folder : Path
            Made where it does not exist.

        Returns
        -------
        Corpus
            216 clips with one target, ``fatigue``.

        Raises
        ------
        RequestError
            If espeak-ng is not installed.
        BenchError
            If the folder cannot be written.
        """
        plans = plan_clips(self.effect, self.seed)
        _make([plan for plan in plans if not _is_made(plan, folder)], folder)
        sexes = {voice.id: voice.sex for voice in VOICES}
        clips = tuple(
            Clip(
                id=plan.clip_id,
                speaker=plan.speaker,
                path=_audio_path(plan, folder),
                labels={FATIGUE.name: float(plan.kss)},
                text=plan.sentence.id,
                traits={"sex": sexes[plan.speaker]},
            )
            for plan in plans
        )
        return Corpus(
            name=str(self),
            version=self.version,
            targets=(FATIGUE,),
            clips=clips,
            about=_about(self.effect),
            published=f"{len(VOICES) * 9} clips of {len(VOICES)} voices.",
            source="Made on this machine; the extra `synth` installs espeak-ng.",
            licence=(
                "Made on this machine by espeak-ng. The program is under the GPL 3, which does not cover what it speaks; "
                "the sentences and parameters are part of Fatigue Benchmark (Apache 2.0)."
            ),
            citation="eSpeak NG, https://github.com/espeak-ng/espeak-ng",
        )


def _about(effect: float) -> str:
    planted = (
        "No effect of fatigue is planted (effect=0): whatever seems to be found here is chance or a fault."
        if effect == 0
        else "A planted fatigue slows the speech and adds and lengthens pauses; it moves pitch, loudness, breath and jitter "
        "less, by amounts that differ from speaker to speaker, under noise."
    )
    return (
        f"Synthetic speech: {len(VOICES)} voices of espeak-ng, each at nine levels. {planted} "
        "It shows that the machinery works. It says nothing about people."
    )


def _make(plans: list[ClipPlan], folder: Path) -> None:
    if not plans:
        return
    library_path()  # where it is missing, that is said once, before anything is made
    make_folder(folder)
    if len(plans) <= _FEW:
        for plan in plans:
            _make_clip(plan, folder)
        return
    import joblib

    workers = min(joblib.cpu_count(), _MOST_WORKERS)
    for _ in in_processes(partial(_make_clip, folder=folder), plans, workers):
        pass


def _make_clip(plan: ClipPlan, folder: Path) -> None:
    if _is_made(plan, folder):  # by another run, meanwhile
        return
    speech = render(plan)
    audio = _wav(speech)
    description = {
        "audio": hashlib.sha256(audio).hexdigest(),
        "plan": plan.as_json(),
        "syllables": speech.syllables,
        "pauses_s": [[round(start_s, 6), round(end_s, 6)] for start_s, end_s in speech.pauses],
    }
    write_whole(_audio_path(plan, folder), audio)
    # The description comes last: it vouches for the audio.
    write_whole(_description_path(plan, folder), json.dumps(description, indent=1).encode())


def _is_made(plan: ClipPlan, folder: Path) -> bool:
    try:
        description = json.loads(_description_path(plan, folder).read_bytes())
        audio = _audio_path(plan, folder).read_bytes()
    except (OSError, ValueError):
        return False
    if not isinstance(description, dict) or description.get("audio") != hashlib.sha256(audio).hexdigest():
        return False
    return canonical(description.get("plan")) == canonical(plan.as_json())


def _wav(speech: Rendering) -> bytes:
    import soundfile

    stream = io.BytesIO()
    soundfile.write(stream, np.round(speech.samples * 32_767).astype(np.int16), speech.rate, format="WAV", subtype="PCM_16")
    return stream.getvalue()


def _audio_path(plan: ClipPlan, folder: Path) -> Path:
    return folder / f"{plan.clip_id}.wav"


def _description_path(plan: ClipPlan, folder: Path) -> Path:
    return folder / f"{plan.clip_id}.json"
