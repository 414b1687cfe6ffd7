"""One notebook, and a whole class, from the file handed in to the score and the page."""
