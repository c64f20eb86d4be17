"""Several processes that train one model together, each on its part of every batch.

    with join_processes() as processes:
        Trainer(settings, crops, processes=processes).run(...)

trains alone under `python`, and together with the others under `torchrun`. All processes hold the
same model: they start from the first one's, average their gradients before every step and so take
the same step. Only the first one, of rank 0, writes files and reports.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor
from torch import distributed as dist

from ..errors import TrainingError

# What torchrun tells each process it starts.
_ENVIRONMENT = {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}
# Others wait while the first cuts the crops of hours of film. Should it end instead, they notice:
# its connections close.
_PATIENCE = timedelta(hours=12)


@dataclass(frozen=True)
class Processes:
    """This process among those that train together; alone, nothing here does or costs anything.

    Attributes:
        rank: 0 for the first.
        count: of all processes.
        device: where this one's model and batches are to be.

    All methods that exchange something must be called by all processes in the same order. They
    raise a TrainingError when another process has ended.
    """

    rank: int = 0
    count: int = 1
    device: str = "cpu"

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes files and reports."""
        return self.rank == 0

    def check_divisible(self, batch_size: int) -> None:
        """See that every process can have an equal part of a batch, of two crops or more.

        Raises:
            TrainingError: it cannot.
        """
        if self.count > 1 and (batch_size % self.count or batch_size < 2 * self.count):
            raise TrainingError(
                f"a batch of {batch_size} crops cannot be shared by {self.count} processes: "
                f"give a batch size that is a multiple of {self.count}, at least {2 * self.count}"
            )

    def part(self, batch_size: int) -> slice:
        """The rows of a batch that are this process's."""
        share = batch_size // self.count
        return slice(self.rank * share, (self.rank + 1) * share)

    def part_random_streams(self) -> None:
        """From one state of torch's generator, shared until now, go on to one for each process."""
        if self.count > 1:
            torch.manual_seed(torch.randint(2**31, ()).item() + self.rank)

    def mean(self, values: Tensor) -> Tensor:
        """The mean over the processes, the same to the last bit in all of them."""
        if self.count == 1:
            return values
        total = values.clone()
        with _others_present():
            dist.all_reduce(total)
        return total / self.count

    @torch.no_grad()
    def average_(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its mean over the processes: one exchange for all of them."""
        if self.count == 1:
            return
        tensors = list(tensors)
        flat = self.mean(torch.cat([tensor.flatten() for tensor in tensors]))
        parts = flat.split([tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view_as(tensor))

    @torch.no_grad()
    def copy_from_first_(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by the first process's."""
        if self.count == 1:
            return
        with _others_present():
            for tensor in tensors:
                dist.broadcast(tensor, 0)

    def wait(self) -> None:
        """Return when every process has come here."""
        self.mean(torch.zeros(1))

    @contextmanager
    def first_goes_ahead(self) -> Iterator[None]:
        """Run a block in the first process and, when it is through, in the others.

        For work that leaves a file which makes it short the second time.
        """
        if not self.is_first:
            self.wait()
        yield
        if self.is_first:
            self.wait()


ALONE = Processes()
"""A process that trains by itself."""


@contextmanager
def join_processes() -> Iterator[Processes]:
    """Meet the processes that torchrun started, and part from them at the end of the block.

    Yields:
        This one among them; alone if torchrun did not start it. Each has a GPU of its own where
        there are enough, otherwise all run on the processor.
    """
    device = _own_device()
    if not os.environ.keys() >= _ENVIRONMENT:
        yield Processes(device=device)
        return
    # Numbers that all are to agree on stay on the processor, which NCCL cannot serve.
    backend = "gloo" if device == "cpu" else "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend, timeout=_PATIENCE)
    try:
        yield Processes(dist.get_rank(), dist.get_world_size(), device)
    finally:
        dist.destroy_process_group()


def _own_device() -> str:
    here = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    if torch.cuda.device_count() < here:
        return "cpu"
    device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
    torch.cuda.set_device(device)
    return device


@contextmanager
def _others_present() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise TrainingError(
            "another process of this run has ended, see its message: the same command goes on "
            "from the last checkpoint"
        ) from error
