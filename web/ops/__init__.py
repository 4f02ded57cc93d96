"""Screens of those who watch every server."""
