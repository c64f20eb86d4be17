"""Identity switches: where trackers differ about a person, and a picture of it."""
