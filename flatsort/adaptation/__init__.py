"""Adapt a descriptor to footage without labels: collect, link, train, compare, report."""
