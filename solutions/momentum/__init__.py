"""Chapter 3: answers, known mistakes, right solutions in other styles."""
