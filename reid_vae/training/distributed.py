"""Data-parallel training: several processes train one model, each on its part of every batch.

    with join_processes() as processes:
        Trainer(settings, crops, processes=processes).run(...)

trains in one process under `python`, and in several processes under `torchrun`. All processes hold
the same model: they start from the model of the first process, and average their gradients before
every step, so all take the same step. Only the first process, of rank 0, writes files and reports.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor
from torch import distributed as dist

from ..batch_share import BatchShare, require_other_processes
from ..errors import TrainingError

# Environment variables that torchrun sets for each process.
_ENVIRONMENT = {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}
# Longest wait for another process. The first process may cut crops from hours of video while the
# others wait. If it exits instead, the others notice at once, because its connections close.
_TIMEOUT = timedelta(hours=12)


@dataclass(frozen=True)
class Processes(BatchShare):
    """This process and the group it trains in; a group of one exchanges nothing.

    Attributes:
        device: torch device for the model and batches of this process.

    :class:`BatchShare` describes the other attributes. The methods below exchange tensors without
    gradients.
    """

    device: str = "cpu"

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and reports."""
        return self.rank == 0

    def check_divisible(self, batch_size: int) -> None:
        """Check that a batch divides into equal parts of at least two crops per process.

        Raises:
            TrainingError: the batch does not divide in this way.
        """
        if self.count > 1 and (batch_size % self.count or batch_size < 2 * self.count):
            raise TrainingError(
                f"a batch of {batch_size} crops cannot be shared by {self.count} processes: "
                f"give a batch size that is a multiple of {self.count}, at least {2 * self.count}"
            )

    def mean(self, values: Tensor) -> Tensor:
        """Return the mean over the processes, bit-identical in all of them."""
        if self.count == 1:
            return values
        total = values.clone()
        with require_other_processes():
            dist.all_reduce(total)
        return total / self.count

    @torch.no_grad()
    def average_(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its mean over the processes, in one exchange for all tensors."""
        if self.count == 1:
            return
        tensors = list(tensors)
        flat = self.mean(torch.cat([tensor.flatten() for tensor in tensors]))
        parts = flat.split([tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view_as(tensor))

    @torch.no_grad()
    def copy_from_first_(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by that of the first process."""
        if self.count == 1:
            return
        with require_other_processes():
            for tensor in tensors:
                dist.broadcast(tensor, 0)

    def wait(self) -> None:
        """Return when every process has called this method."""
        self.mean(torch.zeros(1))

    @contextmanager
    def first_goes_ahead(self) -> Iterator[None]:
        """Run a block in the first process, and in the other processes when the first is done.

        Use it for work that writes a cache file, so that the other processes only read the file.
        """
        if not self.is_first:
            self.wait()
        yield
        if self.is_first:
            self.wait()


ALONE = Processes()
"""A process that trains alone."""


@contextmanager
def join_processes() -> Iterator[Processes]:
    """Join the processes that torchrun started, and leave them at the end of the block.

    Yields:
        This process and its group, which is a group of one if torchrun did not start it. Each
        process has a GPU of its own if there are enough; otherwise all processes use the CPU.
    """
    device = _own_device()
    if not os.environ.keys() >= _ENVIRONMENT:
        yield Processes(device=device)
        return
    # Scalars that all processes agree on stay on the CPU. NCCL cannot exchange CPU tensors.
    backend = "gloo" if device == "cpu" else "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend, timeout=_TIMEOUT)
    try:
        yield Processes(dist.get_rank(), dist.get_world_size(), device)
    finally:
        dist.destroy_process_group()


def _own_device() -> str:
    local_count = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    if torch.cuda.device_count() < local_count:
        return "cpu"
    device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
    torch.cuda.set_device(device)
    return device
