"""Compare the old descriptor with the new one on the same footage, with and without labels."""

from tqdm import tqdm

from flatsort.adaptation.findings import NONE, Findings
from flatsort.adaptation.gate_band import score_gate_band
from flatsort.adaptation.held_out_scores import score_held_out
from flatsort.adaptation.labelled_scores import judge, score_tracks
from flatsort.adaptation.linked_footage import LinkedFootage
from flatsort.adaptation.prepared_run import PreparedRun
from flatsort.adaptation.trial_tracks import follow, track_figures
from flatsort.descriptors.vae import open_weights
from flatsort.reid_vae.weights.encoder import CropEncoder


def compare(run: PreparedRun, linked: LinkedFootage) -> Findings:
    """Return every measurement that the footage allows.

    Args:
        run: a run that has written its new weights.
        linked: the footage that the new weights were trained on.

    Raises:
        InputError: a frame or the ground truth of a labelled sequence cannot be read.
    """
    footage = linked.footage
    before, after, weights = run.before_name, run.request.name, run.request.weights_path
    descriptors = {before: run.before, after: open_weights(weights)}
    features = {before: footage.features, after: CropEncoder(weights)(footage.images)}
    sequence = run.labelled
    held_out, followed, gate_bands = {}, {NONE: follow(footage)}, {}
    for name, descriptor in tqdm(descriptors.items(), desc="comparing", unit="descriptor"):
        found = score_held_out(linked, features[name], descriptor.metric)
        if found is not None:
            held_out[name] = found
        followed[name] = follow(footage, features[name], descriptor.metric)
        if sequence:
            gate_bands[name] = score_gate_band(sequence, footage, features[name], descriptor.metric)
    scores = {}
    if sequence:
        scored = score_tracks(sequence, footage, followed.values())
        scores = dict(zip(followed, scored, strict=True))
    return Findings(
        before=before,
        after=after,
        held_out=held_out,
        figures={name: track_figures(tracks, footage) for name, tracks in followed.items()},
        judgements=judge(sequence, footage, descriptors) if sequence else {},
        scores=scores,
        gate_bands=gate_bands,
    )
