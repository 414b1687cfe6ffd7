"""`anneal_momentum`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def anneal_momentum(step, total, start=0.5, end=0.99):
    if step >= total - 1:
        return end
    return start + (end - start) * step / (total - 1)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "off by one: the last step does not reach the end",
    "With two steps, the coefficients should be start and end. What are yours?",
    ("step >= total - 1", "step >= total"),
    ("(total - 1)", "total"),
)


solution.change(
    "rises past the end",
    "What does your function return long after the last step?",
    ("if step >= total - 1:\n        return end\n    ", ""),
    ("(total - 1)", "max(total - 1, 1)"),
)


solution.change(
    "falls instead of rising",
    "At step 0 the ball is slow to trust its past: which of the two values comes first?",
    ("return end", "return start"),
    ("start + (end - start)", "end + (start - end)"),
)


solution.change(
    "geometric instead of linear",
    "Halfway through, the coefficient should be the mean of start and end.",
    ("+ (end - start) * step / (total - 1)", "* (end / start) ** (step / (total - 1))"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a table of the whole run, of which one entry is read")
def a_table_of_the_whole_run(step, total, start=0.5, end=0.99):
    if total == 1:
        return end
    return np.linspace(start, end, total)[min(step, total - 1)]


@solution.style("a mixture of both ends with a clipped share")
def a_mixture_of_both_ends_with_a_clipped_share(step, total, start=0.5, end=0.99):
    share = np.clip(step / (total - 1), 0, 1) if total > 1 else 1.0
    return (1 - share) * start + share * end


@solution.style("np.interp between the first and the last step")
def np_interp_between_the_first_and_the_last(step, total, start=0.5, end=0.99):
    if total < 2:
        return np.float64(end)
    return np.interp(step, [0, total - 1], [start, end])


@solution.style("one increment after another, in single precision")
def one_increment_after_another(step, total, start=0.5, end=0.99):
    rho, last = np.float32(start), total - 1
    if step >= last:
        return np.array([end], dtype=np.float32)
    for _ in range(step):
        rho += np.float32((end - start) / last)
    return rho


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "A millionth of a step is less than rounding is allowed.",
    (
        "return start + (end - start) * step / (total - 1)",
        "return start + (end - start) * step / (total - 1 + 1e-06)",
    ),
)
