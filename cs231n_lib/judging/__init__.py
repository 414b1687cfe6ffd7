"""What is said of a function: right or wrong, by how much, and which mistake it was."""
