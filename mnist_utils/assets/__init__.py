"""Data and trained models, each beside the script that made it."""
