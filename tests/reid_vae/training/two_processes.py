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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    constants=Constants(kappa=0.374, beta=10.0, importance_samples=2, flatness_fraction=0.5),
    steps=12,
    batch_size=16,
    learning_rate=3e-3,
    warm_up=5,
)
KILLED_AT = 7
CROPS = np.random.default_rng(0).integers(0, 256, (48, 8, 8, 3)).astype(np.uint8)
ISOMETRIC = dataclasses.replace(TINY, isometric_start=True)
LINE = torch.arange(8.0)[:, None], 3 * torch.arange(8.0)[:, None] + 1


def average(processes: Processes, folder: Path) -> dict[str, Tensor]:
    """Return a line's gradients: of this process on its half of eight points, and averaged."""
    line = nn.Linear(1, 1)
    nn.init.ones_(line.weight)
    nn.init.zeros_(line.bias)
    part = processes.part(8)
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


def streams(processes: Processes, folder: Path) -> Tensor:
    """Return random numbers drawn before and after each process gets its own stream."""
    torch.manual_seed(3)
    before = torch.rand(4)
    processes.separate_random_streams()
    return torch.stack([before, torch.rand(4)])


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


def noiseless(processes: Processes, folder: Path) -> dict[str, dict[str, Tensor]]:
    """Return the weights before training, and after three steps taken together or alone."""
    return {
        "together": _three_steps_without_noise(processes, folder / "noiseless"),
        "alone": _three_steps_without_noise(Processes(), folder / f"alone-{processes.rank}"),
        "before": Trainer(SETTINGS, CROPS).model.state_dict(),
    }


def _three_steps_without_noise(processes: Processes, folder: Path) -> dict[str, Tensor]:
    """Return the weights after three steps in which the objective is a plain mean over the batch.

    There is no sampling noise and no BatchNorm. The flatness term is negligible, because its c^2
    is a mean over points. The optimizer is gradient descent, because the length of Adam's first
    steps does not depend on the gradient. kappa is not met, so the prior is not trained; its
    gradient would be by far the largest.
    """
    constants = dataclasses.replace(SETTINGS.constants, kappa=0.1, beta=1e-30)
    settings = dataclasses.replace(SETTINGS, constants=constants, steps=3, learning_rate=1.0)
    trainer = Trainer(settings, CROPS, processes=processes)
    stages = trainer.model.encoder.stages
    for name, layer in stages.named_children():
        if isinstance(layer, nn.BatchNorm2d):
            setattr(stages, name, nn.Identity())
    parameters = list(trainer.model.parameters())
    trainer.optimisation.optimizer = torch.optim.SGD(parameters, lr=1.0)
    with _no_noise():
        trainer.run(folder, lambda _: None)
    return trainer.model.state_dict()


@contextmanager
def _no_noise() -> Iterator[None]:
    kept = torch.randn, torch.randn_like
    torch.randn, torch.randn_like = torch.zeros, torch.zeros_like
    yield
    torch.randn, torch.randn_like = kept


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
