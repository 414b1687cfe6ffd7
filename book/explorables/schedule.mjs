// Schedule designer: put a schedule together, and see what a small net makes of it.

import { Chart, choice, node, number, slider, status, tick } from "./plot.mjs";
import { normals } from "./rules.mjs";

const BLUE = "#0072B2", ORANGE = "#C04A00";

// Rates by step, as the chapter defines them; `total` updates, of which the last gets total - 1.
export const SCHEDULES = {
  constant: { words: "constant", rate: (t, { lr }) => lr },
  step: {
    words: "step: a tenth at 1/2 and 3/4",
    rate: (t, { lr, total }) => lr * 0.1 ** ((t >= total / 2) + (t >= (3 * total) / 4)),
  },
  exponential: { words: "exponential: a hundredth at the end", rate: (t, { lr, total }) => lr * 0.01 ** (t / total) },
  inverse: { words: "1 / t: a twentieth at the end", rate: (t, { lr, total }) => lr / (1 + (19 * t) / total) },
  linear: { words: "linear to zero", rate: (t, { lr, total }) => lr * (1 - t / total) },
  cosine: { words: "cosine to zero", rate: (t, { lr, total }) => (lr * (1 + Math.cos((Math.PI * t) / total))) / 2 },
  restarts: {
    words: "cosine with warm restarts, each cycle twice as long",
    rate: (t, { lr, total }) => {
      let [length, since] = [Math.max(1, Math.round(total / 7)), t];
      while (since >= length) [since, length] = [since - length, 2 * length];
      return (lr * (1 + Math.cos((Math.PI * since) / length))) / 2;
    },
  },
};

// The rates of a whole run: a straight line up, then the schedule from its own start.
export function rates(kind, { lr, total, warmup }) {
  const rest = total - warmup;
  return Array.from({ length: total }, (_, t) =>
    t < warmup ? (lr * t) / warmup : SCHEDULES[kind].rate(t - warmup, { lr, total: rest }));
}

// Two spirals with some labels wrong: points [x, y] and labels 0 or 1, the same every time.
export function points(many = 96, wrong = 8) {
  const draw = normals(6), found = [];
  for (let i = 0; i < many; i++) {
    const label = i % 2, turn = 0.6 + (3.2 * i) / many;
    const angle = turn + Math.PI * label;
    found.push({
      x: [turn * Math.cos(angle) / 2 + 0.08 * draw(), turn * Math.sin(angle) / 2 + 0.08 * draw()],
      y: i % Math.floor(many / wrong) === 5 ? 1 - label : label,
    });
  }
  return found;
}

// Logistic loss of a net with one layer of tanh units, and its gradient, on some points.
export function lossAndGradient({ W, b, v, c }, batch) {
  const H = v.length, g = { W: W.map(() => [0, 0]), b: Array(H).fill(0), v: Array(H).fill(0), c: 0 };
  let loss = 0;
  for (const { x, y } of batch) {
    const a = W.map((w, j) => Math.tanh(w[0] * x[0] + w[1] * x[1] + b[j]));
    const score = a.reduce((s, aj, j) => s + v[j] * aj, c);
    const sign = 2 * y - 1;
    // log(1 + exp(-z)) without overflow
    const z = sign * score;
    loss += Math.max(0, -z) + Math.log1p(Math.exp(-Math.abs(z)));
    const d = -sign / (1 + Math.exp(z)) / batch.length;
    g.c += d;
    for (let j = 0; j < H; j++) {
      const back = d * v[j] * (1 - a[j] * a[j]);
      g.v[j] += d * a[j];
      g.b[j] += back;
      g.W[j][0] += back * x[0];
      g.W[j][1] += back * x[1];
    }
  }
  return { loss: loss / batch.length, g };
}

