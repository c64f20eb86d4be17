"""Train and measure many models, several at a time in processes."""

import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path

import torch

from flatsort.errors import InputError
from flatsort.paper.latent.experiments import Experiment
from flatsort.paper.latent.measure import measure
from flatsort.paper.latent.model_findings import Measured
from flatsort.paper.latent.points import Points
from flatsort.paper.latent.trained_model import Report, trained_model
from flatsort.processors import worker_pool
from flatsort.progress import ProgressBar

_TRAINING = 0.8
"""Share of the time for one model that its training takes; measuring takes the rest."""


@dataclass(frozen=True)
class Job:
    """One model to train, or to load, and to measure."""

    experiment: Experiment
    method: str
    seed: int


def measure_models(
    jobs: list[Job],
    data: Mapping[str, Points],
    folder: Path,
    *,
    workers: int,
    threads: int,
) -> list[Measured]:
    """Train the models that are not in the folder yet, and measure all of them.

    Args:
        jobs: the models, started in this order.
        data: name of the experiment -> its data.
        folder: folder for trained models, one file per model.
        workers: number of processes, each of which works on one model at a time. With 1, this
            process does all the work.
        threads: torch's threads in each process.

    Returns:
        The measurements, in the order of the jobs.

    Raises:
        InputError: a training fails, a model cannot be written, or a process is killed. Finished
            models are kept.
    """
    style = "{percentage:3.0f}%|{bar}| {n:.1f} of {total} models [{elapsed}<{remaining}]{postfix}"
    with ProgressBar(desc="training", total=len(jobs), unit="model", bar_format=style) as bar:
        if workers > 1:
            return _in_processes(jobs, data, folder, min(workers, len(jobs)), threads, bar)
        return [_run(job, data, folder, _Share(bar).report) for job in jobs]


class _Share:
    """Moves the common progress bar by the progress of one job."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._done = 0.0

    def report(self, done: float, words: str) -> None:
        self._bar.set_postfix_str(words, refresh=False)
        # Because of rounding, the shares of all jobs may add up to more than the total.
        self._bar.update(min(done - self._done, self._bar.total - self._bar.n))
        self._done = done


def _in_processes(
    jobs: list[Job],
    data: Mapping[str, Points],
    folder: Path,
    workers: int,
    threads: int,
    bar: ProgressBar,
) -> list[Measured]:
    messages = multiprocessing.get_context("spawn").Queue()
    shares = [_Share(bar) for _ in jobs]
    with worker_pool(workers, _begin, data, folder, threads, messages) as pool:
        futures = [pool.submit(_run_here, number, job) for number, job in enumerate(jobs)]
        waiting = set(futures)
        try:
            while waiting:
                _, waiting = wait(waiting, timeout=0.5, return_when=FIRST_EXCEPTION)
                while not messages.empty():
                    number, done, words = messages.get()
                    shares[number].report(done, words)
                for future in futures:
                    if future.done():
                        future.result()
        except BrokenProcessPool as error:
            raise InputError(
                "a training was killed, perhaps because memory ran out: train one model at a time; "
                "finished models are kept"
            ) from error
    return [future.result() for future in futures]


# The data, the folder and the queue of a worker; the worker gets them once, at its start.
_worker_setup: tuple[Mapping[str, Points], Path, Queue]


def _begin(data: Mapping[str, Points], folder: Path, threads: int, messages: Queue) -> None:
    global _worker_setup
    _worker_setup = data, folder, messages
    # The last messages may stay unread, so a worker does not wait for a reader when it ends.
    messages.cancel_join_thread()
    torch.set_num_threads(threads)


def _run_here(number: int, job: Job) -> Measured:
    data, folder, messages = _worker_setup
    return _run(job, data, folder, lambda done, words: messages.put((number, done, words)))


def _run(job: Job, data: Mapping[str, Points], folder: Path, report: Report) -> Measured:
    experiment, method, seed = job.experiment, job.method, job.seed
    title = f"{experiment.name}, {method}, seed {seed}"
    points = data[experiment.name]
    values = torch.from_numpy(points.values)
    trained = trained_model(
        experiment, method, seed, values, folder, _part(report, _TRAINING, title)
    )
    report(_TRAINING, f"{title}: measuring")
    kappa = experiment.settings_of(method, seed).constants.kappa
    try:
        measured = measure(trained, method, seed, points, kappa, experiment.samples)
    except ValueError as error:
        raise InputError(f"{title}: {error}") from error
    report(1.0, title)
    return measured


def _part(report: Report, share: float, title: str) -> Callable[[float, str], None]:
    return lambda done, words: report(share * done, f"{title}: {words}")
