"""Train a small Wav2Vec2 to predict what is masked; ``python -m recipes.nano.train --help``.

Stage 1 predicts clusters of timbre and melody, stage 2 clusters of the middle layer of stage 1, and melody still. Whatever
stops it, the same command goes on from the last two minutes; more steps lengthen a finished run.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.base.durable import write_whole
from bench.base.error import RequestError
from recipes.nano.batch import Batch, Course, levelled
from recipes.nano.model import CONFIG, Nano, layer
from recipes.nano.progress import Progress
from recipes.nano.speech import Samples, Shelf, shelves
from recipes.nano.state import State, load, save, weights_digest
from recipes.nano.target import Frames, describe_and_assign, melody, timbre

SAVED_EVERY_S = 120.0
log = logging.getLogger(__name__)
Enough = Callable[[int], bool]


@dataclass(frozen=True)
class Plan:
    """All that decides what is learned, but for the speech.

    Attributes
    ----------
    steps : tuple of int
        Of stage 1 and stage 2.
    clusters : dict
        How many of each kind: timbre, melody, own.
    peak, warmup, decay : float
        The learning rate; over how many steps it rises; over which last share of the steps it falls to a twentieth.
    held_out_s : float
        Seconds of held-out speech that are looked at.
    """

    steps: tuple[int, int] = (6_000, 12_000)
    seed: int = 0
    batch_s: float = 32.0
    peak: float = 1e-3
    warmup: int = 300
    decay: float = 0.25
    looked_at_every: int = 250
    held_out_s: float = 360.0
    clusters: tuple[tuple[str, int], ...] = (("timbre", 100), ("melody", 64), ("own", 256))
    config: tuple[tuple[str, Any], ...] = tuple(CONFIG.items())

    def rate(self, stage: int, step: int) -> float:
        """The learning rate of a step: a rise, a level, a fall."""
        falling = (self.steps[stage - 1] - step) / (self.decay * self.steps[stage - 1])
        return self.peak * min(1.0, (step + 1) / self.warmup, max(0.05, falling))

    def settings(self, stage: int) -> dict[str, Any]:
        """What must not change when a run goes on; the number of steps may."""
        kinds = dict(self.clusters)
        names = ("timbre", "melody") if stage == 1 else ("own", "melody")
        facts = {"stage": stage, "seed": self.seed, "batch_s": self.batch_s, "peak": self.peak, "warmup": self.warmup}
        return {**facts, "kinds": {name: kinds[name] for name in names}, "config": dict(self.config)}


def train(plan: Plan, found: Sequence[Shelf], work: Path, enough: Enough = lambda _done: False) -> bool:
    """Run both stages, from where they stopped.

    Parameters
    ----------
    plan : Plan
    found : sequence of Shelf
        None of them empty.
    work : Path
        The folder of all that is kept.
    enough : callable
        Is told after each step how many were done in this call, and says whether to stop here.

    Returns
    -------
    bool
        Whether all steps are done.
    """
    seconds = {name: n for name, n in plan.clusters}
    tunes = describe_and_assign("melody", melody, seconds["melody"], found, plan.seed)
    timbres = describe_and_assign("timbre", timbre, seconds["timbre"], found, plan.seed)
    first = _stage(plan, 1, Course(found, (timbres, tunes), plan.seed, plan.batch_s), work / "stage1", None, enough)
    if first is None:
        return False
    mark = weights_digest(first)
    middle = int(dict(plan.config)["num_hidden_layers"]) // 2 + 1
    own = describe_and_assign(f"own-{mark}", _describer(first, middle), seconds["own"], found, plan.seed)
    course = Course(found, (own, tunes), plan.seed + 1_000_000, plan.batch_s)
    return _stage(plan, 2, course, work / f"stage2-{mark}", first, enough) is not None


def _stage(plan: Plan, stage: int, course: Course, folder: Path, before: Nano | None, enough: Enough) -> Nano | None:
    """Run one stage; gives the model when all its steps are done."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    settings = plan.settings(stage)
    torch.manual_seed(plan.seed + stage)  # the only draw of torch: where the weights start
    model = Nano(dict(plan.config), list(settings["kinds"].values()))
    if before is not None:
        model.encoder.load_state_dict(before.encoder.state_dict())
    model.to(device).train()
    optimizer = torch.optim.AdamW(_groups(model), lr=plan.peak, betas=(0.9, 0.98), weight_decay=0.01)
    state = load(folder, model, optimizer, settings) or State(settings)
    total = plan.steps[stage - 1]
    progress = Progress(stage, total, state.step)
    saved_at = time.monotonic()
    batches = course.batches(state.step)
    for done in range(1, total - state.step + 1):
        _learn(model, optimizer, next(batches), plan.rate(stage, state.step), state)
        progress.show(state)
        if state.step % plan.looked_at_every == 0 or state.step == total:
            state.look(look(model, course.held_out(plan.held_out_s)))
            progress.say(state.curve[-1])
        stop = enough(done) or state.step == total
        if stop or time.monotonic() - saved_at > SAVED_EVERY_S:
            state.seconds += progress.since_last()
            save(folder, model, optimizer, state)
            saved_at = time.monotonic()
        if stop:
            break
    return model.eval() if state.step >= total else None


