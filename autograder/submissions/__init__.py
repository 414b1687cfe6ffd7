"""What was handed in: which file, when, by whom, and where it lies."""
