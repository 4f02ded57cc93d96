"""Keeping what the program owns on disk: the state folder, the database's schema, its copies."""
