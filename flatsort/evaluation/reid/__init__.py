"""How well a descriptor tells people apart: labelled crops, pairs, scores, gates, flatness."""
