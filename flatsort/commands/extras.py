"""Find the extra of FlatSORT that installs a package that a command lacks.

The extras and the packages in them are listed in pyproject.toml.
"""

EXTRA_OF_PACKAGE = {
    **dict.fromkeys(("torch", "torchvision", "tensorboard", "onnx_ir", "onnxscript"), "train"),
    **dict.fromkeys(("motmetrics", "lap", "trackeval", "pandas", "sklearn"), "eval"),
    **dict.fromkeys(("matplotlib", "tabulate"), "eval"),
    "jinja2": "reports",
    "faiss": "search",
    "lancedb": "lancedb",
    "filterpy": "filterpy",
    "optuna": "tune",
    **dict.fromkeys(("distributed", "dask"), "cluster"),
}
"""Name that Python imports -> the smallest extra that installs it."""

EXTRA_OF_COMMAND = {
    **dict.fromkeys(("eval_mot", "compare_tracks"), "eval"),
    **dict.fromkeys(("adapt", "train_descriptor", "descriptor_report", "export_onnx"), "train"),
    **dict.fromkeys(("fit_pca", "latent_sizes", "vgg16", "table2", "flatness"), "train"),
    **dict.fromkeys(("report", "analyse"), "reports"),
    "search": "search",
    "tune": "tune",
}
"""Module in flatsort.commands -> the extra with everything that its usual work needs."""

CONTAINED_EXTRAS = {
    "train": {"eval"},
    "reports": {"eval"},
    "tune": {"eval"},
    "search": {"reports", "eval"},
    "lancedb": {"search", "reports", "eval"},
}
"""Extra -> the smaller extras that it installs too."""


def describe_missing_package(package: str, command: str, program: str) -> str | None:
    """Return one sentence that says how to install a missing package.

    Args:
        package: the module that Python did not find, such as "torch.nn".
        command: the running command's module in flatsort.commands, such as "eval_mot".
        program: the command as the user typed it, such as "flatsort eval".

    Returns:
        The sentence; None if no extra installs the package.
    """
    name = package.partition(".")[0]
    smallest = EXTRA_OF_PACKAGE.get(name)
    if smallest is None:
        return None
    usual = EXTRA_OF_COMMAND.get(command, smallest)
    # Prefer the extra that installs everything that the command needs.
    extra = usual if smallest in CONTAINED_EXTRAS.get(usual, set()) else smallest
    return f"{program} needs {name}: pip install 'flatsort[{extra}]'"
