"""Screens of those who run the services of one operator."""
