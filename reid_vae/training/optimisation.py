"""The constrained optimisation of one model, batch by batch.

Additions to the paper: gradients are clipped; the learning rate warms up and then falls along a
cosine; and when the initial phase ends, the weight of the bound drops and rises again while the
prior is trained.
"""

import math
from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import TrainingError
from .constraint import ConstraintMultiplier
from .distributed import ALONE, Processes
from .log import Progress
from .objective import Model, Terms, batch_terms
from .settings import OptimisationSettings
from .shared_batch_norm import share_batch_norm


class ConstrainedOptimisation:
    """Minimises equation 12 for one model, in one process or in several that take the same steps.

    Attributes:
        model: the model in training.
        optimizer: Adam.
        constraint: lambda and its initial phase.
        step: number of steps taken so far.
        constraint_met_at: the step that ended the initial phase; None during that phase.

    Args:
        model: the model, on the device of this process.
        settings: settings of the optimisation.
        processes: the processes that share each batch; all start from the first one's model.
    """

    def __init__(
        self, model: Model, settings: OptimisationSettings, processes: Processes = ALONE
    ) -> None:
        self.model = model
        self._settings = settings
        self._processes = processes
        processes.copy_from_first_(model.state_dict().values())
        share_batch_norm(model, processes)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
        data_size = model.architecture.data_size
        self.constraint = ConstraintMultiplier(
            kappa_squared=model.likelihood.allowed(data_size, settings.constants.kappa),
            unit=data_size,
            multiplier=settings.initial_multiplier,
        )
        self.step = 0
        self.constraint_met_at: int | None = None

    def take_step(self, inputs: Tensor, targets: Tensor) -> Progress:
        """Update the model, then lambda.

        Args:
            inputs: this process's part of the batch, inputs of the encoder.
            targets: targets of the decoder, one per input.

        Returns:
            The terms of the whole batch: the mean over the processes.

        Raises:
            TrainingError: the objective or its gradient is not finite in some process; all
                processes raise the error. The parameters have not changed.
        """
        self.model.train()
        # Until the constraint is first met, only encoder and decoder are trained.
        self.model.prior.requires_grad_(not self.constraint.initial_phase)
        terms = batch_terms(self.model, inputs, targets, self._settings.constants, self._processes)
        # All processes decide by the mean, so all stop or leave the initial phase at the same step.
        means = Terms(*self._processes.mean(_stack_terms(terms).detach()))
        self._check_finite(self._objective(means), "objective")
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate()
        self.optimizer.zero_grad(set_to_none=True)
        self._set_gradients(terms)
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self._settings.clip_norm)
        self._check_finite(norm, "gradient")
        self.optimizer.step()

        bounded = means.reconstruction
        if self._settings.constants.bounded_flatness:
            bounded = bounded + self._beta() * means.flatness
        self.constraint.update(bounded.item())
        if self.constraint_met_at is None and not self.constraint.initial_phase:
            self.constraint_met_at = self.step
        self.step += 1
        return self.progress(means)

    def progress(self, terms: Terms) -> Progress:
        """Return these terms together with the state of the optimisation."""
        reconstruction = terms.reconstruction.item()
        data_size = self.model.architecture.data_size
        kappa = self._settings.constants.kappa
        return Progress(
            step=self.step,
            reconstruction=reconstruction,
            kappa_squared=self.constraint.kappa_squared,
            rms_error=self.model.likelihood.error_per_value(reconstruction, data_size, kappa),
            bound=terms.bound.item(),
            multiplier=self.constraint.multiplier,
            flatness=terms.flatness.item(),
            c_squared=terms.c_squared.item(),
            initial_phase=self.constraint.initial_phase,
        )

    def state(self) -> dict[str, Any]:
        """Return the state from which a run can resume: tensors and plain values."""
        return {
            "step": self.step,
            "constraint": self.constraint.state(),
            "constraint_met_at": self.constraint_met_at,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Restore a state that :meth:`state` returned.

        Raises:
            ValueError: a number is not of its kind, or a tensor has another shape. Other states
                raise KeyError, RuntimeError, TypeError and the like.
        """
        met_at = state["constraint_met_at"]
        for step in (state["step"], 0 if met_at is None else met_at):
            if not isinstance(step, int) or not 0 <= step <= self._settings.steps:
                raise ValueError(f"step {step}")
        for name, value in state["constraint"].items():
            if not isinstance(value, int | float | None) or not math.isfinite(value or 0):
                raise ValueError(f"{name} {value}")
        self.step, self.constraint_met_at = state["step"], met_at
        self.constraint = ConstraintMultiplier(**state["constraint"])
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        for parameter, kept in self.optimizer.state.items():
            for value in kept.values():
                if value.shape not in (parameter.shape, ()):
                    raise ValueError(f"an average of the shape {value.shape}")

    def _set_gradients(self, terms: Terms) -> None:
        """Set the gradient of the objective; limit that of the flatness term if settings do.

        Gradients are means over the processes.
        """
        limit = self._settings.flatness_limit
        if limit is None or not self._beta() > 0:
            self._objective(terms).backward()
            self._processes.average_(self._gradients())
            return
        flat = self._beta() * terms.flatness / self.model.architecture.data_size
        flat.backward(retain_graph=True)
        self._processes.average_(self._gradients())
        gradients = [(p, p.grad) for p in self.model.parameters() if p.grad is not None]
        self.optimizer.zero_grad(set_to_none=True)
        self._objective(replace(terms, flatness=terms.flatness.detach())).backward()
        self._processes.average_(self._gradients())
        others = nn.utils.get_total_norm(self._gradients())
        norm = nn.utils.get_total_norm([gradient for _, gradient in gradients])
        scale = (limit * others / norm).clamp(max=1.0)
        for parameter, gradient in gradients:
            scaled = scale * gradient
            parameter.grad = scaled if parameter.grad is None else parameter.grad + scaled

    def _objective(self, terms: Terms) -> Tensor:
        """Return the objective in nats per value.

        When the initial phase ends, the untrained prior makes the bound over a thousand nats. Its
        weight therefore drops to a tenth, and rises again while the prior is trained.
        """
        multiplier = self.constraint.multiplier
        if self.constraint_met_at is not None:
            since = self.step - self.constraint_met_at
            ramp = min(1.0, since / max(1, self._settings.warm_up))
            # The ramp starts above zero, so that the prior is trained from the first step.
            multiplier = multiplier / (0.1 + 0.9 * ramp)
        objective = terms.objective(multiplier, self.constraint.kappa_squared, self._beta())
        per_value: Tensor = objective / self.model.architecture.data_size
        return per_value

    def _beta(self) -> float:
        """Return the weight of the flatness term at this step."""
        beta, rise = self._settings.constants.beta, self._settings.flatness_warm_up
        return beta * min(1.0, self.step / rise) if rise else beta

    def _learning_rate(self) -> float:
        settings = self._settings
        warm = min(1.0, (self.step + 1) / max(1, settings.warm_up))
        cosine = 0.5 * (1 + math.cos(math.pi * self.step / settings.steps))
        return settings.learning_rate * warm * cosine

    def _gradients(self) -> list[Tensor]:
        return [p.grad for p in self.model.parameters() if p.grad is not None]

    def _check_finite(self, value: Tensor, name: str) -> None:
        if not torch.isfinite(value):
            raise TrainingError(
                f"the {name} is not finite at step {self.step}: lower the learning rate "
                f"({self._settings.learning_rate:g}) or raise kappa "
                f"({self._settings.constants.kappa:g})"
            )


def _stack_terms(terms: Terms) -> Tensor:
    """Return the terms as one tensor (4,), in the order of the fields."""
    return torch.stack([getattr(terms, field.name) for field in fields(Terms)])
