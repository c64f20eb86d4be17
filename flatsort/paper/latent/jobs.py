"""Train and measure many models, several at a time."""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from threading import Thread

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from flatsort.errors import InputError
from flatsort.paper.latent.experiments import Experiment
from flatsort.paper.latent.measure import (
    PAIRS,
    Measured,
    build_graph,
    measure_error,
    measure_metric,
    measure_ratios,
    measure_smoothness,
    random_pairs,
)
from flatsort.paper.latent.trained import Report, encode_all, trained_model

# Of the samples and pairs, the same for all models.
SEED = 0
# Of the time for a model, roughly, what its training takes; measuring takes the rest.
_TRAINING = 0.8


@dataclass(frozen=True)
class Job:
    """One model to be trained, or loaded, and measured."""

    experiment: Experiment
    method: str
    seed: int


def measure_models(
    jobs: list[Job],
    data: Mapping[str, NDArray[np.float32]],
    folder: Path,
    *,
    workers: int,
    threads: int,
) -> list[Measured]:
    """Train those models that are not in the folder, and measure all, in the order of the jobs.

    Args:
        jobs: the longest last or first: they are begun in their order.
        data: (M, Nx) of each experiment, by its name.
        folder: where trained models are kept, a file each.
        workers: processes, one model each at a time; with one there is no other than this.
        threads: of torch in each process.

    Raises:
        InputError: a training fails, a model cannot be kept, or a process is killed. Models that
            were finished are kept.
    """
    style = "{percentage:3.0f}%|{bar}| {n:.1f} of {total} models [{elapsed}<{remaining}]{postfix}"
    with tqdm(total=len(jobs), bar_format=style) as bar:
        if workers > 1:
            return _in_processes(jobs, data, folder, min(workers, len(jobs)), threads, bar)
        return [_run(job, data, folder, _Share(bar).report) for job in jobs]


class _Share:
    """What one job has done of its part of the bar."""

    def __init__(self, bar: tqdm) -> None:
        self._bar = bar
        self._done = 0.0

    def report(self, done: float, words: str) -> None:
        self._bar.set_postfix_str(words, refresh=False)
        # The shares add up to a rounding more than there is.
        self._bar.update(min(done - self._done, self._bar.total - self._bar.n))
        self._done = done


def _in_processes(
    jobs: list[Job],
    data: Mapping[str, NDArray[np.float32]],
    folder: Path,
    workers: int,
    threads: int,
    bar: tqdm,
) -> list[Measured]:
    # Not forked: torch's threads do not survive it.
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    shares = [_Share(bar) for _ in jobs]
    with ProcessPoolExecutor(workers, context, _begin, (data, folder, threads, told)) as pool:
        futures = [pool.submit(_run_here, number, job) for number, job in enumerate(jobs)]
        waiting = set(futures)
        try:
            while waiting:
                _, waiting = wait(waiting, timeout=0.5, return_when=FIRST_EXCEPTION)
                while not told.empty():
                    number, done, words = told.get()
                    shares[number].report(done, words)
                for future in futures:
                    if future.done():
                        future.result()
        except BrokenProcessPool as error:
            raise InputError(
                "a training was killed, perhaps for want of memory: give --jobs 1; finished "
                "models are kept"
            ) from error
        except BaseException:
            # Nobody waits for what is still being trained.
            for process in multiprocessing.active_children():
                process.terminate()
            raise
    return [future.result() for future in futures]


# What a worker is given once, at its start, and not with every job.
_given: tuple[Mapping[str, NDArray[np.float32]], Path, Queue]


def _begin(
    data: Mapping[str, NDArray[np.float32]], folder: Path, threads: int, told: Queue
) -> None:
    global _given
    _given = data, folder, told
    # What is told last may go unread: not worth waiting for at the end.
    told.cancel_join_thread()
    torch.set_num_threads(threads)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would train on for nobody, and then wait for ever."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _run_here(number: int, job: Job) -> Measured:
    data, folder, told = _given
    return _run(job, data, folder, lambda done, words: told.put((number, done, words)))


def _run(
    job: Job, data: Mapping[str, NDArray[np.float32]], folder: Path, report: Report
) -> Measured:
    experiment, method, seed = job.experiment, job.method, job.seed
    title = f"{experiment.name}, {method}, seed {seed}"
    values = torch.from_numpy(data[experiment.name])
    trained = trained_model(
        experiment, method, seed, values, folder, _part(report, _TRAINING, title)
    )
    report(_TRAINING, f"{title}: measuring")
    model = trained.model
    latents = encode_all(model, values)
    starts, ends = random_pairs(latents, PAIRS, SEED)
    try:
        ratios, paths = measure_ratios(model, build_graph(model, latents), starts, ends)
    except ValueError as error:
        raise InputError(f"{title}: {error}") from error
    measured = Measured(
        method=method,
        seed=seed,
        prior_trained=trained.prior_trained,
        error=measure_error(model, values, experiment.settings.constants.kappa),
        metric=measure_metric(model, experiment.samples, SEED),
        ratios=ratios,
        smoothness=measure_smoothness(model, starts, ends),
        paths=[path.numpy() for path in paths],
    )
    report(1.0, title)
    return measured


def _part(report: Report, share: float, title: str) -> Callable[[float, str], None]:
    return lambda done, words: report(share * done, f"{title}: {words}")
