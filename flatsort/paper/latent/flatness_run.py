"""Run any of the experiments on latent spaces, and write all their pages."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from flatsort.files.atomic import check_writable
from flatsort.paper.latent import shipped_weights
from flatsort.paper.latent.experiments import ABLATIONS, EXPERIMENTS, Sources, as_paper
from flatsort.paper.latent.matched_errors import match_kappa
from flatsort.paper.latent.overview_page import write_overview
from flatsort.paper.latent.run_experiments import run_experiments


@dataclass(frozen=True)
class FlatnessRequest:
    """The experiments to run, and the folders for their results.

    Attributes:
        names: names in EXPERIMENTS, and "crops" for the shipped weights.
        sources: files and folders of the data.
        as_paper: whether the experiments have the paper's objective and settings.
        ablations: whether to train the ablations of figure 7 too.
        match: whether to choose VHP-VAE's kappa anew, so that both methods have equal errors.
        seeds: trainings of each compared method.
        steps: steps of each training; None for the number in EXPERIMENTS.
        models: folder for trained models.
        pages: folder DIR for the pages; the overview is DIR.md, beside the folder.
        workers: processes that train, each one model at a time.
        threads: torch's threads in each process.
    """

    names: tuple[str, ...]
    sources: Sources
    as_paper: bool
    ablations: bool
    match: bool
    seeds: int
    steps: int | None
    models: Path
    pages: Path
    workers: int
    threads: int

    @property
    def overview(self) -> Path:
        """The page about all experiments."""
        return self.pages.parent / f"{self.pages.name}.md"


def run_flatness(request: FlatnessRequest) -> None:
    """Train or load the models, measure them, and write the pages and the overview.

    Raises:
        InputError: data or shipped weights are missing or wrong, a training fails, or a page
            cannot be written.
    """
    for path in (request.overview, *(request.pages / n / "README.md" for n in request.names)):
        check_writable(path)
    torch.set_num_threads(request.threads)
    experiments = {name: each for name, each in EXPERIMENTS.items() if name in request.names}
    title = "How flat the latent spaces are"
    if request.as_paper:
        title += ", as the paper prints it"
        experiments = {name: as_paper(each) for name, each in experiments.items()}
    if request.ablations:
        for name, each in experiments.items():
            experiments[name] = replace(
                each, methods=each.methods + ABLATIONS, words=f"{each.words} --ablations"
            )
    if request.steps:
        for name, each in experiments.items():
            settings = replace(each.settings, steps=request.steps)
            experiments[name] = replace(each, settings=settings)
    # All data are loaded before the first training, so missing data are reported at once.
    data = {name: each.load(request.sources) for name, each in experiments.items()}
    has_crops = shipped_weights.NAME in request.names
    shipped = shipped_weights.load_shipped() if has_crops else None
    if request.match:
        for name, each in experiments.items():
            kappa = match_kappa(each, data[name], request.seeds, request.models)
            print(f"{name}: VHP-VAE's kappa is {kappa:g}")
            experiments[name] = replace(each, plain_kappa=kappa)
    if experiments:
        run_experiments(
            experiments,
            data,
            request.seeds,
            request.models,
            request.pages,
            workers=request.workers,
            threads=request.threads,
        )
    if shipped:
        shipped_weights.measure_crops(shipped, request.pages)
    write_overview(request.overview, request.pages, title)
