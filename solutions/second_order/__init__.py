"""Chapter 5: answers, known mistakes, right solutions in other styles."""
