"""The experiments: data sets, networks and settings, from the paper's Table 3 where it has them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from flatsort.paper.latent.points import Points
from flatsort.reid_vae.model.dense_vae import DenseArchitecture
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.settings import OptimisationSettings

FLAT, PLAIN = "VHP-FMVAE", "VHP-VAE"
UNMIXED, UNNORMALISED = "VHP-FMVAE, no mixup", "VHP-FMVAE, no normalisation"
COMPARED, ABLATIONS = (FLAT, PLAIN), (UNMIXED, UNNORMALISED)
"""The two compared models, and the two ablations of figure 7."""


@dataclass(frozen=True)
class Sources:
    """Files and folders of the data that the project does not include.

    Attributes:
        mnist: an .npz file; None to download MNIST.
        motion: the folder with CMU's subjects; None to download them.
        downloads: the folder for downloads.
    """

    mnist: Path | None
    motion: Path | None
    downloads: Path


@dataclass(frozen=True)
class Experiment:
    """A data set, and the network and settings that model it.

    Attributes:
        name: name on the command line.
        words: the words of the command line that run the experiment.
        title: title in figures and pages.
        load: function that reads or makes the data.
        architecture: the network; its `data_size` is set from the data.
        settings: VHP-FMVAE's settings. The ablations differ only in the flatness term, VHP-VAE also
            in kappa.
        plain_kappa: VHP-VAE's kappa, with which its error on held-out data is that of VHP-FMVAE.
        samples: number of latents at which the metric is measured.
        error_unit: unit of the error and of kappa, in words.
        methods: the methods to train; each of the ablations among them is trained once.
        note: a paragraph for the page, or "".
    """

    name: str
    words: str
    title: str
    load: Callable[[Sources], Points]
    architecture: DenseArchitecture
    settings: OptimisationSettings
    plain_kappa: float
    samples: int
    error_unit: str
    methods: tuple[str, ...] = COMPARED
    note: str = ""

    def seeds_of(self, method: str, seeds: int) -> range:
        """Return the seeds of a method's trainings, if the compared methods have so many."""
        return range(1 if method in ABLATIONS else seeds)

    def settings_of(self, method: str, seed: int) -> OptimisationSettings:
        """Make the settings of one training."""
        constants = self.settings.constants
        changed = {
            FLAT: constants,
            PLAIN: replace(constants, beta=0.0, kappa=self.plain_kappa),
            UNMIXED: replace(constants, mixed=False),
            UNNORMALISED: replace(constants, normalised=False),
        }[method]
        return replace(self.settings, constants=changed, seed=seed)


def _load_pendulum(sources: Sources) -> Points:
    from flatsort.paper.latent.pendulum import load_pendulum

    return load_pendulum()


def _load_motion(sources: Sources) -> Points:
    from flatsort.paper.latent.human_motion import load_motion
    from flatsort.paper.latent.motion_download import fetch_motion

    return load_motion(sources.motion or fetch_motion(sources.downloads / "mocap"))


def _load_mnist(sources: Sources) -> Points:
    from flatsort.paper.latent.mnist import load_mnist

    return load_mnist(sources.mnist, sources.downloads)


