"""Chapter 2: answers, known mistakes, right solutions in other styles."""
