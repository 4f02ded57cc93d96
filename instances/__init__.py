"""What one académie shows: the only package that knows catalogue, decisions and health together."""
