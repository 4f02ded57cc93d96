"""One small module per software: where to look and what is the proof of life."""
