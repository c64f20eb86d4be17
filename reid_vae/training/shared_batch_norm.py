"""BatchNorm over a batch that several processes share. PyTorch's SyncBatchNorm needs GPUs."""

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..batch_share import BatchShare
from ..model.parts import needed


def share_batch_norm(model: nn.Module, share: BatchShare) -> None:
    """Let each BatchNorm of a model normalise by the statistics of the whole batch.

    Names, parameters and statistics of the layers stay the same.

    Args:
        model: the model of this process; changed in place.
        share: the rows of this process; all processes have as many.
    """
    if share.count == 1:
        return
    for module in list(model.modules()):
        for name, layer in list(module.named_children()):
            if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
                setattr(module, name, SharedBatchNorm(layer, share))


class SharedBatchNorm(_BatchNorm):
    """A BatchNorm that takes mean and variance over the batch of all processes.

    Args:
        layer: the BatchNorm to replace; its parameters and statistics are used, not copied.
        share: the rows of this process.
    """

    def __init__(self, layer: _BatchNorm, share: BatchShare) -> None:
        super().__init__(
            layer.num_features, layer.eps, layer.momentum, layer.affine, layer.track_running_stats
        )
        self.weight, self.bias = layer.weight, layer.bias
        self.running_mean, self.running_var = layer.running_mean, layer.running_var
        self.num_batches_tracked = layer.num_batches_tracked
        self._share = share

    def forward(self, values: Tensor) -> Tensor:
        """Normalise values (n, C) or (n, C, H, W); in evaluation by running statistics."""
        if not self.training:
            return super().forward(values)
        # Squares of bfloat16 numbers would lose the variance.
        wide = values.float()
        axes = [axis for axis in range(wide.ndim) if axis != 1]
        shape = [-1 if axis == 1 else 1 for axis in range(wide.ndim)]
        mean = self._share.average(wide.mean(axes))
        centred = wide - mean.view(shape)
        variance = self._share.average(centred.square().mean(axes))
        self._update_statistics(mean, variance, wide.numel() // len(mean))
        normalised = centred * torch.rsqrt(variance + self.eps).view(shape)
        if self.affine:
            normalised = normalised * self.weight.view(shape) + self.bias.view(shape)
        return normalised.to(values.dtype)

    @torch.no_grad()
    def _update_statistics(self, mean: Tensor, variance: Tensor, own: int) -> None:
        """Update the running statistics as nn.BatchNorm2d does, by the unbiased variance.

        Args:
            mean: (C,), mean of the whole batch.
            variance: (C,), its biased variance.
            own: number of values per channel in this process.
        """
        count = own * self._share.count
        momentum = needed(self.momentum, "momentum")
        needed(self.running_mean, "running mean").lerp_(mean, momentum)
        unbiased = variance * (count / (count - 1))
        needed(self.running_var, "running variance").lerp_(unbiased, momentum)
        needed(self.num_batches_tracked, "number of batches").add_(1)

    def _check_input_dim(self, values: Tensor) -> None:
        """Accept every shape that BatchNorm1d and BatchNorm2d accept."""
