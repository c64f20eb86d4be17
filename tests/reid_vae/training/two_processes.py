"""Two processes that train together: `python two_processes.py FOLDER TASK,TASK... TASK...`.

test_distributed.py starts this script. Two new processes, in an environment like torchrun's, do the
tasks of each argument. Each task saves its result in FOLDER/TASK-RANK.pt.
"""

import dataclasses
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.utils.tensorboard

# The parent imports it and TensorBoard for the forked processes, which would take seconds each.
import torchvision.utils  # noqa: F401 - imported for the forked processes
from torch import Tensor, nn

from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.training.distributed import Processes, join_processes
from flatsort.reid_vae.training.log import Progress
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.trainer import Settings, Trainer, TrainingError
from tests.reid_vae.conftest import TINY

# kappa is met after about half of these steps.
SETTINGS = Settings(
    architecture="tiny-isometric",
    constants=Constants(kappa=0.4252, beta=10.0, importance_samples=2, flatness_fraction=0.5),
    steps=12,
    batch_size=16,
    learning_rate=3e-3,
    warm_up=5,
)
KILLED_AT = 7
STEP = dataclasses.replace(SETTINGS, steps=1, learning_rate=1.0)
CONSTANTS = SETTINGS.constants
# Models that differ in their flatness term: all columns of the metric, random directions, a limited
# gradient, the paper's norm, and no term.
STEPPED = {
    "columns": STEP,
    "directions": dataclasses.replace(STEP, latent_size=20),
    "limited": dataclasses.replace(
        STEP,
        constants=dataclasses.replace(CONSTANTS, beta=1e4),
        start="random",
        flatness_limit=0.5,
    ),
    "printed": dataclasses.replace(
        STEP,
        latent_size=20,
        constants=dataclasses.replace(CONSTANTS, printed_norm=True),
        start="random",
    ),
    "none": dataclasses.replace(
        STEP, constants=dataclasses.replace(CONSTANTS, beta=0.0), start="random"
    ),
}
CROPS = np.random.default_rng(0).integers(0, 256, (48, 8, 8, 3)).astype(np.uint8)
ISOMETRIC = dataclasses.replace(TINY, isometric_start=True)
LINE = torch.arange(8.0)[:, None], 3 * torch.arange(8.0)[:, None] + 1


def average(processes: Processes, folder: Path) -> dict[str, Tensor]:
    """Return a line's gradients: of this process on its half of eight points, and averaged."""
    line = nn.Linear(1, 1)
    nn.init.ones_(line.weight)
    nn.init.zeros_(line.bias)
    part = processes.part
    inputs, targets = LINE
    (line(inputs[part]) - targets[part]).square().mean().backward()
    own = line.weight.grad.clone()
    processes.average_([line.weight.grad, line.bias.grad])
    return {"own": own, "weight": line.weight.grad, "bias": line.bias.grad}


def copy(processes: Processes, folder: Path) -> Tensor:
    """Return a tensor after copying it from the first process."""
    values = torch.full((3,), float(processes.rank + 5))
    processes.copy_from_first_([values])
    return values


def order(processes: Processes, folder: Path) -> bool:
    """Return whether the first process has made the file when this process gets its turn."""
    with processes.first_goes_ahead():
        path = folder / "made-once"
        found = path.exists()
        path.touch()
    return found


def train(processes: Processes, folder: Path) -> dict[str, object]:
    """Return the result of a whole run."""
    return _run(processes, folder / "run")


def killed(processes: Processes, folder: Path) -> str:
    """Return the error of the other processes in a run whose first process is killed."""

    def kill(progress: Progress) -> None:
        if progress.step == KILLED_AT:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        _run(processes, folder / "killed", kill)
    except TrainingError as error:
        return str(error)
    return "nothing"


def resumed(processes: Processes, folder: Path) -> dict[str, object]:
    """Return the result of resuming the killed run."""
    return _run(processes, folder / "killed")


def unshared(processes: Processes, folder: Path) -> str:
    """Return the error when only one process sees the checkpoint."""
    return _refusal(processes, folder / ("run" if processes.is_first else "empty"))


def broken(processes: Processes, folder: Path) -> str:
    """Return the error when the objective of one process is not finite."""

    def break_the_last(trainer: Trainer) -> None:
        if not processes.is_first:
            nn.init.constant_(trainer.model.decoder.network.last.bias, torch.nan)

    return _refusal(processes, folder / "broken", break_the_last)


def same_step(processes: Processes, folder: Path) -> dict[str, dict[str, dict[str, Tensor]]]:
    """Return the model before and after a step taken together or alone, per kind of model."""
    return {
        kind: {
            "together": _one_step(settings, processes),
            "alone": _one_step(settings, Processes()),
            "before": Trainer(settings, CROPS).model.state_dict(),
        }
        for kind, settings in STEPPED.items()
    }


def _one_step(settings: Settings, processes: Processes) -> dict[str, Tensor]:
    """Return the model after one step, and the gradients.

    The optimizer is gradient descent, because the length of Adam's first steps does not depend on
    the gradient.
    """
    trainer = Trainer(settings, CROPS, processes=processes)
    # The prior is trained at once.
    trainer.optimisation.constraint.initial_phase = False
    model = trainer.model
    trainer.optimisation.optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    for _ in trainer._steps_left():
        pass
    gradients = {f"gradient of {name}": p.grad for name, p in model.named_parameters()}
    return model.state_dict() | {n: g for n, g in gradients.items() if g is not None}


def _run(
    processes: Processes, folder: Path, report: Callable[[Progress], None] = lambda _: None
) -> dict[str, object]:
    trainer = Trainer(SETTINGS, CROPS, processes=processes)
    history: list[Progress] = []

    def both(progress: Progress) -> None:
        history.append(progress)
        report(progress)

    trainer.run(folder, both, checkpoint_every=0)
    return {
        "model": trainer.model.state_dict(),
        "constraint": trainer.optimisation.constraint.state(),
        "multipliers": [progress.multiplier for progress in history],
        "phases": [progress.initial_phase for progress in history],
    }


def _refusal(
    processes: Processes, folder: Path, change: Callable[[Trainer], None] = lambda _: None
) -> str:
    trainer = Trainer(SETTINGS, CROPS, processes=processes)
    change(trainer)
    try:
        trainer.run(folder, lambda _: None)
    except TrainingError as error:
        return str(error)
    return "nothing"


def work(rank: int, port: int, folder: Path, tasks: list[str]) -> None:
    """Do these tasks as one of two processes."""
    shared = {"WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1"}
    own = {"RANK": rank, "LOCAL_RANK": rank, "MASTER_PORT": port}
    os.environ.update({name: str(value) for name, value in (shared | own).items()})
    with join_processes() as processes:
        for task in tasks:
            found = globals()[task](processes, folder)
            torch.save(found, folder / f"{task}-{rank}.pt")


def main(folder: Path, *arguments: str) -> list[int]:
    """Do the tasks of each argument in two new processes; return all exit statuses.

    Processes are forked, because importing torch takes longer than all tasks.
    """
    torch.set_num_threads(1)
    ARCHITECTURES["tiny-isometric"] = ISOMETRIC
    fork = multiprocessing.get_context("fork")
    statuses = []
    for tasks in arguments:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        started = [
            fork.Process(target=work, args=(rank, port, folder, tasks.split(",")))
            for rank in range(2)
        ]
        for process in started:
            process.start()
        for process in started:
            process.join(300)
            process.kill()
            process.join()
        statuses += [process.exitcode for process in started]
    return statuses


if __name__ == "__main__":
    print(*main(Path(sys.argv[1]), *sys.argv[2:]))
