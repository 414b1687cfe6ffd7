"""Known mistakes: the same points on every seed, and a name that the student is told."""
