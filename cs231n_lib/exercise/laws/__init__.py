"""Random functions are judged by their law: a file for each kind of function, made of pieces.

``moments``, ``distribution``, ``independence`` and ``structure`` are the pieces: each check takes
draws, what is expected of them, and the chance that right draws fail, and returns whether they
fit.  ``rates`` holds what a law promises; ``bounds`` turns a chance into a limit.
"""