# The paper's Table 3 gives the layers and beta, but not the units of beta. The other settings are
# ours, chosen by the reconstruction error alone:
# - kappa, in the units of reid_vae.model.likelihood: an error that a model with two latent
#   dimensions reaches well before the end of its training;
# - VHP-VAE's kappa: the one with which its error on held-out data, over three trainings, is within
#   3 % of VHP-FMVAE's. Flatness is then compared at equal fits;
# - a learning rate ten times as large, and so fewer steps;
# - the flatness term on the whole batch;
# - for human motion and MNIST, a beta that rises in the first tenth of the steps, and a limited
#   gradient of the flatness term: otherwise some trainings never meet the constraint;
# - K = 8 for networks whose prior has four layers and would otherwise take most of the time; the
#   paper uses 16 and 32.
EXPERIMENTS = {
    "pendulum": Experiment(
        name="pendulum",
        words="pendulum",
        title="Pendulum",
        load=_load_pendulum,
        architecture=DenseArchitecture(data_size=0),
        # kappa lies just above the noise of the images, 0.05.
        settings=OptimisationSettings(
            constants=Constants(
                kappa=0.055, beta=1000.0, importance_samples=16, flatness_fraction=1.0
            ),
            steps=3000,
            batch_size=128,
        ),
        plain_kappa=0.055,
        samples=10_000,
        error_unit="root mean square of a pixel; the rod is 1, the noise 0.05",
    ),
    "human": Experiment(
        name="human",
        words="human",
        title="Human motion",
        load=_load_motion,
        architecture=DenseArchitecture(data_size=0, hidden=(256,) * 4, prior_hidden=(256,) * 4),
        # The paper's beta is 8000. In our unit it makes the decoder far flatter than needed, and
        # the error is twice as large as with 100.
        settings=OptimisationSettings(
            constants=Constants(
                kappa=0.09, beta=100.0, importance_samples=8, flatness_fraction=1.0
            ),
            steps=4000,
            batch_size=128,
            flatness_warm_up=400,
            flatness_limit=3.0,
        ),
        plain_kappa=0.16,
        samples=3_000,
        error_unit="root mean square of a joint's angle in radians",
    ),
    "mnist": Experiment(
        name="mnist",
        words="mnist",
        title="MNIST",
        load=_load_mnist,
        architecture=DenseArchitecture(
            data_size=0,
            hidden=(256,) * 4,
            prior_hidden=(256,) * 4,
            likelihood="bernoulli",
        ),
        # The paper's beta is 8000, for a norm whose units the paper does not name. Our beta counts
        # nats per relative deviation of 1 from flatness. In this unit 8000 is more than all nats of
        # a digit, so the model would only learn the mean of all digits. With 100 the error stays
        # above VHP-VAE's, and no kappa can raise that: kappa is not part of a Bernoulli, so it does
        # not change the objective of a VHP-VAE that meets its constraint.
        settings=OptimisationSettings(
            constants=Constants(
                kappa=0.177, beta=10.0, importance_samples=8, flatness_fraction=1.0
            ),
            steps=4000,
            batch_size=128,
            flatness_warm_up=400,
            flatness_limit=3.0,
        ),
        plain_kappa=0.18,
        samples=1_000,
        error_unit="nats per pixel",
    ),
}

# Table 3's beta and K.
_PRINTED = {"pendulum": (1000.0, 16), "human": (8000.0, 32), "mnist": (8000.0, 16)}
_MORE_STEPS = 3
"""The paper's learning rate is a tenth of ours; ten times the steps would take hours."""

_AS_PAPER = """\
R is the norm of equation 12 as printed: not squared, and in the units of the data. lambda's
constraint bounds C + beta R. beta, K and the learning rate are those of Table 3. kappa remains
ours, for both methods. The paper's kappas have no unit in which all are possible: .025 is less than
the noise of the pendulum's pixels, .05, so it is no root-mean-square error; and .8 is more than the
standard deviation of any pixel in [0, 1]. Still ours: the scale of C (nats), the number of steps,
the batch, the clipped gradients, the warm-up and the cosine of the learning rate, and the weight of
the bound that rises after the initial phase."""


def as_paper(experiment: Experiment) -> Experiment:
    """Return an experiment with the paper's objective and settings, as far as they are printed.

    R is the norm of equation 12, not squared and in the units of the data, and lambda's constraint
    bounds C + beta R. beta, K and the learning rate are those of Table 3. kappa remains ours, for
    both methods: the paper's kappas have no unit in which all four are possible.
    """
    beta, samples = _PRINTED[experiment.name]
    settings = experiment.settings
    return replace(
        experiment,
        words=f"{experiment.words} --as-paper",
        title=f"{experiment.title}, as the paper prints it",
        note=_AS_PAPER,
        settings=replace(
            settings,
            constants=replace(
                settings.constants,
                beta=beta,
                printed_norm=True,
                bounded_flatness=True,
                importance_samples=samples,
            ),
            steps=_MORE_STEPS * settings.steps,
            learning_rate=1e-4,
            flatness_warm_up=0,
            flatness_limit=None,
        ),
        plain_kappa=settings.constants.kappa,
        methods=COMPARED,
    )
