"""Chapter 1: answers, known mistakes, right solutions in other styles."""
