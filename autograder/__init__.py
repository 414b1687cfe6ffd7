"""Build, sandbox, judge, grade, report: what an instructor runs. See docs/architecture.md."""