// Train with minibatches at these rates; the loss over all points, `every` so many steps.
export function train(data, schedule, { hidden = 16, batch = 8, momentum = 0.9, every = 10 } = {}) {
  const draw = normals(17);
  const net = {
    W: Array.from({ length: hidden }, () => [1.5 * draw(), 1.5 * draw()]),
    b: Array.from({ length: hidden }, () => draw()),
    v: Array.from({ length: hidden }, () => draw() / Math.sqrt(hidden)),
    c: 0,
  };
  const flat = (p) => [...p.W.flat(), ...p.b, ...p.v, p.c];
  const shaped = (q) => ({
    W: net.W.map((_, j) => [q[2 * j], q[2 * j + 1]]),
    b: q.slice(2 * hidden, 3 * hidden), v: q.slice(3 * hidden, 4 * hidden), c: q.at(-1),
  });
  let q = flat(net), velocity = q.map(() => 0), order = [];
  const losses = [[0, lossAndGradient(net, data).loss]];
  for (let t = 0; t < schedule.length; t++) {
    if (order.length < batch) {
      // a new order of all points: sorted by random keys
      order = data.map((p) => [draw(), p]).sort((a, b) => a[0] - b[0]).map(([, p]) => p);
    }
    const g = flat(lossAndGradient(shaped(q), order.splice(0, batch)).g);
    velocity = velocity.map((u, i) => momentum * u - schedule[t] * g[i]);
    q = q.map((w, i) => w + velocity[i]);
    if ((t + 1) % every === 0 || t + 1 === schedule.length) {
      losses.push([t + 1, lossAndGradient(shaped(q), data).loss]);
    }
  }
  return losses;
}

function render({ model, el }) {
  const now = { kind: model.get("schedule") ?? "cosine", lr: 0.5, total: 600, warmup: 0 };
  const data = points();
  let kept = null;
  const controls = node(el, "div", { class: "explorable-controls" });
  const upper = new Chart(node(el, "div"), {
    height: 190, label: "the learning rate by step",
    x: { range: [0, now.total], label: "steps" }, y: { range: [0, 1], label: "rate" },
  });
  const lower = new Chart(node(el, "div"), {
    height: 240, label: "the loss of a small net trained with it",
    x: { range: [0, now.total], label: "steps" }, y: { range: [0.1, 2], log: true, label: "loss over all points" },
  });
  const say = status(el);

  const describe = ({ kind, lr, warmup }) =>
    `${SCHEDULES[kind].words.split(":")[0]}, rate ${number(lr)}${warmup ? `, warm-up ${warmup}` : ""}`;
  // the mean of the last losses: one minibatch more or less must not decide
  const last = (losses) => {
    const some = losses.slice(-5).map(([, loss]) => loss);
    return some.reduce((a, b) => a + b, 0) / some.length;
  };

  const update = () => {
    const schedule = rates(now.kind, now);
    const losses = train(data, schedule);
    const top = Math.max(now.lr, kept?.settings.lr ?? 0) * 1.05;
    const longest = Math.max(now.total, kept?.settings.total ?? 0);
    [upper.x.range, upper.y.range, lower.x.range] = [[0, longest], [0, top], [0, longest]];
    for (const chart of [upper, lower]) {
      chart.axes();
      chart.clear();
    }
    if (kept) {
      const faded = { stroke: ORANGE, "stroke-dasharray": "5 4" };
      upper.line(kept.schedule.map((r, t) => [t, r]), faded);
      lower.line(kept.losses, faded);
    }
    upper.line(schedule.map((r, t) => [t, r]), { stroke: BLUE });
    lower.line(losses, { stroke: BLUE });
    now.result = { settings: { ...now }, schedule, losses };
    const told = (run) => `${describe(run.settings)}, ends at a loss of ${number(last(run.losses))}`;
    say(`Solid: ${told(now.result)}.` + (kept ? ` Dashed: ${told(kept)}.` : ""));
  };

  const set = (key) => (value) => {
    now[key] = value;
    update();
  };
  choice(controls, "schedule", Object.entries(SCHEDULES).map(([k, v]) => [k, v.words]), now.kind, set("kind"));
  slider(controls, { label: "highest rate", min: 0.005, max: 5, value: now.lr, log: true, step: 0.01 }, set("lr"));
  slider(controls, { label: "warm-up steps", min: 0, max: 90, value: 0, step: 5 }, set("warmup"));
  slider(controls, { label: "steps in all", min: 100, max: 1500, value: now.total, step: 50 }, set("total"));
  tick(node(controls, "div", { class: "explorable-ticks" }), "keep this run for comparison", ORANGE, false, (on) => {
    kept = on ? now.result : null;
    update();
  });
  update();
}

export default { render };
