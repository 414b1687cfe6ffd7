"""The second wall: processes with limits, in which the grader touches what a student made.

The box (:mod:`autograder.sandbox`) holds the student's code.  What that code leaves behind
(a notebook, messages, records, texts to show) is read, judged and rendered here, never in
the grader's own process: whatever such data cost or break, they cost and break a process
that has a limit of its own and knows no secret.
"""
