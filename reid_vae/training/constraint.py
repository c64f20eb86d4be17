"""The multiplier lambda of the constraint, and the initial phase (equations 4 and 5)."""

import math
from dataclasses import asdict, dataclass


@dataclass
class ConstraintMultiplier:
    """The multiplier lambda of the constraint C <= kappa^2.

    It follows the algorithm REWO of Klushyn et al. 2019, which writes beta = 1 / lambda:

        delta = C_ma - kappa^2
        beta <- beta exp(nu f(beta, delta; tau) delta)
        f(beta, delta; tau) = (1 - H(delta)) tanh(tau (beta - 1)) - H(delta)

    lambda therefore grows while the constraint is violated. While the constraint holds, lambda
    moves towards 1, where the objective is the evidence lower bound. In the initial phase, until
    C_ma first meets kappa^2, only encoder and decoder are trained and lambda does not change.

    Attributes:
        kappa_squared: bound on C in the units of C (here nats, see reid_vae.training.objective).
        unit: divisor of delta in the update. C in nats is a sum over Nx values, so the divisor Nx
            makes delta, and therefore nu, independent of the image size.
        multiplier: lambda.
        nu: step size of the update; 1 in the paper.
        tau: slope of tanh; 100 in the authors' published code.
        smoothing: weight of the previous average in the moving average C_ma.
        initial_phase: true until C_ma first meets kappa_squared, and false from then on.
        moving_average: C_ma; None before the first update.
    """

    kappa_squared: float
    unit: float = 1.0
    multiplier: float = 20.0
    nu: float = 1.0
    tau: float = 100.0
    smoothing: float = 0.99
    initial_phase: bool = True
    moving_average: float | None = None

    # Bounds from the authors' code on the factor of lambda per step and on lambda itself. One bad
    # batch moves lambda only a little, and lambda can neither vanish nor overflow.
    STEP_LIMITS = (0.9, 1.05)
    MULTIPLIER_LIMITS = (1e-6, 1e8)

    def update(self, reconstruction: float) -> None:
        """Update the average with C of one batch, then end the initial phase or update lambda."""
        if self.moving_average is None:
            self.moving_average = reconstruction
        else:
            keep = self.smoothing
            self.moving_average = keep * self.moving_average + (1 - keep) * reconstruction
        delta = (self.moving_average - self.kappa_squared) / self.unit
        if self.initial_phase:
            self.initial_phase = delta > 0
            return
        beta = 1 / self.multiplier
        exponent = -self.nu * direction(beta, delta, self.tau) * delta
        low, high = self.STEP_LIMITS
        factor = math.exp(min(max(exponent, math.log(low)), math.log(high)))
        low, high = self.MULTIPLIER_LIMITS
        self.multiplier = min(max(self.multiplier * factor, low), high)

    def state(self) -> dict[str, float | bool | None]:
        """Return all attributes; a resumed run passes them to the constructor."""
        return asdict(self)


def direction(beta: float, delta: float, tau: float) -> float:
    """Return f(beta, delta; tau): -1 if the constraint is violated, else tanh(tau (beta - 1))."""
    return -1.0 if delta > 0 else math.tanh(tau * (beta - 1))
