"""What lectures claim, run as experiments and judged by one rule.

``rule`` says what a verdict is.  A chapter's folder lists its claims and holds its experiments and
their records, which ``make claims`` writes and pages show.
"""
