"""Changes of an answer: each must lose points."""
