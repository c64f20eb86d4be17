"""The constrained optimisation: the multiplier lambda and its initial phase (equations 4 and 5)."""

import math
from dataclasses import asdict, dataclass


@dataclass
class ConstraintMultiplier:
    """lambda of the constraint C <= kappa^2, updated as in Klushyn et al. 2019 (REWO).

    Written there with beta = 1 / lambda:

        delta = C_ma - kappa^2
        beta <- beta exp(nu f(beta, delta; tau) delta)
        f(beta, delta; tau) = (1 - H(delta)) tanh(tau (beta - 1)) - H(delta)

    so lambda grows while the constraint is violated and falls towards 1, the evidence lower bound,
    while it holds. Until C_ma first meets kappa^2 (the initial phase) only the encoder and decoder
    are trained and lambda stands still.

    Attributes:
        kappa_squared: the bound on C, in C's own units (here nats, see reid_vae.objective).
        unit: delta is divided by it in the update. C in nats sums over Nx values, so Nx makes
            delta, and with it nu, independent of the image size.
        multiplier: lambda.
        nu: step size of the update; the paper's value is 1.
        tau: slope of tanh; 100 in the authors' published code.
        smoothing: weight of the past in the moving average C_ma.
        initial_phase: true until C_ma first meets kappa_squared; never entered again.
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

    # The authors' code bounds lambda's factor in one step, and lambda itself, so: one bad batch
    # moves it little, and it can neither vanish nor overflow.
    STEP_LIMITS = (0.9, 1.05)
    MULTIPLIER_LIMITS = (1e-6, 1e8)

    def update(self, reconstruction: float) -> None:
        """Take in C of one batch: move the average, perhaps end the initial phase, move lambda."""
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
        """All attributes, to be given back to the constructor on resuming."""
        return asdict(self)


def direction(beta: float, delta: float, tau: float) -> float:
    """f(beta, delta; tau): -1 while violated, else towards beta = 1 from either side."""
    return -1.0 if delta > 0 else math.tanh(tau * (beta - 1))
