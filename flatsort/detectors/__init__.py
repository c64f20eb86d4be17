"""What finds people in frames, by name; importing this package loads no library of a detector."""
