"""Compare the old descriptor with the new one on the same footage, with and without labels."""

from flatsort.adaptation.findings import NONE, Findings
from flatsort.adaptation.gate_band import score_gate_band
from flatsort.adaptation.labelled_scores import judge, score_tracks
from flatsort.adaptation.linked_footage import LinkedFootage
from flatsort.adaptation.prepared_run import PreparedRun
from flatsort.adaptation.trial_tracks import contestant, track_figures
from flatsort.descriptors.vae import open_weights
from flatsort.evaluation.verdict.contestant import follow
from flatsort.evaluation.verdict.give_verdict import LEVEL, Verdict, run_trials
from flatsort.evaluation.verdict.pair_shares import share_told_apart
from flatsort.evaluation.verdict.sure_people import find_sure_people
from flatsort.evaluation.verdict.two_modes import count_two_modes
from flatsort.progress import ProgressBar
from flatsort.reid_vae.weights.encoder import CropEncoder


def compare(run: PreparedRun, linked: LinkedFootage) -> Findings:
    """Return every measurement that the footage allows.

    Args:
        run: a run that has written its new weights.
        linked: the footage that the new weights were trained on.

    Raises:
        InputError: a frame or the ground truth of a labelled sequence cannot be read.
    """
    footage, sequence = linked.footage, run.labelled
    before, after, weights = run.before_name, run.request.name, run.request.weights_path
    descriptors = {before: run.before, after: open_weights(weights)}
    features = {before: footage.features, after: CropEncoder(weights)(footage.images)}
    boxes = footage.boxes()
    sure = find_sure_people(boxes, run.source.frame_rate)
    contestants = [contestant(NONE, footage)]
    pair_shares, gate_bands = {}, {}
    for name, descriptor in ProgressBar(descriptors.items(), desc="comparing", unit="descriptor"):
        given = features[name], descriptor.metric
        contestants.append(contestant(name, footage, *given))
        pair_shares[name] = share_told_apart(sure, *given, linked.boxes_held_out, LEVEL)
        if sequence:
            gate_bands[name] = score_gate_band(sequence, footage, *given)
    verdict = Verdict(run_trials(sure, contestants), after=after, before=before, motion=NONE)
    tracks = {each.name: follow(boxes, each) for each in contestants}
    looks = [(features[name], descriptor.metric) for name, descriptor in descriptors.items()]
    scores = {}
    if sequence:
        scored = score_tracks(sequence, footage, tracks.values())
        scores = dict(zip(tracks, scored, strict=True))
    return Findings(
        verdict=verdict,
        pair_shares=pair_shares,
        tracks=tracks,
        figures={name: track_figures(found, footage) for name, found in tracks.items()},
        two_modes={
            name: count_two_modes(found, boxes, run.source.frame_rate, looks)
            for name, found in tracks.items()
        },
        judgements=judge(sequence, footage, descriptors) if sequence else {},
        scores=scores,
        gate_bands=gate_bands,
    )
