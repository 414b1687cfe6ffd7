"""Chapter 6: answers, known mistakes, right solutions in other styles."""
