"""Chapter 4: answers, known mistakes, right solutions in other styles."""
