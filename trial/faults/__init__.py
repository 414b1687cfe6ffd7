"""What is done to the grader: it is killed, starved and given broken folders."""
