"""Identities over a whole recording: tracks are cut where they are in doubt, and joined again."""
