"""Make a checkpoint of what was trained; ``python -m recipes.nano.export WORK FOLDER``.

Writes ``config.json``, ``preprocessor_config.json``, ``model.safetensors`` (half precision) and ``README.md``, the model card,
whose numbers come from the run itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from bench.base.durable import make_folder, write_whole
from bench.base.error import BenchError, RequestError
from recipes.nano.speech import RATE
from recipes.nano.state import State, encoder_weights, load_state, stages

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
license: {licence}
library_name: transformers
tags: [wav2vec2, speech, pretraining]
---

# A small Wav2Vec2 that has heard {corpus_hours:.0f} hours of speech

{parameters} parameters, {size_mb:.2f} MB in half precision, 16 kHz, one frame each 20 ms, layers 0 to {n_layers}.
**A starter for first runs and tests, not a replacement for wav2vec2-base**, which heard 960 hours of over a thousand speakers
and is twenty times as large.

It was trained by `recipes/nano` of this project, seed {seed}, {origin}to predict the clusters of masked
frames (HuBERT, Hsu et al. 2021), so many clusters of each kind:

{stages}

Timbre is MFCC; melody pitch, voicing and level; voice its quality; delivery what these do over a second and a half; own the
layer after the middle of the encoder that the stage before left.

## What it heard

{corpus_hours:.2f} hours without their silences, {copies}again and again: {hours:.1f} hours in all, distorted
anew each time. {held_out_hours:.2f} hours are held out. {skipped} files were skipped, because they are empty, silent or broken.

{sources}
## Held-out speech, undistorted: share of masked frames whose cluster is found

{curves}

SHA-256 of `model.safetensors`: `{sha256}`
{start}"""


def export(work: Path, folder: Path, sources: str, licence: str) -> None:
    """Write the checkpoint of the furthest stage in ``work``.

    Parameters
    ----------
    work : Path
        Of ``train``.
    folder : Path
        Is made where it is missing; files of the same names are replaced.
    sources : str
        Markdown on the speech, its licences and what it does not hold, for the card.
    licence : str
        Of the weights, as a model card names it: ``cc-by-sa-4.0``.

    Raises
    ------
    RequestError
        If nothing was trained in ``work`` yet.
    """
    folders = stages(work)
    if not folders:
        raise RequestError(f"Nothing was trained in {str(work)!r} yet. Run `python -m recipes.nano.train --work {work}` first.")
    states = [load_state(each) for each in folders]
    weights = half(folders[-1])
    heard = json.loads((work / "speech.json").read_text())
    start = (work / "start.md").read_text(encoding="utf-8") if "start" in states[0].settings else ""
    config = {
        **states[-1].settings["config"],
        "architectures": ["Wav2Vec2Model"],
        "dtype": "float32",
        "model_type": "wav2vec2",
    }
    made = save(weights, {"format": "pt"})
    make_folder(folder)
    write_whole(folder / "config.json", (json.dumps(config, indent=2, sort_keys=True) + "\n").encode())
    write_whole(folder / "preprocessor_config.json", (json.dumps(PREPROCESSOR, indent=2) + "\n").encode())
    write_whole(folder / "model.safetensors", made)
    write_whole(folder / "README.md", _card(states, weights, made, heard, sources, licence, start).encode())


def half(folder: Path) -> dict[str, torch.Tensor]:
    """The encoder of a stage in half precision."""
    return {name: value.half().contiguous() for name, value in encoder_weights(folder).items()}


def _card(
    states: Sequence[State],
    weights: dict[str, torch.Tensor],
    made: bytes,
    heard: list[dict[str, Any]],
    sources: str,
    licence: str,
    start: str,
) -> str:
    n_speeds = max((len(row["speeds"]) for row in heard), default=1)
    settings = states[-1].settings
    return _CARD.format(
        hours=sum(state.hours for state in states),
        parameters=f"{sum(value.numel() for value in weights.values()):,}",
        size_mb=len(made) / 1e6,
        n_layers=settings["config"]["num_hidden_layers"],
        seed=settings["seed"],
        licence=licence,
        origin="from the checkpoint that is described at the end, " if start else "",
        copies=f"each at {n_speeds} speeds, " if n_speeds > 1 else "",
        start=f"\n## The checkpoint it started from\n{_below(start)}" if start else "",
        stages="\n".join(_stage(state) for state in states),
        corpus_hours=sum(row["hours"] for row in heard if not row["held_out"]),
        held_out_hours=sum(row["hours"] for row in heard if row["held_out"]),
        skipped=sum(len(row["skipped"]) for row in heard),
        sources=sources,
        curves="\n\n".join(_curve(state) for state in states),
        sha256=hashlib.sha256(made).hexdigest(),
    )


def _below(card: str) -> str:
    """A card without its front matter, its headings two levels down."""
    text = re.sub(r"\A---\n.*?\n---\n", "", card, flags=re.DOTALL)
    return re.sub(r"^#", "###", text, flags=re.MULTILINE)


def _stage(state: State) -> str:
    settings, kinds = state.settings, state.settings["kinds"]
    steps = f"{state.step:,}" if state.step == state.total else f"{state.step:,} of {state.total:,}"
    return (
        f"{settings['stage']}. {', '.join(f'{count} of {name}' for name, count in kinds.items())}: {steps} steps of at most "
        f"{settings['batch_s'] * settings['n_batches']:g} s, {state.hours:.1f} h heard in {state.seconds / 3600:.1f} h "
        f"({state.by})"
    )


def _curve(state: State) -> str:
    """About a dozen rows of a stage's curve."""
    rows = state.curve
    chosen = [*rows[:: max(1, len(rows) // 12)], *([rows[-1]] if (len(rows) - 1) % max(1, len(rows) // 12) else [])]
    names = list(state.settings["kinds"])
    lines = [f"| step of stage {state.settings['stage']} | h heard | {' | '.join(names)} |", "|---" * (2 + len(names)) + "|"]
    for row in chosen:
        shares = " | ".join(f"{100 * value:.1f} %" for value in row["held_out_accuracy"])
        lines.append(f"| {row['step']:,} | {row['hours']:.1f} | {shares} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, write the checkpoint."""
    parser = argparse.ArgumentParser(prog="python -m recipes.nano.export", description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path, help="the --work of the training")
    parser.add_argument("folder", type=Path, help="where the checkpoint goes")
    parser.add_argument("--sources", type=Path, required=True, help="Markdown on the speech and its licences, for the card")
    parser.add_argument("--licence", required=True, help="of the weights, as in cc-by-sa-4.0")
    given = parser.parse_args(arguments)
    try:
        export(given.work, given.folder, given.sources.read_text(encoding="utf-8"), given.licence)
    except (BenchError, OSError) as error:
        parser.exit(2 if isinstance(error, RequestError) else 1, f"{error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
