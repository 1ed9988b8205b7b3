"""Make a checkpoint of what was trained; ``python -m recipes.nano.export WORK FOLDER``.

Writes ``config.json``, ``preprocessor_config.json``, ``model.safetensors`` (half precision) and ``README.md``, the model card,
whose numbers come from the run itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save

from bench.base.durable import make_folder, write_whole
from bench.base.error import RequestError
from recipes.nano.speech import RATE
from recipes.nano.state import latest
from recipes.nano.train import STAGES

PREPROCESSOR = {
    "do_normalize": True,
    "feature_extractor_type": "Wav2Vec2FeatureExtractor",
    "feature_size": 1,
    "padding_side": "right",
    "padding_value": 0.0,
    "return_attention_mask": True,
    "sampling_rate": RATE,
}
_CARD = """---
license: cc-by-sa-4.0
library_name: transformers
tags: [wav2vec2, speech, pretraining]
---

# nano: a small Wav2Vec2 that has heard {corpus_hours:.0f} hours of speech

{parameters} parameters, {size_mb:.2f} MB in half precision, 16 kHz, one frame each 20 ms, layers 0 to {n_layers}.
**A starter for first runs and tests, not a replacement for wav2vec2-base**, which heard 960 hours of over a thousand speakers
and is twenty times as large. It knows next to nothing of spontaneous speech, of children, or of noisy places.

It was trained by `recipes/nano` of this project, seed {seed}, to predict the clusters of masked frames (HuBERT, Hsu et al.
2021): {stages}. No emotion or fatigue corpus was heard, nor looked at for any choice.

## What it heard

{corpus_hours:.2f} hours without their silences, each at three speeds, again and again: {hours:.1f} hours in all, distorted
anew each time. {held_out_hours:.2f} hours are held out. {skipped} files were skipped, because they are empty, silent or broken.

{sources}
Of the two synthesisers, espeak-ng also makes the corpus `synthetic` of this project, with other texts and a planted effect that
was not heard: on that corpus alone this encoder knows the sound of the voices beforehand.

These weights are given under CC BY-SA 4.0, because part of the speech is under that licence or an earlier version of it.

## Held-out speech, undistorted: share of masked frames whose cluster is found

{curves}

SHA-256 of `model.safetensors`: `{sha256}`
"""


def export(work: Path, folder: Path, sources: str) -> None:
    """Write the checkpoint of the furthest stage in ``work``.

    Parameters
    ----------
    work : Path
        Of ``train``.
    folder : Path
        Is made where it is missing; files of the same names are replaced.
    sources : str
        Markdown on the speech and its licences, for the card.

    Raises
    ------
    RequestError
        If nothing was trained in ``work`` yet.
    """
    stages = [path for stage in range(1, len(STAGES) + 1) if (path := latest(work, stage)) is not None]
    if not stages:
        raise RequestError(f"Nothing was trained in {str(work)!r} yet. Run `python -m recipes.nano.train --work {work}` first.")
    states = [_state(path) for path in stages]
    weights = half(stages[-1])
    config = {
        **states[-1]["settings"]["config"],
        "architectures": ["Wav2Vec2Model"],
        "dtype": "float32",
        "model_type": "wav2vec2",
    }
    made = save(weights, {"format": "pt"})
    make_folder(folder)
    write_whole(folder / "config.json", (json.dumps(config, indent=2, sort_keys=True) + "\n").encode())
    write_whole(folder / "preprocessor_config.json", (json.dumps(PREPROCESSOR, indent=2) + "\n").encode())
    write_whole(folder / "model.safetensors", made)
    heard = json.loads((work / "speech.json").read_text())
    write_whole(folder / "README.md", _card(states, weights, made, heard, sources).encode())


def half(path: Path) -> dict[str, torch.Tensor]:
    """The encoder's weights in half precision, under the names that ``Wav2Vec2Model`` reads; heads are left out."""
    with safe_open(path, "pt") as kept:
        names = [name for name in kept.keys() if name.startswith("model.encoder.")]  # noqa: SIM118 (a file, not a dict)
        weights = {name.removeprefix("model.encoder."): kept.get_tensor(name).half().contiguous() for name in names}
    return dict(sorted(weights.items()))


def _state(path: Path) -> dict[str, Any]:
    with safe_open(path, "pt") as kept:
        state: dict[str, Any] = json.loads(kept.metadata()["state"])
    return state


def _card(
    states: Sequence[dict[str, Any]],
    weights: dict[str, torch.Tensor],
    made: bytes,
    heard: list[dict[str, Any]],
    sources: str,
) -> str:
    settings = states[-1]["settings"]
    return _CARD.format(
        hours=sum(state["hours"] for state in states),
        parameters=f"{sum(value.numel() for value in weights.values()):,}",
        size_mb=len(made) / 1e6,
        n_layers=settings["config"]["num_hidden_layers"],
        seed=settings["seed"],
        stages="; then ".join(_stage(state) for state in states),
        corpus_hours=sum(row["hours"] for row in heard if not row["held_out"]),
        held_out_hours=sum(row["hours"] for row in heard if row["held_out"]),
        skipped=sum(len(row["skipped"]) for row in heard),
        sources=sources,
        curves="\n\n".join(_curve(state) for state in states),
        sha256=hashlib.sha256(made).hexdigest(),
    )


def _stage(state: dict[str, Any]) -> str:
    kinds = ", ".join(f"{count} clusters of {name}" for name, count in state["settings"]["kinds"].items())
    step_s, work_h = state["settings"]["batch_s"] * state["settings"]["n_batches"], state["seconds"] / 3600
    return f"{state['step']:,} steps of {step_s:g} s, {kinds}, {state['hours']:.1f} h heard in {work_h:.1f} h of work"


def _curve(state: dict[str, Any]) -> str:
    """About a dozen rows of a stage's curve."""
    rows = state["curve"]
    chosen = [*rows[:: max(1, len(rows) // 12)], *([rows[-1]] if (len(rows) - 1) % max(1, len(rows) // 12) else [])]
    names = list(state["settings"]["kinds"])
    lines = [f"| step of stage {state['settings']['stage']} | h heard | {' | '.join(names)} |", "|---" * (2 + len(names)) + "|"]
    for row in chosen:
        shares = " | ".join(f"{100 * value:.1f} %" for value in row["held_out_accuracy"])
        lines.append(f"| {row['step']:,} | {row['hours']:.1f} | {shares} |")
    return "\n".join(lines)


def main() -> int:
    """Read the command line, write the checkpoint."""
    parser = argparse.ArgumentParser(prog="python -m recipes.nano.export", description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path, help="the --work of the training")
    parser.add_argument("folder", type=Path, help="where the checkpoint goes")
    parser.add_argument("--sources", type=Path, required=True, help="Markdown on the speech and its licences, for the card")
    given = parser.parse_args()
    try:
        export(given.work, given.folder, given.sources.read_text(encoding="utf-8"))
    except RequestError as error:
        parser.exit(2, f"{error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
