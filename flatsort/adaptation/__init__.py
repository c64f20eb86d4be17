"""A descriptor that trains itself on somebody's footage: collect, link, train, measure, report."""
