"""Pages on which others read what a student made: nothing on them acts, nothing is lost."""
