// The update rules of the course, for parameters in a plain array.  Each is
// rule(w, gradient, settings, state) -> {w, rate}: the next parameters, and for each
// coordinate the effective rate, by which the rule multiplies its (mean) gradient.
// `state` is the rule's own object, empty at the start.

const zeros = (w) => w.map(() => 0);

export const RULES = {
  sgd(w, g, { rate }) {
    return { w: w.map((x, i) => x - rate * g[i]), rate: w.map(() => rate) };
  },

  momentum(w, g, { rate, momentum }, state) {
    state.v = (state.v ?? zeros(w)).map((v, i) => momentum * v - rate * g[i]);
    return { w: w.map((x, i) => x + state.v[i]), rate: w.map(() => rate) };
  },

  nesterov(w, g, { rate, momentum }, state) {
    const old = state.v ?? zeros(w);
    state.v = old.map((v, i) => momentum * v - rate * g[i]);
    const next = w.map((x, i) => x - momentum * old[i] + (1 + momentum) * state.v[i]);
    return { w: next, rate: w.map(() => rate) };
  },

  adagrad(w, g, settings, state) {
    state.c = (state.c ?? zeros(w)).map((c, i) => c + g[i] ** 2);
    return divided(w, g, state.c, settings);
  },

  rmsprop(w, g, settings, state) {
    const { decay = 0.99 } = settings;
    state.c = (state.c ?? zeros(w)).map((c, i) => decay * c + (1 - decay) * g[i] ** 2);
    return divided(w, g, state.c, settings);
  },

  adam(w, g, settings, state) {
    return adam(w, g, settings, state, 0);
  },

  adamw(w, g, settings, state) {
    return adam(w, g, settings, state, settings.weightDecay ?? 0.01);
  },
};

function divided(w, g, squares, { rate, epsilon = 1e-8 }) {
  const rates = squares.map((c) => rate / (Math.sqrt(c) + epsilon));
  return { w: w.map((x, i) => x - rates[i] * g[i]), rate: rates };
}

function adam(w, g, settings, state, decay) {
  const { rate, momentum: beta1 = 0.9, beta2 = 0.999 } = settings;
  state.t = (state.t ?? 0) + 1;
  state.m = (state.m ?? zeros(w)).map((m, i) => beta1 * m + (1 - beta1) * g[i]);
  state.v = (state.v ?? zeros(w)).map((v, i) => beta2 * v + (1 - beta2) * g[i] ** 2);
  const mean = state.m.map((m) => m / (1 - beta1 ** state.t));
  const squares = state.v.map((v) => v / (1 - beta2 ** state.t));
  const step = divided(w, mean, squares, settings);
  return { w: step.w.map((x, i) => x - rate * decay * w[i]), rate: step.rate };
}

// Normal numbers from a seed: a small generator (mulberry32) and Box and Muller's formula.
export function normals(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
