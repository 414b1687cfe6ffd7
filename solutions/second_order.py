"""Chapter 5: answers, known mistakes and rubrics for second-order methods."""

from __future__ import annotations

import numpy as np

from solutions.declare import Book

book = Book()


@book.answer
def newton_step(x, grad, hess):
    return x - np.linalg.lstsq(hess, grad, rcond=None)[0]


@book.answer
def bfgs_inverse_update(H, s, y):
    if s @ y <= 0:
        return H
    rho = 1 / (s @ y)
    left = np.eye(len(s)) - rho * np.outer(s, y)
    return left @ H @ left.T + rho * np.outer(s, s)


@book.answer
def lbfgs_direction(grad, s_list, y_list):
    q = grad
    alphas = []
    for s, y in zip(reversed(s_list), reversed(y_list), strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if s_list:
        s, y = s_list[-1], y_list[-1]
        q = (s @ y) / (y @ y) * q
    for s, y, alpha in zip(s_list, y_list, reversed(alphas), strict=True):
        beta = (y @ q) / (s @ y)
        q = q + (alpha - beta) * s
    return -q


@book.answer
def backtracking_line_search(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    start, slope = f(x), grad @ p
    for k in range(max_shrinks + 1):
        step = alpha * shrink**k
        if f(x + step * p) <= start + c * step * slope:  # never true of NaN
            return step
    return 0.0


@book.answer
def lbfgs(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    x, path = x0, [x0]
    g = fun_and_grad(x)[1]
    s_list, y_list = [], []
    for _ in range(steps):
        if np.max(np.abs(g)) <= tol:
            break
        p = lbfgs_direction(g, s_list, y_list)
        s = backtracking_line_search(lambda z: fun_and_grad(z)[0], x, p, g) * p
        y = fun_and_grad(x + s)[1] - g
        x, g = x + s, g + y
        if s @ y > 0:
            s_list = [*s_list, s][-memory:]
            y_list = [*y_list, y][-memory:]
        path.append(x)
    return x, np.array(path)


@book.answer
def hessian_vector_product(grad, x, v, h=1e-5):
    return (grad(x + h * v) - grad(x - h * v)) / (2 * h)


@book.answer
def kfac_precondition(grad_W, A, S, damping):
    A = A + np.sqrt(damping) * np.eye(len(A))
    S = S + np.sqrt(damping) * np.eye(len(S))
    return np.linalg.inv(A) @ grad_W @ np.linalg.inv(S)


# --- newton_step --------------------------------------------------------------------


@book.mistake(
    "newton_step",
    "Hessian for its inverse",
    "On a parabola with curvature 4, should the step be four times the gradient, or a quarter?",
)
def _(x, grad, hess):
    return x - hess @ grad


@book.mistake(
    "newton_step",
    "sign of the step flipped",
    "On a parabola the step must land on the minimum. On which side of you does yours land?",
)
def _(x, grad, hess):
    return x + np.linalg.pinv(hess) @ grad


@book.mistake(
    "newton_step",
    "the step instead of the new point",
    "Shift the whole problem by 10: your result should shift along.",
)
def _(x, grad, hess):
    return -np.linalg.pinv(hess) @ grad


@book.mistake(
    "newton_step",
    "diagonal of the Hessian only",
    "You treat the parameters one at a time. Rotate a bowl: does one step still reach its minimum?",
)
def _(x, grad, hess):
    return x - grad / np.diag(hess)


@book.mistake(
    "newton_step",
    "negative curvature turned positive",
    "Your step runs away from saddles: a good idea with another name, saddle-free Newton. "
    "Where does Newton's own method go from a point near a saddle?",
)
def _(x, grad, hess):
    values, vectors = np.linalg.eigh(hess)
    inverse = np.where(np.abs(values) > 1e-12, 1 / np.abs(values), 0.0)
    return x - vectors @ (inverse * (vectors.T @ grad))


@book.mistake(
    "newton_step",
    "damped where the Hessian is singular",
    "Adding to the diagonal makes the matrix invertible, but a slope along a flat direction "
    "then gives a huge step. How far should the step go along it?",
)
def _(x, grad, hess):
    if np.linalg.matrix_rank(hess) < len(x):
        hess = hess + 1e-3 * np.eye(len(x))
    return x - np.linalg.solve(hess, grad)


@book.mistake(
    "newton_step",
    "shortest point instead of shortest step",
    "What is to have the least norm: the new point, or the step to it? Try a start far from zero.",
)
def _(x, grad, hess):
    return np.linalg.pinv(hess) @ (hess @ x - grad)


@book.mistake(
    "newton_step",
    "a gradient step along flat directions",
    "Along a direction without curvature the model knows no best point. Where does that leave "
    "the point?",
)
def _(x, grad, hess):
    values, vectors = np.linalg.eigh(hess)
    values = np.where(np.abs(values) > 1e-12, values, 1.0)
    return x - vectors @ ((vectors.T @ grad) / values)


# --- bfgs_inverse_update ------------------------------------------------------------


def _bfgs(H, s, y, sy):
    left = np.eye(len(s)) - np.outer(s, y) / sy
    return left @ H @ left.T + np.outer(s, s) / sy


@book.mistake(
    "bfgs_inverse_update",
    "kept although s.y is not positive",
    "Look at the eigenvalues of your result when s . y is negative: is it still positive "
    "definite? What happens when s . y is zero?",
)
def _(H, s, y):
    return _bfgs(H, s, y, s @ y)


@book.mistake(
    "bfgs_inverse_update",
    "s and y exchanged",
    "Your result maps s to y. The inverse Hessian maps differences of gradients to steps.",
)
def _(H, s, y):
    return H if s @ y <= 0 else _bfgs(H, y, s, s @ y)


@book.mistake(
    "bfgs_inverse_update",
    "the two outer factors exchanged",
    "Multiply your result by y: do you get s? Which of the two factors meets y first?",
)
def _(H, s, y):
    if s @ y <= 0:
        return H
    left = np.eye(len(s)) - np.outer(y, s) / (s @ y)
    return left @ H @ left.T + np.outer(s, s) / (s @ y)


@book.mistake(
    "bfgs_inverse_update",
    "DFP's update",
    "Your update satisfies the secant equation, but it is the older one, of Davidon, Fletcher "
    "and Powell. In one dimension they agree; from two on compare with the formula.",
)
def _(H, s, y):
    if s @ y <= 0:
        return H
    Hy = H @ y
    return H - np.outer(Hy, Hy) / (y @ Hy) + np.outer(s, s) / (s @ y)


@book.mistake(
    "bfgs_inverse_update",
    "a change of rank one",
    "Your change is a multiple of a single outer product, the symmetric rank-one update. It "
    "meets the secant equation, yet it does not keep the matrix positive definite. BFGS has rank "
    "two.",
)
def _(H, s, y):
    gap = s - H @ y
    return H if s @ y <= 0 else H + np.outer(gap, gap) / (gap @ y)


@book.mistake(
    "bfgs_inverse_update",
    "last term left out",
    "Multiply your result by y: you get zero. Which part of the formula should give s?",
)
def _(H, s, y):
    return H if s @ y <= 0 else _bfgs(H, s, y, s @ y) - np.outer(s, s) / (s @ y)


@book.mistake(
    "bfgs_inverse_update",
    "last term not divided by s.y",
    "Multiply your result by y: you get a multiple of s. Of which number?",
)
def _(H, s, y):
    if s @ y <= 0:
        return H
    return _bfgs(H, s, y, s @ y) + np.outer(s, s) * (1 - 1 / (s @ y))


@book.mistake(
    "bfgs_inverse_update",
    "tiny steps skipped",
    "Measure s in millimetres instead of metres: the same pair should be kept or skipped. "
    "Which sign does your test ask for, and which size?",
)
def _(H, s, y):
    return H if s @ y <= 1e-10 else _bfgs(H, s, y, s @ y)


# --- lbfgs_direction ----------------------------------------------------------------


def _two_loops(grad, s_list, y_list, gamma=None, first=-1, second=1, plus=-1.0):
    """The recursion with each of its parts open to a mistake."""
    q, alphas = grad, {}
    pairs = list(enumerate(zip(s_list, y_list, strict=True)))
    for i, (s, y) in pairs[::first]:
        alphas[i] = s @ q / (s @ y)
        q = q - alphas[i] * y
    if s_list:
        s, y = s_list[-1], y_list[-1]
        q = (s @ y / (y @ y) if gamma is None else gamma(s_list, y_list)) * q
    for i, (s, y) in pairs[::second]:
        q = q + (alphas[i] + plus * (y @ q) / (s @ y)) * s
    return -q


@book.mistake(
    "lbfgs_direction",
    "sign of the direction flipped",
    "Without any pairs your direction should be that of steepest descent. Does it go down?",
)
def _(grad, s_list, y_list):
    return -_two_loops(grad, s_list, y_list)


@book.mistake(
    "lbfgs_direction",
    "no scaling between the loops",
    "With one pair, what does the initial matrix do to directions at right angles to s and y? "
    "The docstring says where its scale comes from.",
)
def _(grad, s_list, y_list):
    return _two_loops(grad, s_list, y_list, gamma=lambda s, y: 1.0)


@book.mistake(
    "lbfgs_direction",
    "loops in the wrong order",
    "With one pair all is well. With two, which pair does the first loop meet first?",
)
def _(grad, s_list, y_list):
    return _two_loops(grad, s_list, y_list, first=1, second=-1)


@book.mistake(
    "lbfgs_direction",
    "second loop not turned round",
    "Both of your loops run the same way. The second one undoes the first from the inside out.",
)
def _(grad, s_list, y_list):
    return _two_loops(grad, s_list, y_list, first=-1, second=-1)


@book.mistake(
    "lbfgs_direction",
    "scale of the oldest pair",
    "The scale should describe the curvature here and now. Which of the pairs knows most about it?",
)
def _(grad, s_list, y_list):
    return _two_loops(grad, s_list, y_list, gamma=lambda s, y: s[0] @ y[0] / (y[0] @ y[0]))


@book.mistake(
    "lbfgs_direction",
    "scale upside down",
    "Multiply all gradients by ten: the curvature grows, so the scale of an inverse Hessian must "
    "fall. Does yours?",
)
def _(grad, s_list, y_list):
    return _two_loops(grad, s_list, y_list, gamma=lambda s, y: y[-1] @ y[-1] / (s[-1] @ y[-1]))


@book.mistake(
    "lbfgs_direction",
    "second loop without its own product",
    "Take grad equal to y of a single pair: the direction must be -s. What does the second loop "
    "subtract from the number that the first one stored?",
)
def _(grad, s_list, y_list):
    return _two_loops(grad, s_list, y_list, plus=0.0)


@book.mistake(
    "lbfgs_direction",
    "the products added in the second loop",
    "The second loop takes the difference of two numbers. Check one pair against the dense update.",
)
def _(grad, s_list, y_list):
    return _two_loops(grad, s_list, y_list, plus=1.0)


# --- backtracking_line_search -------------------------------------------------------


def _search(f, x, p, alpha, shrink, max_shrinks, bound):
    """The first trial step a with f(x + a p) <= bound(a), or 0."""
    for k in range(max_shrinks + 1):
        a = alpha * shrink**k
        if f(x + a * p) <= bound(a):
            return a
    return 0.0


@book.mistake(
    "backtracking_line_search",
    "never shrinks",
    "Search along a direction that is far too long: is your first trial always the answer?",
)
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    return alpha


@book.mistake(
    "backtracking_line_search",
    "any decrease is enough",
    "With c = 0.4 some steps that lower f must be refused. Where does c enter your test?",
)
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    return _search(f, x, p, alpha, shrink, max_shrinks, lambda a: f(x))


@book.mistake(
    "backtracking_line_search",
    "sign of the slope flipped",
    "Going down, grad . p is negative. Is your bound below f(x) then, or above it?",
)
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    return _search(f, x, p, alpha, shrink, max_shrinks, lambda a: f(x) - c * a * (grad @ p))


@book.mistake(
    "backtracking_line_search",
    "squared gradient for the slope",
    "The slope along p depends on p. Halve p: the predicted decrease should halve too.",
)
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    return _search(f, x, p, alpha, shrink, max_shrinks, lambda a: f(x) - c * a * (grad @ grad))


@book.mistake(
    "backtracking_line_search",
    "bound that does not move with the step",
    "A shorter step promises a smaller decrease. Does your bound rise when the step shrinks?",
)
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    return _search(f, x, p, alpha, shrink, max_shrinks, lambda a: f(x) + c * (grad @ p))


@book.mistake(
    "backtracking_line_search",
    "accepts NaN",
    "What is nan > 1 in Python, and what is nan <= 1? Write your test so that NaN fails it.",
)
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    for k in range(max_shrinks + 1):
        a = alpha * shrink**k
        if not f(x + a * p) > f(x) + c * a * (grad @ p):
            return a
    return 0.0


@book.mistake(
    "backtracking_line_search",
    "keeps the last step when it gives up",
    "Search uphill: no step is good. What should the caller be told?",
)
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    found = _search(f, x, p, alpha, shrink, max_shrinks, lambda a: f(x) + c * a * (grad @ p))
    return found or alpha * shrink**max_shrinks


@book.mistake(
    "backtracking_line_search",
    "gives up one shrink too early",
    "With max_shrinks = 3 there are four trials: the first step and three shorter ones.",
)
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    return _search(f, x, p, alpha, shrink, max_shrinks - 1, lambda a: f(x) + c * a * (grad @ p))


@book.mistake(
    "backtracking_line_search",
    "always halves",
    "Try shrink = 0.8: the trials should lie closer together.",
)
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    return _search(f, x, p, alpha, 0.5, max_shrinks, lambda a: f(x) + c * a * (grad @ p))


# --- lbfgs --------------------------------------------------------------------------


def _armijo(fun_and_grad, x, p, g):
    return backtracking_line_search(lambda z: fun_and_grad(z)[0], x, p, g)


def _newest(pairs, memory):
    return pairs[-memory:]


def _run(
    fun_and_grad,
    x0,
    steps,
    memory,
    tol,
    *,
    length=_armijo,
    size=lambda g: np.max(np.abs(g)),
    keep=lambda s, y: s @ y > 0,
    remember=_newest,
    pair=lambda s, y, p: (s, y),
):
    """L-BFGS with each of its parts open to a mistake."""
    x, path, pairs = x0, [x0], []
    g = fun_and_grad(x)[1]
    for _ in range(steps):
        if size(g) <= tol:
            break
        p = lbfgs_direction(g, [s for s, _ in pairs], [y for _, y in pairs])
        s = length(fun_and_grad, x, p, g) * p
        y = fun_and_grad(x + s)[1] - g
        x, g = x + s, g + y
        path.append(x)
        if keep(s, y):
            pairs = remember([*pairs, pair(s, y, p)], memory)
    return x, np.array(path)


@book.mistake(
    "lbfgs",
    "keeps pairs of negative curvature",
    "Start near a saddle and print s . y of each pair. Does every direction still go down?",
)
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    return _run(fun_and_grad, x0, steps, memory, tol, keep=lambda s, y: True)


@book.mistake(
    "lbfgs",
    "never forgets a pair",
    "How many pairs do you hold after twenty steps with a memory of ten?",
)
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    return _run(fun_and_grad, x0, steps, memory, tol, remember=lambda pairs, memory: pairs)


@book.mistake(
    "lbfgs",
    "forgets the newest pair",
    "When the memory is full, one pair must go. Which one tells least about the place you are at?",
)
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    return _run(fun_and_grad, x0, steps, memory, tol, remember=lambda pairs, memory: pairs[:memory])


@book.mistake(
    "lbfgs",
    "steepest descent: no pair is ever used",
    "Print how many pairs reach the direction. If none does, look at the sign of s . y: in which "
    "order are the two gradients subtracted?",
)
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    return _run(fun_and_grad, x0, steps, memory, tol, keep=lambda s, y: False)


@book.mistake(
    "lbfgs",
    "no line search",
    "Your steps always have the full length of the direction. Does the value fall in every step?",
)
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    return _run(fun_and_grad, x0, steps, memory, tol, length=lambda *args: 1.0)


@book.mistake(
    "lbfgs",
    "direction stored for the step",
    "Compare the s that you store with x_new - x when the line search has shrunk the step.",
)
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    return _run(fun_and_grad, x0, steps, memory, tol, pair=lambda s, y, p: (p, y))


@book.mistake(
    "lbfgs",
    "pairs handed over newest first",
    "In which order does lbfgs_direction want its pairs? Print the lists after three steps.",
)
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    x, path, pairs = x0, [x0], []
    g = fun_and_grad(x)[1]
    for _ in range(steps):
        if np.max(np.abs(g)) <= tol:
            break
        p = lbfgs_direction(g, [s for s, _ in pairs], [y for _, y in pairs])
        s = _armijo(fun_and_grad, x, p, g) * p
        y = fun_and_grad(x + s)[1] - g
        x, g = x + s, g + y
        path.append(x)
        if s @ y > 0:
            pairs = [(s, y), *pairs][:memory]
    return x, np.array(path)


@book.mistake(
    "lbfgs",
    "stops by the length of the gradient",
    "With four equal entries, the length of a vector is twice its largest entry. Which of the two "
    "is compared with tol?",
)
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    return _run(fun_and_grad, x0, steps, memory, tol, size=np.linalg.norm)


@book.mistake(
    "lbfgs",
    "trajectory without its start",
    "After one step, how many points has your run visited?",
)
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    x, path = _run(fun_and_grad, x0, steps, memory, tol)
    return x, path[1:]


# --- hessian_vector_product ---------------------------------------------------------


@book.mistake(
    "hessian_vector_product",
    "forward difference for centred",
    "Replace h by -h: a centred difference does not notice. Does yours?",
)
def _(grad, x, v, h=1e-5):
    return (grad(x + h * v) - grad(x)) / h


@book.mistake(
    "hessian_vector_product",
    "backward difference for centred",
    "Replace h by -h: a centred difference does not notice. Does yours?",
)
def _(grad, x, v, h=1e-5):
    return (grad(x) - grad(x - h * v)) / h


@book.mistake(
    "hessian_vector_product",
    "not divided by the step",
    "Halve h on a quadratic: the product should stay the same.",
)
def _(grad, x, v, h=1e-5):
    return grad(x + h * v) - grad(x - h * v)


@book.mistake(
    "hessian_vector_product",
    "divided by h alone",
    "How far apart are the two points at which you ask for the gradient?",
)
def _(grad, x, v, h=1e-5):
    return (grad(x + h * v) - grad(x - h * v)) / h


@book.mistake(
    "hessian_vector_product",
    "v scaled to length one",
    "Double v: the product should double.",
)
def _(grad, x, v, h=1e-5):
    v = v / np.linalg.norm(v)
    return (grad(x + h * v) - grad(x - h * v)) / (2 * h)


@book.mistake(
    "hessian_vector_product",
    "gradient times v",
    "Where the gradient is zero, is the Hessian zero as well? Your product is.",
)
def _(grad, x, v, h=1e-5):
    return grad(x) * v


@book.mistake(
    "hessian_vector_product",
    "all parameters moved alike",
    "Your points x + h and x - h do not depend on v. Along which direction is the curvature asked?",
)
def _(grad, x, v, h=1e-5):
    return (grad(x + h) - grad(x - h)) / (2 * h) * v


# --- kfac_precondition --------------------------------------------------------------


def _damped(matrix, amount):
    return matrix + amount * np.eye(len(matrix))


@book.mistake(
    "kfac_precondition",
    "the two factors swapped",
    "A belongs to the inputs of the layer, S to its outputs. Which index of W is which?",
)
def _(grad_W, A, S, damping):
    A, S = (_damped(F, np.sqrt(damping)) for F in (A, S))
    return np.linalg.inv(S) @ grad_W @ np.linalg.inv(A)


@book.mistake(
    "kfac_precondition",
    "damping left out",
    "One example alone makes both factors singular. What keeps the step finite then?",
)
def _(grad_W, A, S, damping):
    return np.linalg.inv(A) @ grad_W @ np.linalg.inv(S)


@book.mistake(
    "kfac_precondition",
    "damping without its root",
    "Along a direction that is flat in both factors, by what number is the gradient divided? It "
    "should be `damping` itself.",
)
def _(grad_W, A, S, damping):
    return np.linalg.inv(_damped(A, damping)) @ grad_W @ np.linalg.inv(_damped(S, damping))


@book.mistake(
    "kfac_precondition",
    "only one factor damped",
    "Each factor may be singular on its own. Which of yours is protected?",
)
def _(grad_W, A, S, damping):
    return np.linalg.inv(_damped(A, np.sqrt(damping))) @ grad_W @ np.linalg.inv(S)


@book.mistake(
    "kfac_precondition",
    "factors multiplied, not inverted",
    "Along a direction with large curvature, should the preconditioned step be longer or shorter?",
)
def _(grad_W, A, S, damping):
    return _damped(A, np.sqrt(damping)) @ grad_W @ _damped(S, np.sqrt(damping))


@book.mistake(
    "kfac_precondition",
    "damping added to every entry",
    "Adding a number to a matrix adds it to all entries. Where should damping go?",
)
def _(grad_W, A, S, damping):
    A, S = A + np.sqrt(damping), S + np.sqrt(damping)
    return np.linalg.inv(A) @ grad_W @ np.linalg.inv(S)


@book.mistake(
    "kfac_precondition",
    "input factor left out",
    "Scale the inputs of the layer by ten: the raw gradient grows tenfold. What should your step "
    "do?",
)
def _(grad_W, A, S, damping):
    return grad_W @ np.linalg.inv(_damped(S, np.sqrt(damping)))


book.rubric(
    "newton_hundred_million",
    """
    The Hessian of N parameters has N**2 entries: for N = 1e8 that is 1e16 numbers, 40 petabytes
    in single precision (half of it by symmetry), where the gradient takes 0.4 gigabytes. To solve
    with it takes of the order of N**3 / 3, about 3e23 operations, for one single step: at 1e15
    operations per second, about ten years. Even to compute it takes N Hessian-vector products, each
    as dear as a few gradients. The step is not even the one wanted: the loss is not convex, so
    where the Hessian has negative eigenvalues Newton's step leads to a saddle; and a minibatch
    gives a noisy Hessian. So one avoids the matrix: Hessian-vector products, L-BFGS with m pairs
    (O(m N)), or structure as in K-FAC.
    """,
    (1, "memory: N**2 entries, with a number or a comparison for N = 1e8 (1e16 entries)"),
    (1, "time: O(N**3) to invert or solve, at every step (about 1e23 to 1e24 operations)"),
    (
        1,
        "one thing more: saddles and negative curvature attract Newton's step, minibatch noise in "
        "the Hessian, or what is done instead (L-BFGS, Hessian-vector products, K-FAC)",
    ),
)

book.rubric(
    "lbfgs_dropout",
    """
    Yes: the mask must stay fixed for as long as values and gradients are compared with each other,
    and so must every other source of randomness (minibatch, augmentation, batch statistics). L-BFGS
    assumes one deterministic function. It builds y = grad(x + s) - grad(x); with another mask
    y = H s + (gradient of one function - gradient of another), and the second part does not shrink
    with s, so that the curvature is noise, and s.y may even be negative. The line search compares
    f(x + a p) with f(x): with another mask it accepts or refuses by luck. So dropout is switched
    off, or one mask is held through a whole run (or at least through both gradients of each pair
    and the whole line search). With a mask held for the whole run L-BFGS minimises the loss of one
    thinned network, so the mask no longer regularises as dropout does.
    """,
    (1, "says yes, or: fixed or off wherever two evaluations are compared; other randomness too"),
    (1, "says what a new mask does to y: noise that does not shrink with s, wrong curvature"),
    (1, "says what it does to the line search: values of different functions are compared"),
)
