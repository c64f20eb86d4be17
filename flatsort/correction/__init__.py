"""Corrections of identities that people mark on the page of a run."""
