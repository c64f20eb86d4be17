"""The old descriptor and the new one on the same footage, with labels and without."""

from tqdm import tqdm

from flatsort.adaptation.findings import NONE, Findings
from flatsort.adaptation.gate_band import score_around
from flatsort.adaptation.labelled_scores import judge, score_tracks
from flatsort.adaptation.material import Material
from flatsort.adaptation.request import Request
from flatsort.adaptation.separation import separate
from flatsort.adaptation.trial_tracks import follow, track_figures
from flatsort.descriptors.vae import open_weights
from flatsort.reid_vae.weights.encoder import CropEncoder


def compare(request: Request, material: Material) -> Findings:
    """Measure everything there is to measure.

    Args:
        request: its weights are written.
        material: what they were trained on.

    Raises:
        InputError: a frame or the ground truth of a labelled sequence cannot be read.
    """
    footage = material.footage
    descriptors = {
        request.before_name: request.before,
        request.name: open_weights(request.weights),
    }
    features = {
        request.before_name: footage.features,
        request.name: CropEncoder(request.weights)(footage.images),
    }
    sequence = request.labelled
    separations, followed, around = {}, {NONE: follow(footage)}, {}
    for name, descriptor in tqdm(descriptors.items(), desc="comparing", unit="descriptor"):
        found = separate(material, features[name], descriptor.metric)
        if found is not None:
            separations[name] = found
        followed[name] = follow(footage, features[name], descriptor.metric)
        if sequence:
            around[name] = score_around(sequence, footage, features[name], descriptor.metric)
    scores = {}
    if sequence:
        scored = score_tracks(sequence, footage, followed.values())
        scores = dict(zip(followed, scored, strict=True))
    return Findings(
        before=request.before_name,
        after=request.name,
        separations=separations,
        figures={name: track_figures(tracks, footage) for name, tracks in followed.items()},
        judgements=judge(sequence, footage, descriptors) if sequence else {},
        scores=scores,
        around=around,
    )
