"""Two real processes train together over gloo; compared with each other and with one process."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.training.distributed import Processes, join_processes

SCRIPT = Path(__file__).with_name("two_processes.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of results of two pairs of processes; the second pair resumes the killed run."""
    folder = tmp_path_factory.mktemp("two")
    first = "average,copy,order,train,same_step,broken,unshared,killed"
    done = subprocess.run(
        [sys.executable, SCRIPT, folder, first, "resumed"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    assert done.stdout.split() == ["-9", "0", "0", "0"], done.stderr
    return folder


@pytest.fixture
def found(folder: Path) -> Any:
    """A function that loads the results of a task: a pair, of rank 0 and rank 1."""
    return lambda task: tuple(torch.load(folder / f"{task}-{rank}.pt") for rank in range(2))


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    """Whether the tensors of two models agree to the last bit."""
    return all(torch.equal(value, other[name]) for name, value in one.items())


class TestExchange:
    def test_the_averaged_gradient_is_that_of_the_whole_batch(self, found: Any) -> None:
        # The model is y = x and the target 3 x + 1, so the gradients are E[-2 (2 x + 1) x] and
        # E[-2 (2 x + 1)] over x = 0 ... 7, with E x = 3.5 and E x^2 = 17.5.
        for one in found("average"):
            assert one["weight"].item() == -2 * (2 * 17.5 + 3.5)
            assert one["bias"].item() == -2 * (2 * 3.5 + 1)

    def test_the_gradients_before_averaging_differ(self, found: Any) -> None:
        # E x and E x^2 are 3 and 14 over x = 0, 2, 4, 6; 4 and 21 over x = 1, 3, 5, 7.
        first, second = found("average")
        assert first["own"].item() == -2 * (2 * 14 + 3)
        assert second["own"].item() == -2 * (2 * 21 + 4)

    def test_all_get_the_tensors_of_the_first_process(self, found: Any) -> None:
        for values in found("copy"):
            assert values.tolist() == [5, 5, 5]

    def test_the_first_goes_ahead(self, found: Any) -> None:
        assert found("order") == (False, True)


class TestTraining:
    def test_all_end_with_the_same_model(self, found: Any) -> None:
        first, second = found("train")
        assert same(first["model"], second["model"])

    def test_all_end_with_the_same_lambda(self, found: Any) -> None:
        first, second = found("train")
        assert first["constraint"] == second["constraint"]
        assert first["multipliers"][-1] == first["constraint"]["multiplier"] != 20
        assert first["phases"][0]
        assert not first["phases"][-1]

    def test_only_the_first_reports(self, found: Any) -> None:
        first, second = found("train")
        assert (len(first["multipliers"]), len(second["multipliers"])) == (12, 0)

    def test_only_the_first_writes(self, folder: Path) -> None:
        names = [path.name.partition(".tfevents")[0] for path in (folder / "run").iterdir()]
        assert sorted(names) == ["checkpoint.pt", "events.out", "log.csv", "sheet.png"]
        assert len((folder / "run" / "log.csv").read_text().splitlines()) == 13

    @pytest.mark.parametrize("kind", ["columns", "directions", "limited", "printed", "none"])
    def test_two_processes_take_the_same_step_as_one(self, found: Any, kind: str) -> None:
        for models in found("same_step"):
            together, alone = models[kind]["together"], models[kind]["alone"]
            assert together.keys() == alone.keys()
            for name, value in alone.items():
                # Gradients of biases before a BatchNorm are zero but for rounding.
                atol = 1e-7 + 1e-3 * float(value.abs().max())
                torch.testing.assert_close(together[name], value, atol=atol, rtol=0, msg=name)
            # The step is long enough that a wrong mean would show.
            for name in ("encoder.posterior.mean.weight", "encoder.stages.0.weight"):
                moved = alone[name] - models[kind]["before"][name]
                assert moved.abs().max() > 1e-3


class TestInterruption:
    def test_a_resumed_run_ends_with_the_same_model(self, found: Any) -> None:
        whole, rest = found("train"), found("resumed")
        for one, other in zip(whole, rest, strict=True):
            assert same(one["model"], other["model"])
            assert one["constraint"] == other["constraint"]
        # The kill came before the checkpoint of its step.
        assert rest[0]["multipliers"] == whole[0]["multipliers"][6:]

    def test_a_resumed_run_ends_with_the_same_log(self, folder: Path) -> None:
        logs = [(folder / run / "log.csv").read_bytes() for run in ("run", "killed")]
        assert logs[0] == logs[1]

    def test_the_survivor_does_not_wait(self, folder: Path) -> None:
        message = torch.load(folder / "killed-1.pt")
        assert "another process of this run has ended" in message

    def test_all_stop_when_one_is_not_finite(self, found: Any) -> None:
        first, second = found("broken")
        assert first == second
        assert "the objective is not finite at step 0" in first

    def test_all_stop_when_only_one_sees_the_checkpoint(self, found: Any) -> None:
        for message in found("unshared"):
            assert "not the same for all processes" in message


class TestSharingABatch:
    def test_equal_parts(self) -> None:
        parts = [Processes(rank, 3).part for rank in range(3)]
        assert [list(range(12))[part] for part in parts] == [
            [0, 3, 6, 9],
            [1, 4, 7, 10],
            [2, 5, 8, 11],
        ]

    def test_each_has_its_rows_of_the_noise_of_the_whole_batch(self) -> None:
        drawn = []
        for share in (Processes(), Processes(0, 2), Processes(1, 2)):
            torch.manual_seed(3)
            rows = 4 // share.count
            drawn.append((share.noise(torch.zeros(rows, 2)), share.noise(torch.zeros(rows, 2), 3)))
        (whole, samples), *parts = drawn
        for rank, (part, part_samples) in enumerate(parts):
            assert torch.equal(part, whole[rank::2])
            assert torch.equal(part_samples, samples[:, rank::2])

    @pytest.mark.parametrize(("batch", "count"), [(16, 3), (4, 4), (3, 2)])
    def test_batches_that_cannot_be_shared(self, batch: int, count: int) -> None:
        with pytest.raises(TrainingError, match=f"{batch} crops.*multiple of {count}, at least"):
            Processes(0, count).check_divisible(batch)

    def test_batches_that_can_be_shared(self) -> None:
        Processes(0, 3).check_divisible(6)
        Processes().check_divisible(1)


class TestAlone:
    def test_without_torchrun(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("RANK", raising=False)
        with join_processes() as processes:
            assert (processes.rank, processes.count, processes.is_first) == (0, 1, True)

    def test_one_process_exchanges_nothing(self) -> None:
        values = torch.rand(3)
        before, state = values.clone(), torch.get_rng_state()
        alone = Processes()
        assert alone.mean(values) is values
        alone.average_([values])
        alone.copy_from_first_([values])
        assert alone.gather(values) is values
        assert alone.average(values) is values
        assert torch.equal(values, before)
        assert torch.equal(torch.get_rng_state(), state)
        assert list(range(7))[alone.part] == list(range(7))
