"""The desk: what the team of an académie decides, screen by screen."""
