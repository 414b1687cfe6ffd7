"""The judge under attack: see classroom.py for the class that is graded once."""
