"""The request for linking: the values that a user gives, each with its default."""

from dataclasses import dataclass

from flatsort.linking.link_tracks import MEMORY_S


@dataclass(frozen=True)
class LinkingRequest:
    """How to link tracks.

    Attributes:
        descriptor: the descriptor's word, as `load_descriptor` takes it; "none" to link by movement
            alone.
        memory_s: longest absence in seconds after which looks can bring a person back.
        fill_s: longest gap of an identity in seconds that is filled by a straight course; 0 to fill
            none.
    """

    descriptor: str = "none"
    memory_s: float = MEMORY_S
    fill_s: float = 0.0
