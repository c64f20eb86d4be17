"""Identities of people, kept by looks on top of a tracker that moves boxes."""
