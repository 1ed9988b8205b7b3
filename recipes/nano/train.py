"""Train a small Wav2Vec2 to predict what is masked; ``python -m recipes.nano.train --help``.

Stage 1 predicts clusters of timbre and melody, each later stage clusters of the middle layer of the stage before it, with
melody still, and the last two voice and delivery too. ``--start`` adds one more to a finished checkpoint, perhaps with more
speech. Whatever stops it, the same command goes on from the last two minutes; more steps lengthen a finished run.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.base.durable import write_whole
from bench.base.error import BenchError, RequestError
from bench.base.identity import digest
from recipes.nano.batch import Batch, Course, levelled
from recipes.nano.model import CONFIG, Nano, layer
from recipes.nano.progress import Progress
from recipes.nano.speech import LARGEST_SEED, SPEEDS, Samples, Shelf, shelves
from recipes.nano.state import (
    State,
    agree,
    checkpoint_weights,
    encoder_weights,
    load,
    save,
    stage_folder,
    stages,
    weights_digest,
)
from recipes.nano.target import Frames, delivery, describe_and_assign, melody, n_drawn, timbre, voice
from recipes.nano.team import Team, assembled

SAVED_EVERY_S = 120.0
STAGES = (
    ("timbre", "melody"),
    ("own", "melody"),
    ("own", "melody", "voice", "delivery"),
    ("own", "melody", "voice", "delivery"),
)
_KNOWN = {"timbre": timbre, "melody": melody, "voice": voice, "delivery": delivery}
OPEN = 0.5  # weight of the frames that are not masked: telling them is easy, and soon makes the layers useful to each other
log = logging.getLogger(__name__)
Enough = Callable[[int], bool]


@dataclass(frozen=True)
class Plan:
    """All that decides what is learned, but for the speech.

    Attributes
    ----------
    steps : tuple of int
        Of each stage, 1 or more.
    kinds : tuple of tuple of str
        What each stage tells.
    start : Path or None
        The checkpoint that the first stage starts from; None: from weights that have heard nothing.
    seed : int
        0 or more.
    clusters : tuple of (str, int)
        How many of each kind that ``kinds`` names.
    peak : tuple of float
        The learning rate of each stage.
    warmup, decay : float
        Over how many steps it rises; over which last share of the steps it falls to a twentieth.
    batch_s, n_batches : float, int
        Seconds of speech that go through the encoder together, and how many times that in a step.
    looked_at_every : int
        Steps from one look at held-out speech to the next.
    held_out_s : float
        Seconds of held-out speech that are looked at.
    config : tuple of (str, value)
        Of ``Wav2Vec2Config``.
    """

    steps: tuple[int, ...] = (2_600, 4_000, 5_800, 4_000)
    kinds: tuple[tuple[str, ...], ...] = STAGES
    start: Path | None = None
    seed: int = 0
    batch_s: float = 16.0
    n_batches: int = 2
    peak: tuple[float, ...] = (2e-3, 1e-3, 1e-3, 1e-3)
    warmup: int = 200
    decay: float = 0.25
    looked_at_every: int = 250
    held_out_s: float = 360.0
    clusters: tuple[tuple[str, int], ...] = (("timbre", 100), ("melody", 64), ("voice", 64), ("delivery", 64), ("own", 256))
    config: tuple[tuple[str, Any], ...] = tuple(CONFIG.items())

    @classmethod
    def further(cls, start: Path, steps: int, seed: int) -> Plan:
        """One stage more, like the last of ``STAGES``, for a checkpoint that is finished."""
        return cls((steps,), (STAGES[-1],), start, seed, peak=cls.peak[-1:])

    def rate(self, stage: int, step: int) -> float:
        """The learning rate of a step: a rise, a level, a fall."""
        falling = (self.steps[stage - 1] - step) / (self.decay * self.steps[stage - 1])
        return self.peak[stage - 1] * min(1.0, (step + 1) / self.warmup, max(0.05, falling))

    def settings(self, stage: int, found: Sequence[Shelf]) -> dict[str, Any]:
        """What must not change when a run goes on; the number of steps may."""
        kinds = dict(self.clusters)
        facts = {name: getattr(self, name) for name in ("seed", "batch_s", "n_batches", "warmup")}
        facts |= {"stage": stage, "peak": self.peak[stage - 1], "speech": digest([shelf.path.name for shelf in found])[:12]}
        facts |= {"start": weights_digest(checkpoint_weights(self.start))} if self.start else {}
        return {**facts, "kinds": {name: kinds[name] for name in self.kinds[stage - 1]}, "config": dict(self.config)}

    def weights(self, stage: int, work: Path) -> dict[str, torch.Tensor]:
        """The encoder that a stage starts from; empty where it has heard nothing."""
        if stage > 1:
            return encoder_weights(stage_folder(work, stage - 1))
        return checkpoint_weights(self.start) if self.start else {}


def check(plan: Plan, found: Sequence[Shelf], work: Path) -> None:
    """Refuse what cannot be learned, or cannot go on in ``work``, before anything is computed or written.

    Raises
    ------
    RequestError
    """
    if plan.start:
        wanted = {name: value.shape for name, value in Nano(dict(plan.config), []).encoder.state_dict().items()}
        if wanted != {name: value.shape for name, value in checkpoint_weights(plan.start).items()}:
            raise RequestError(f"The checkpoint {plan.start} is not of the shape of nano. Give one of recipes.nano.export.")
    for stage, folder in zip(range(1, len(plan.steps) + 1), stages(work), strict=False):
        agree(folder, plan.settings(stage, found))
    most, drawn = max(dict(plan.clusters).values()), n_drawn(found)
    if drawn < most:
        raise RequestError(
            f"The speech to learn from gives {drawn} frames for clusters, and up to {most} clusters are to be found in them. "
            "Give more speech by --speech."
        )


def train(plan: Plan, found: Sequence[Shelf], work: Path, enough: Enough = lambda _done: False, processes: int = 1) -> bool:
    """Run all stages, from where they stopped.

    Parameters
    ----------
    plan : Plan
    found : sequence of Shelf
        None of them empty.
    work : Path
        The folder of all that is kept.
    enough : callable
        Is told after each step how many were done in this call, and says whether to stop here.
    processes : int
        That share the batches of a step; it must divide their number. What is learned does not depend on it, but for the order
        in which numbers are added.

    Returns
    -------
    bool
        Whether all steps are done.

    Raises
    ------
    ValueError
        If the batches of a step cannot be shared evenly.
    RequestError
        As ``check``.
    BenchError
        If one of the processes ended.
    """
    if plan.n_batches % processes:
        raise ValueError(f"{plan.n_batches} batches cannot be shared by {processes} processes.")
    check(plan, found, work)
    for stage in range(1, len(plan.steps) + 1):
        task = _prepared(plan, stage, found, work)
        if task.state.step >= plan.steps[stage - 1]:
            log.info("stage %d has its %d steps (%d were asked for)", stage, task.state.step, plan.steps[stage - 1])
            continue
        task.state.total, task.state.by = plan.steps[stage - 1], _workers(processes)
        n_values = sum(parameter.numel() for parameter in task.model.parameters()) + 16
        with assembled(processes, n_values, _follow, plan, stage, tuple(found), work) as team:
            if not _learn_stage(plan, task, team, enough):
                return False
    return True


def _workers(processes: int) -> str:
    if torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    return f"{processes} processes of one thread" if processes > 1 else "one process of one thread"


def _follow(team: Team, plan: Plan, stage: int, found: Sequence[Shelf], work: Path) -> None:
    """Be one of the processes that do not lead."""
    torch.set_num_threads(1)
    _learn_stage(plan, _prepared(plan, stage, found, work), team, lambda _done: False)


@dataclass(frozen=True)
class Task:
    """A stage that is ready to be learned, or to go on."""

    stage: int
    course: Course
    folder: Path
    model: Nano
    optimizer: torch.optim.Optimizer
    state: State


def _prepared(plan: Plan, stage: int, found: Sequence[Shelf], work: Path) -> Task:
    """The speech with its targets, the model and where it stands; all of it from files and the plan, for each process alike."""
    config, settings, before = dict(plan.config), plan.settings(stage, found), plan.weights(stage, work)
    targets = []
    for name, n_clusters in settings["kinds"].items():
        describe = _KNOWN.get(name)
        if describe is None:
            name, describe = f"own-{weights_digest(before)}", _describer(before, config)
        targets.append(describe_and_assign(name, describe, n_clusters, found, plan.seed))
    course = Course(found, targets, plan.seed + 1_000_000 * (stage - 1), plan.batch_s)
    torch.manual_seed(plan.seed + stage)  # the only draw of torch: where the weights start
    model = Nano(config, list(settings["kinds"].values()))
    if before:
        model.encoder.load_state_dict(before)
    model.to(_device()).train()
    folder = stage_folder(work, stage)
    optimizer = torch.optim.AdamW(_groups(model), lr=plan.peak[stage - 1], betas=(0.9, 0.98), weight_decay=0.01)
    state = load(folder, model, optimizer, settings) or State(settings)
    return Task(stage, course, folder, model, optimizer, state)


def _learn_stage(plan: Plan, task: Task, team: Team, enough: Enough) -> bool:
    """Run one stage to its end, or until it is enough; gives whether all its steps are done."""
    model, state, total = task.model, task.state, plan.steps[task.stage - 1]
    progress = Progress(task.stage, total, state.step) if team.leads else None
    saved_at = time.monotonic()
    batches = task.course.batches(state.step * plan.n_batches + team.rank, team.size)
    for done in range(1, total - state.step + 1):
        _step(plan, task, team, batches)
        if progress:
            progress.show(state)
            if state.step % plan.looked_at_every == 0 or state.step == total:
                state.look(look(model, task.course.held_out(plan.held_out_s)))
                progress.say(state.curve[-1])
        stop = team.agree(enough(done) or state.step == total)
        if progress and (stop or time.monotonic() - saved_at > SAVED_EVERY_S):
            state.seconds += progress.since_last()
            save(task.folder, model, task.optimizer, state)
            saved_at = time.monotonic()
        if stop:
            break
    return state.step >= total


def _step(plan: Plan, task: Task, team: Team, batches: Iterator[Batch]) -> None:
    """Learn from the batches of one step, this process from its share of them."""
    for group in task.optimizer.param_groups:
        group["lr"] = plan.rate(task.stage, task.state.step)
    task.optimizer.zero_grad(set_to_none=True)
    told = torch.zeros(2 * len(task.model.heads) + 1)
    for batch in islice(batches, plan.n_batches // team.size):
        found = _judge(task.model, batch)
        (found.loss / plan.n_batches).backward()
        values = torch.tensor([*(float(loss.detach()) for loss in found.masked), *found.hits]) / plan.n_batches
        told += torch.cat([values, torch.tensor([batch.hours])])
    told = team.share(task.model, told)
    torch.nn.utils.clip_grad_norm_(task.model.parameters(), 1.0)
    task.optimizer.step()
    *values, hours = told.tolist()
    task.state.add(values[: len(values) // 2], values[len(values) // 2 :], hours)


@torch.no_grad()
def look(model: Nano, batches: Iterator[Batch]) -> dict[str, list[float]]:
    """Tell the masked frames of speech that is never learned from.

    Parameters
    ----------
    model : Nano
    batches : iterator of Batch

    Returns
    -------
    dict
        ``held_out_loss`` (cross-entropy) and ``held_out_accuracy`` (0 to 1), each one number a kind of target.
    """
    model.eval()
    sums = np.zeros((2, len(model.heads)))
    n_masked = 0
    for batch in batches:
        found = _judge(model, batch)
        count = int(batch.masked.sum())
        sums += count * np.array([[float(loss) for loss in found.masked], found.hits])
        n_masked += count
    model.train()
    loss, accuracy = (sums / n_masked).tolist()
    return {"held_out_loss": loss, "held_out_accuracy": accuracy}


def _judge(model: Nano, batch: Batch) -> Judgement:
    device = model.heads[0].weight.device
    samples, masked = (torch.from_numpy(array).to(device) for array in (batch.samples, batch.masked))
    with torch.autocast(device.type, torch.bfloat16):
        told, heard = model(samples, masked)
    cross_entropy = torch.nn.functional.cross_entropy
    found = Judgement([], [], [], [])
    for score, frames, target in zip(told, heard, batch.targets, strict=True):
        wanted, score = torch.from_numpy(target).to(device), score.float()
        found.masked.append(cross_entropy(score[masked], wanted[masked]))
        found.open.append(cross_entropy(score[~masked], wanted[~masked]))
        found.heard.append(cross_entropy(frames.float().flatten(0, 1), wanted.flatten()))
        found.hits.append(float((score[masked].argmax(dim=1) == wanted[masked]).float().mean()))
    return found


@dataclass(frozen=True)
class Judgement:
    """How well a batch was told, one number a kind of target.

    Attributes
    ----------
    masked, open : list of tensor, shape ()
        Cross-entropy of masked frames and of the others.
    heard : list of tensor, shape ()
        Cross-entropy of all frames, by the convolutions alone.
    hits : list of float
        Share of masked frames whose cluster is the likeliest.
    """

    masked: list[torch.Tensor]
    open: list[torch.Tensor]
    heard: list[torch.Tensor]
    hits: list[float]

    @property
    def loss(self) -> torch.Tensor:
        """What is to be made small."""
        return torch.stack([*self.masked, *self.heard, *(OPEN * loss for loss in self.open)]).sum() / len(self.masked)


def _groups(model: Nano) -> list[dict[str, Any]]:
    """Matrices decay, biases and norms do not."""
    parameters = list(model.parameters())
    matrices = [p for p in parameters if p.ndim > 1]
    return [{"params": matrices}, {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0}]


def _describer(weights: dict[str, torch.Tensor], config: dict[str, Any]) -> Callable[[Samples], Frames]:
    """What the layer after the middle of an encoder says of each frame."""
    model = Nano(config, [])
    model.encoder.load_state_dict(weights)
    model.to(_device()).eval()

    def describe(samples: Samples) -> Frames:
        hidden = layer(model, torch.from_numpy(levelled(samples[None])).to(_device()), config["num_hidden_layers"] // 2 + 1)
        return np.asarray(hidden[0].cpu().numpy())

    return describe


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, prepare, train."""
    parser = argparse.ArgumentParser(prog="python -m recipes.nano.train", description=__doc__.splitlines()[0])
    parser.add_argument("--speech", type=Path, action="append", required=True, help="a folder of audio; may be given again")
    parser.add_argument(
        "--held-out", action="append", required=True, help="pattern of paths never to learn from; may be given again"
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for all that is kept; the same one goes on")
    parser.add_argument("--start", type=Path, help="a checkpoint of recipes.nano.export to add one stage to")
    parser.add_argument("--one-speed", action="store_true", help="leave out the faster and slower copies of the speech")
    parser.add_argument("--steps", type=_positive, nargs="+", metavar="N", help="of each stage; one number with --start")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long; the same command goes on")
    parser.add_argument("--seed", type=int, default=0, help="0 to 2**32 - 1")
    parser.add_argument("--processes", type=int, choices=(1, 2), help="of one thread each; 2 if not given, with a GPU 1")
    given = parser.parse_args(arguments)
    if not 0 <= given.seed <= LARGEST_SEED:
        parser.error(f"--seed is {given.seed}; give 0 to {LARGEST_SEED}.")
    if given.processes == 2 and torch.cuda.is_available():
        parser.error("--processes 2 is for processors, and a GPU does the work here; leave it out.")
    steps = given.steps or (Plan.steps[-1:] if given.start else Plan.steps)
    if len(steps) != (1 if given.start else len(STAGES)):
        parser.error(f"--steps has {len(steps)} numbers; give {len(STAGES)}, or one with --start.")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    torch.set_num_threads(1)
    processes = given.processes or (1 if torch.cuda.is_available() else min(2, os.cpu_count() or 1))
    ends_at = time.monotonic() + 60 * given.minutes
    try:
        plan = Plan.further(given.start, steps[0], given.seed) if given.start else Plan(tuple(steps), seed=given.seed)
        whole = shelves(given.speech, given.held_out, given.work, SPEEDS[:1] if given.one_speed else SPEEDS)
        found = [shelf for shelf in whole if len(shelf.segments)]
        check(plan, found, given.work)
        _describe_speech(whole, given.work, given.start)
        finished = train(plan, found, given.work, lambda _done: time.monotonic() > ends_at, processes)
    except (BenchError, OSError) as error:
        parser.exit(2 if isinstance(error, RequestError) else 1, f"{error}\n")
    except KeyboardInterrupt:
        log.info("interrupted; the same command goes on from what was last kept, at most two minutes ago")
        return 130
    log.info("all steps are done" if finished else "stopped; the same command goes on from here")
    return 0


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of steps; give 1 or more")
    return int(text)


def _describe_speech(found: Sequence[Shelf], work: Path, start: Path | None) -> None:
    """Write what is heard and what was skipped, and why, to ``speech.json``, for the card and for whoever wonders.

    The card of the checkpoint that is started from is kept too.
    """
    if start:
        write_whole(work / "start.md", (start / "README.md").read_bytes())
    facts = [
        {
            "folder": shelf.files[0].parent.name,
            "files": len(shelf.files),
            "skipped": shelf.contents["skipped"],
            "hours": round(shelf.hours, 3),
            "held_out": shelf.held_out,
            "speeds": sorted(other.speed for other in found if other.files == shelf.files),
        }
        for shelf in found
        if shelf.speed == 1
    ]
    write_whole(work / "speech.json", json.dumps(facts, indent=1).encode())
    for side, name in ((False, "to learn from"), (True, "held out")):
        log.info("%.2f h %s", sum(shelf.hours for shelf in found if shelf.speed == 1 and shelf.held_out == side), name)


if __name__ == "__main__":
    sys.exit(main())
