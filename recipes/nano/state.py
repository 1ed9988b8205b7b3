"""Where a stage of the training stands, in one file that is there whole or not at all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes

from bench.base.durable import make_folder, write_whole
from bench.base.error import RequestError
from bench.base.identity import canonical
from recipes.nano.model import Nano


@dataclass
class State:
    """What a stage knows of itself beside its weights.

    Attributes
    ----------
    settings : dict
        What must not change when it goes on.
    step : int
        Steps that are done.
    hours : float
        Of speech heard, a crop counted each time.
    seconds : float
        The steps took, all calls together.
    total : int
        Steps that it is to have.
    by : str
        What did the work last: how many processes, or which GPU.
    curve : list of dict
        One row a look at held-out speech: step, hours, loss and accuracy of what was learned since the last look and of
        held-out speech, one number a kind of target.
    """

    settings: dict[str, Any]
    step: int = 0
    hours: float = 0.0
    seconds: float = 0.0
    curve: list[dict[str, Any]] = field(default_factory=list)
    sums: list[list[float]] = field(default_factory=list)
    n_summed: int = 0
    total: int = 0
    by: str = ""

    def add(self, losses: list[float], hits: list[float], hours: float) -> None:
        """Count a step."""
        new = [losses, hits]
        self.sums = (
            [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(self.sums, new, strict=True)] if self.sums else new
        )
        self.n_summed += 1
        self.step += 1
        self.hours += hours

    def means(self) -> tuple[list[float], list[float]]:
        """Loss and accuracy since the last look, one number a kind."""
        loss, accuracy = ([value / self.n_summed for value in row] for row in self.sums)
        return loss, accuracy

    def look(self, found: dict[str, list[float]]) -> None:
        """Add a row to the curve."""
        loss, accuracy = self.means()
        self.curve.append({"step": self.step, "hours": self.hours, "loss": loss, "accuracy": accuracy, **found})
        self.sums, self.n_summed = [], 0


def save(folder: Path, model: Nano, optimizer: torch.optim.Optimizer, state: State) -> None:
    """Keep everything; also write the curve, one JSON object a line, for whoever looks."""
    make_folder(folder)
    tensors = {f"model.{name}": value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    for index, values in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value.detach().cpu() for name, value in values.items()}
    write_whole(folder / "state.safetensors", to_bytes(tensors, {"state": json.dumps(vars(state))}))
    write_whole(folder / "curve.jsonl", "".join(json.dumps(row) + "\n" for row in state.curve).encode())


def agree(folder: Path, settings: dict[str, Any]) -> bool:
    """Whether something was kept that can go on with these settings; False where nothing was.

    Raises
    ------
    RequestError
        If it was made with other settings.
    """
    if not (folder / "state.safetensors").exists():
        return False
    kept = load_state(folder).settings
    if canonical(kept) != canonical(settings):
        other = [name for name in {**settings, **kept} if canonical(kept.get(name)) != canonical(settings.get(name))]
        raise RequestError(
            f"{folder} holds a training with other settings ({', '.join(other)}). "
            "Give another --work, or the speech and the settings it began with."
        )
    return True


def load(folder: Path, model: Nano, optimizer: torch.optim.Optimizer, settings: dict[str, Any]) -> State | None:
    """Take up what was kept; None where nothing was. What it raises is what ``agree`` raises."""
    if not agree(folder, settings):
        return None
    with safe_open(folder / "state.safetensors", "pt") as kept:
        state = State(**json.loads(kept.metadata()["state"]))
        tensors = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118 (a file, not a dict)
    model.load_state_dict({name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")})
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, index, kind = name.split(".")
            moments.setdefault(int(index), {})[kind] = value
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
    return state


def load_state(folder: Path) -> State:
    """What a stage knows of itself."""
    with safe_open(folder / "state.safetensors", "pt") as kept:
        return State(**json.loads(kept.metadata()["state"]))


def encoder_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The encoder of a stage, under the names that ``Wav2Vec2Model`` reads; heads are left out."""
    with safe_open(folder / "state.safetensors", "pt") as kept:
        names = sorted(name for name in kept.keys() if name.startswith("model.encoder."))  # noqa: SIM118 (a file, not a dict)
        return {name.removeprefix("model.encoder."): kept.get_tensor(name) for name in names}


def checkpoint_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The encoder of a checkpoint, in single precision.

    Raises
    ------
    RequestError
        If there is none that can be read.
    """
    path = folder / "model.safetensors"
    if not path.is_file():
        raise RequestError(f"{folder} holds no model.safetensors. Give a checkpoint that recipes.nano.export wrote.")
    try:
        return {name: value.float() for name, value in load_file(path).items()}
    except SafetensorError as error:
        raise RequestError(f"{path} cannot be read: {error}. Give a checkpoint that recipes.nano.export wrote.") from error


def weights_digest(weights: dict[str, torch.Tensor]) -> str:
    """12 hexadecimal characters of the hash of an encoder's weights."""
    found = hashlib.sha256()
    for name, value in sorted(weights.items()):
        found.update(name.encode())
        found.update(value.numpy().tobytes())
    return found.hexdigest()[:12]


def stage_folder(work: Path, stage: int) -> Path:
    """Where a stage is kept; the name of a later one holds the weights that it starts from, so it never goes on from others."""
    if stage == 1:
        return work / "stage1"
    return work / f"stage{stage}-{weights_digest(encoder_weights(stage_folder(work, stage - 1)))}"


def stages(work: Path) -> list[Path]:
    """The folders of all stages that were begun, each started from the one before it."""
    found: list[Path] = []
    while (folder := stage_folder(work, len(found) + 1)).joinpath("state.safetensors").exists():
        found.append(folder)
    return found