def _learn(model: Nano, optimizer: torch.optim.Optimizer, batch: Batch, rate: float, state: State) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    losses, hits = _judge(model, batch)
    optimizer.zero_grad(set_to_none=True)
    torch.stack(losses).mean().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    state.add([float(loss.detach()) for loss in losses], hits, batch.hours)


@torch.no_grad()
def look(model: Nano, batches: Any) -> dict[str, list[float]]:
    """Loss and accuracy over the masked frames of speech that is never learned from, each one number a kind."""
    model.eval()
    sums = np.zeros((2, len(model.heads)))
    n_masked = 0
    for batch in batches:
        losses, hits = _judge(model, batch)
        count = len(batch.targets[0])
        sums += np.array([[float(loss) * count for loss in losses], [hit * count for hit in hits]])
        n_masked += count
    model.train()
    loss, accuracy = (sums / n_masked).tolist()
    return {"held_out_loss": loss, "held_out_accuracy": accuracy}


def _judge(model: Nano, batch: Batch) -> tuple[list[torch.Tensor], list[float]]:
    """Cross-entropy and accuracy on the masked frames, one a kind."""
    device = model.heads[0].weight.device
    samples, masked = (torch.from_numpy(array).to(device) for array in (batch.samples, batch.masked))
    with torch.autocast(device.type, torch.bfloat16):
        scores = model(samples, masked)
    losses, hits = [], []
    for score, target in zip(scores, batch.targets, strict=True):
        wanted = torch.from_numpy(target).to(device)
        losses.append(torch.nn.functional.cross_entropy(score.float(), wanted))
        hits.append(float((score.argmax(dim=1) == wanted).float().mean()))
    return losses, hits


def _groups(model: Nano) -> list[dict[str, Any]]:
    """Matrices decay, biases and norms do not."""
    parameters = list(model.parameters())
    matrices = [p for p in parameters if p.ndim > 1]
    return [{"params": matrices}, {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0}]


def _describer(model: Nano, index: int) -> Callable[[Samples], Frames]:
    device = model.heads[0].weight.device

    def describe(samples: Samples) -> Frames:
        hidden = layer(model, torch.from_numpy(levelled(samples[None])).to(device), index)
        return np.asarray(hidden[0].cpu().numpy())

    return describe


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, prepare, train."""
    parser = argparse.ArgumentParser(prog="python -m recipes.nano.train", description=__doc__.splitlines()[0])
    parser.add_argument("--speech", type=Path, action="append", required=True, help="a folder of audio; may be given again")
    parser.add_argument(
        "--held-out", action="append", required=True, help="pattern of paths never to learn from; may be given again"
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for all that is kept; the same one goes on")
    parser.add_argument("--steps", type=int, nargs=2, default=Plan.steps, metavar=("FIRST", "SECOND"), help="of the two stages")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long; the same command goes on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2, help="of the processor; another number gives slightly other numbers")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    torch.set_num_threads(given.threads)
    ends_at = time.monotonic() + 60 * given.minutes
    try:
        found = shelves(given.speech, given.held_out, given.work)
        _describe_speech(found, given.work)
        found = [shelf for shelf in found if len(shelf.segments)]
        finished = train(Plan(tuple(given.steps), given.seed), found, given.work, lambda _done: time.monotonic() > ends_at)
    except RequestError as error:
        parser.exit(2, f"{error}\n")
    log.info("all steps are done" if finished else "stopped; the same command goes on from here")
    return 0


def _describe_speech(found: Sequence[Shelf], work: Path) -> None:
    """Write what is heard and what was skipped, and why, to ``speech.json``, for the card and for whoever wonders."""
    facts = [
        {
            "folder": shelf.files[0].parent.name,
            "files": len(shelf.files),
            "skipped": shelf.contents["skipped"],
            "hours": round(shelf.hours, 3),
            "held_out": shelf.held_out,
        }
        for shelf in found
        if shelf.speed == 1
    ]
    write_whole(work / "speech.json", json.dumps(facts, indent=1).encode())
    for side, name in ((False, "to learn from"), (True, "held out")):
        log.info("%.2f h %s", sum(shelf.hours for shelf in found if shelf.speed == 1 and shelf.held_out == side), name)


if __name__ == "__main__":
    sys.exit(main())
