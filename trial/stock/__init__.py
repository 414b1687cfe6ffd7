"""The same attacks on nbgrader as it is by default."""
