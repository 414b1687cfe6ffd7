"""The judge on trial: how often it is wrong, measured, in numbers that the book shows."""
