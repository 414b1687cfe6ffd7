"""nbgrader's course folder and its gradebook."""
