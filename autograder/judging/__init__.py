"""Answers, known mistakes and what is made of them: from what a box wrote to a verdict."""
