"""Where the course hooks into nbgrader, through nbgrader_config.py and nothing else."""
