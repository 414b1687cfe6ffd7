"""The box in which student code runs: what it can see, what it may use, how it is watched."""
