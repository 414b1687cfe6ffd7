"""Right solutions in other styles than the answers': the judge must give each full points.

One module per chapter, each with ``variants = Variants()``.
"""
