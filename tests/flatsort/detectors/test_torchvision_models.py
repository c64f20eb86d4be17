"""torchvision's detectors: a fake network, an untrained network, and a failed download."""

import numpy as np
import pytest
import torch
from torch import nn

from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import load_detector
from flatsort.detectors.torchvision_models import TorchvisionDetector
from flatsort.errors import InputError
from flatsort.sources.source import Frame


@pytest.fixture(autouse=True)
def one_thread():
    """Run torch on one thread, because on a busy machine threads wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


CATEGORIES = ["__background__", "person", "N/A", "car"]


class Fixed(nn.Module):
    """Finds a person, a car, the same person, and an unlikely person; scores are pixel means."""

    def forward(self, images):
        (image,) = images
        assert image.shape == (3, 40, 60)
        red, green, blue = image.mean((1, 2))
        return [
            {
                "boxes": torch.tensor(
                    [[2.0, 3, 12, 33], [30, 5, 50, 15], [3, 3, 13, 33], [40, 1, 45, 30]]
                ),
                "labels": torch.tensor([1, 3, 1, 1]),
                "scores": torch.stack([red, green, blue, red / 2]),
            }
        ]


FRAME = Frame(1, 0.0, np.full((40, 60, 3), (102, 204, 153), np.uint8))


def find(**settings):
    return TorchvisionDetector(Fixed(), CATEGORIES, DetectorSettings(**settings), "fixed")(FRAME)


def test_people_with_red_green_blue_from_0_to_1():
    """Red is 0.6, blue 0.4. The IoU of the person's boxes is 9/11, so the second is dropped."""
    found = find()
    np.testing.assert_allclose(found.boxes_tlwh, [[2, 3, 10, 30], [40, 1, 5, 29]])
    assert found.confidences == pytest.approx([0.6, 0.3], abs=1e-6)
    assert len(find(nms_overlap=0.9)) == 3
    assert len(find(min_confidence=0.5)) == 1


def test_classes():
    np.testing.assert_allclose(find(classes=("car",)).boxes_tlwh, [[30, 5, 20, 10]])
    assert len(find(classes=("3", "person"))) == 3
    for word in ("__background__", "N/A", "0", "2", "cat"):
        with pytest.raises(InputError, match="torchvision:fixed knows person, car"):
            find(classes=(word,))


def test_a_real_network_without_training():
    """Its detections are meaningless, but have the right form."""
    from torchvision.models import detection

    torch.manual_seed(0)
    model = detection.ssdlite320_mobilenet_v3_large(
        weights=None, weights_backbone=None, num_classes=4, detections_per_img=5
    )
    detector = TorchvisionDetector(
        model, CATEGORIES, DetectorSettings(("person", "car"), 0.0), "ssdlite"
    )
    image = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
    found = detector(Frame(1, 0.0, image))
    assert 1 <= len(found) <= 5
    assert (found.boxes_tlwh[:, 2:] > 0).all()
    assert (found.boxes_tlwh[:, :2] + found.boxes_tlwh[:, 2:] <= (120.01, 90.01)).all()


def test_unknown_names():
    with pytest.raises(InputError, match="torchvision:yolo: choose one of fasterrcnn_mobilenet"):
        load_detector("torchvision:yolo")


def test_a_failed_download_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    # urllib reads these variables once per process, and keeps them in _opener.
    monkeypatch.setattr("urllib.request._opener", None)
    with pytest.raises(InputError) as error:
        load_detector("torchvision:ssdlite320_mobilenet_v3_large")
    sentence = str(error.value)
    assert "its weights cannot be downloaded" in sentence
    assert f"into {tmp_path}/hub/checkpoints, or use --detector hog" in sentence
    assert not list(tmp_path.rglob("*.pth"))
