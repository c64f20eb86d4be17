"""Identity switches: the moments at which trackers differ about a person, and their pictures."""
