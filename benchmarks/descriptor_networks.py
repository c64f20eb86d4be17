"""The networks that benchmarks/descriptor.py compares, each as ONNX and most also in torch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
import torchvision
from numpy.typing import NDArray
from torch import nn

from benchmarks.descriptor_page import OSNET
from flatsort.descriptors.onnx_network import NORMALISATIONS
from flatsort.descriptors.vae import open_weights
from flatsort.files.paths import SHIPPED_WEIGHTS
from flatsort.reid_vae.model.feature_network import FeatureNetwork
from flatsort.reid_vae.model.networks import VggEncoder
from flatsort.reid_vae.weights.encoder import encode_crops
from flatsort.reid_vae.weights.onnx_export import build_encoder
from flatsort.reid_vae.weights.weights import load_weights
from flatsort.tracker import AppearanceMetric

# Crop size of the other networks, in pixels: the input size of the OSNet file.
PEER_HEIGHT, PEER_WIDTH = 128, 64

Arrays = NDArray[np.generic]
Runner = Callable[[Arrays], Arrays]


@dataclass(frozen=True)
class Network:
    """One network, for all engines.

    Attributes:
        name: name in the tables.
        height, width: size of its crops, in pixels.
        model: content of the ONNX file, float32.
        metric: metric of its descriptors; None if its weights are random.
        prepare: converts crops (N, H, W, 3) uint8 RGB to the network's input.
        torch_runner: maps "float32" or "bfloat16" to a function that runs the network in torch;
            None if the network exists as ONNX only.
    """

    name: str
    height: int
    width: int
    model: bytes
    metric: AppearanceMetric | None
    prepare: Runner
    torch_runner: Callable[[str], Runner] | None

    def operations(self) -> int:
        """Return the number of floating-point operations per crop: two per product."""
        model = onnx.load_from_string(self.model)
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
        model = onnx.shape_inference.infer_shapes(model)
        values = [*model.graph.value_info, *model.graph.output]
        shapes = {
            each.name: [d.dim_value for d in each.type.tensor_type.shape.dim] for each in values
        }
        weights = {each.name: list(each.dims) for each in model.graph.initializer}
        total = 0
        for node in model.graph.node:
            if node.op_type in ("Conv", "Gemm", "MatMul") and node.input[1] in weights:
                shape = weights[node.input[1]]
                # Number of products per output value. A Conv's weight is (out, in / groups, h, w).
                products = np.prod(shape[1:]) if node.op_type == "Conv" else shape[0]
                if node.op_type == "Gemm" and any(
                    a.name == "transB" and a.i for a in node.attribute
                ):
                    products = shape[1]
                total += 2 * int(products) * int(np.prod(shapes[node.output[0]][1:]))
        return total


def our_network(name: str) -> Network:
    """Return the network of shipped weights."""
    path = SHIPPED_WEIGHTS / f"{name}.safetensors"
    side = load_weights(path)[0].architecture.image_size
    return Network(
        name=name,
        height=side,
        width=side,
        model=build_encoder(path),
        metric=open_weights(path).metric,
        prepare=lambda crops: crops,
        torch_runner=lambda precision: _our_torch(path, precision),
    )


def osnet(path: Path) -> Network:
    """Return OSNet, a network that others trained with identity labels, from its ONNX file."""
    return Network(
        name=OSNET,
        height=PEER_HEIGHT,
        width=PEER_WIDTH,
        model=path.read_bytes(),
        metric=AppearanceMetric("cosine", gate=0.2),
        prepare=imagenet_images,
        torch_runner=None,
    )


def torchvision_network(name: str) -> Network:
    """Return a torchvision network without its classifier, with random weights."""
    torch.manual_seed(0)
    module: nn.Module = getattr(torchvision.models, name)(weights=None)
    if name.startswith("resnet"):
        module.fc = nn.Identity()
    else:
        module.classifier = nn.Identity()
        # VGG's own pooling would stretch the 4 x 2 features of these crops to 7 x 7.
        module.avgpool = nn.AdaptiveAvgPool2d(1)
    module = module.eval().to(memory_format=torch.channels_last)
    return Network(
        name=name,
        height=PEER_HEIGHT,
        width=PEER_WIDTH,
        model=_export(module),
        metric=None,
        prepare=imagenet_images,
        torch_runner=lambda precision: _torch(module, precision),
    )


def imagenet_images(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Convert crops (N, H, W, 3) uint8 to (N, 3, H, W) float32, normalised as for ImageNet."""
    mean, deviation = (np.float32(values) for values in NORMALISATIONS["imagenet"])
    values = (crops.astype(np.float32) / 255 - mean) / deviation
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))


def _our_torch(path: Path, precision: str) -> Runner:
    model, _ = load_weights(path)
    for part in model.modules():
        if isinstance(part, VggEncoder | FeatureNetwork):
            part.in_bfloat16 = precision == "bfloat16"
    return lambda crops: encode_crops(model, crops, batch_size=256)


def _torch(module: nn.Module, precision: str) -> Runner:
    @torch.inference_mode()
    def run(images: Arrays) -> Arrays:
        inputs = torch.from_numpy(images).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            return module(inputs).float().numpy()

    return run


def _export(module: nn.Module) -> bytes:
    program = torch.onnx.export(
        module,
        (torch.zeros(2, 3, PEER_HEIGHT, PEER_WIDTH),),
        dynamo=True,
        input_names=["images"],
        dynamic_shapes=({0: torch.export.Dim("N")},),
        opset_version=18,
        verbose=False,
    )
    return program.model_proto.SerializeToString()
