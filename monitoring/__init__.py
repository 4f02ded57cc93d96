"""Is it up? Knows targets and opaque labels, neither services nor académies."""
