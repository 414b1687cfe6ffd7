"""Right solutions in other styles: they keep their points on every seed."""
