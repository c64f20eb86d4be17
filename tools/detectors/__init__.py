"""What finds people in frames."""
