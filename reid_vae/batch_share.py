"""The part of a batch that one of several processes has, and exchanges that keep gradients.

A step of several processes equals the step of one process on the same batch. Three things make this
so. Every process draws the noise of the whole batch, from the same seed, and uses its own rows. A
mean over the batch is taken over all processes, and its gradient reaches the rows of all of them.
Pairs of points are formed in the whole batch.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch import distributed as dist

from .errors import TrainingError


@dataclass(frozen=True)
class BatchShare:
    """The rows of a batch that belong to this process; a single process has all of them.

    Attributes:
        rank: number of this process; the first is 0.
        count: number of processes. They are those of torch.distributed's default group.

    If there are several processes, all must call the methods that exchange tensors, in the same
    order. These methods raise a TrainingError if another process has exited.
    """

    rank: int = 0
    count: int = 1

    @property
    def part(self) -> slice:
        """The rows of this process: every ``count``-th one.

        So the first rows of a batch, at which the metric is measured, are shared equally, too.
        """
        return slice(self.rank, None, self.count)

    def noise(self, values: Tensor, samples: int | None = None) -> Tensor:
        """Return standard normal noise for values of this process.

        Args:
            values: (n, D), the rows of this process; each process has as many.
            samples: number K of draws per row; None for one.

        Returns:
            (n, D), or (K, n, D): rows of the noise that one process draws for the whole batch.
        """
        rows, size = values.shape
        draws = () if samples is None else (samples,)
        shape = (*draws, rows * self.count, size)
        whole = torch.randn(shape, device=values.device, dtype=values.dtype)
        return whole[..., self.part, :]

    def gather(self, values: Tensor) -> Tensor:
        """Return the rows of all processes in the order of the batch: (n, D) -> (n count, D)."""
        if self.count == 1:
            return values
        whole = values.new_zeros(len(values) * self.count, *values.shape[1:])
        whole[self.part] = values
        return _add(whole)

    def average(self, values: Tensor) -> Tensor:
        """Return the mean of a tensor over the processes."""
        return values if self.count == 1 else _add(values) / self.count


WHOLE = BatchShare()
"""The share of a process that works alone."""


@contextmanager
def require_other_processes() -> Iterator[None]:
    """Raise a TrainingError if an exchange in the block fails because a process has exited."""
    try:
        yield
    except RuntimeError as error:
        raise TrainingError(
            "another process of this run has ended; read its message, then run the same command "
            "again to resume from the last checkpoint"
        ) from error


def _add(values: Tensor) -> Tensor:
    added: Tensor = _Sum.apply(values)
    return added


class _Sum(torch.autograd.Function):
    """The sum over the processes.

    Each process has an objective of its own, and training averages their gradients. So the gradient
    of a process's values is the sum of the gradients that the objectives of all processes have at
    the sum.
    """

    @staticmethod
    def forward(context: Any, values: Tensor) -> Tensor:
        """Add the values of all processes."""
        total = values.clone(memory_format=torch.contiguous_format)
        with require_other_processes():
            dist.all_reduce(total)
        return total

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        """Add the gradients of all processes."""
        total = gradients[0].clone(memory_format=torch.contiguous_format)
        with require_other_processes():
            dist.all_reduce(total)
        return total
