"""Hostile, unlucky and damaged submissions, and the class that they sit in."""
