"""Random functions are judged by their law: a file for each kind of function."""
