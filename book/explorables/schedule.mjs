// Schedule designer: put a schedule together, and see what a small net makes of it.

import { Chart, choice, node, number, slider, status, tick } from "./plot.mjs";
import { normals } from "./rules.mjs";

const BLUE = "#0072B2", ORANGE = "#C04A00", KEPT = "5 4"; // this run; the one that was kept
const SEEDS = 5, HIDDEN = 16, BATCH = 16, POINTS = 96;
const EPOCH = POINTS / BATCH; // steps
const TASKS = {
  wrong: { words: "one label in five is wrong", losses: [0.36, 1.6], ticks: [0.4, 0.5, 0.7, 1, 1.5] },
  right: { words: "all labels are right", losses: [1e-3, 3], ticks: [0.001, 0.01, 0.1, 1] },
};

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

// Two spirals, the same every time: places [x, x, ...] and labels -1 or 1, a fifth of them wrong.
export function points(task = "wrong", many = POINTS) {
  const draw = normals(6), x = new Float64Array(2 * many), y = new Float64Array(many);
  for (let i = 0; i < many; i++) {
    const label = i % 2, turn = 0.6 + (3.2 * i) / many;
    const angle = turn + Math.PI * label;
    x[2 * i] = (turn * Math.cos(angle)) / 2 + 0.08 * draw();
    x[2 * i + 1] = (turn * Math.sin(angle)) / 2 + 0.08 * draw();
    const wrong = task === "wrong" && i % 5 === Math.floor(i / 5) % 5;
    y[i] = (label === 1) === wrong ? -1 : 1;
  }
  return { many, x, y };
}

// A net with one layer of rectifiers: for each unit two weights in, then the biases, the weights
// out, and the last bias, all in one array `q`.
export function start(seed, hidden = HIDDEN) {
  const draw = normals(17 + seed), q = new Float64Array(4 * hidden + 1);
  for (let j = 0; j < 2 * hidden; j++) q[j] = 1.5 * draw();
  for (let j = 2 * hidden; j < 3 * hidden; j++) q[j] = draw();
  for (let j = 3 * hidden; j < 4 * hidden; j++) q[j] = draw() / Math.sqrt(hidden);
  return q;
}

// Mean logistic loss over the points order[from], ..., order[to - 1]; their mean gradient is put
// into `gradient` if there is one.
export function loss(q, { x, y }, order, from, to, gradient) {
  const hidden = (q.length - 1) / 4, [bias, out, last] = [2 * hidden, 3 * hidden, 4 * hidden];
  const active = new Float64Array(hidden);
  let sum = 0;
  gradient?.fill(0);
  for (let k = from; k < to; k++) {
    const i = order[k], [u, v] = [x[2 * i], x[2 * i + 1]];
    let score = q[last];
    for (let j = 0; j < hidden; j++) {
      const into = q[2 * j] * u + q[2 * j + 1] * v + q[bias + j];
      active[j] = into > 0 ? into : 0;
      score += q[out + j] * active[j];
    }
    const z = y[i] * score;
    sum += Math.max(0, -z) + Math.log1p(Math.exp(-Math.abs(z))); // log(1 + exp(-z)) without overflow
    if (!gradient) continue;
    const d = -y[i] / (1 + Math.exp(z)) / (to - from);
    gradient[last] += d;
    for (let j = 0; j < hidden; j++) {
      if (!(active[j] > 0)) continue;
      const back = d * q[out + j];
      gradient[out + j] += d * active[j];
      gradient[bias + j] += back;
      gradient[2 * j] += back * u;
      gradient[2 * j + 1] += back * v;
    }
  }
  return sum / (to - from);
}

// Plain minibatch descent at these rates, in a new order of the points for every epoch.  The
// seed chooses the start and the orders.  Losses over all points, before and after each epoch.
export function train(data, schedule, seed, { hidden = HIDDEN, batch = BATCH } = {}) {
  const q = start(seed, hidden), g = new Float64Array(q.length), draw = normals(1000 + seed);
  const all = Array.from({ length: data.many }, (_, i) => i);
  const losses = [[0, loss(q, data, all, 0, data.many)]];
  let order = all, from = data.many;
  for (let t = 0; t < schedule.length; t++) {
    if (from + batch > data.many) {
      const keys = all.map(draw);
      [order, from] = [[...all].sort((i, j) => keys[i] - keys[j]), 0];
    }
    loss(q, data, order, from, from + batch, g);
    from += batch;
    for (let i = 0; i < q.length; i++) q[i] -= schedule[t] * g[i];
    if (from + batch > data.many || t + 1 === schedule.length) losses.push([t + 1, loss(q, data, all, 0, data.many)]);
  }
  return losses;
}

// Several seeds together: [step, lowest, median, highest loss].
export function band(data, schedule, seeds = SEEDS) {
  const runs = Array.from({ length: seeds }, (_, seed) => train(data, schedule, seed));
  return runs[0].map(([t], i) => {
    // a run that left the numbers is the highest
    const here = runs.map((run) => (Number.isFinite(run[i][1]) ? run[i][1] : Infinity)).sort((a, b) => a - b);
    return [t, here[0], here[(seeds - 1) / 2], here.at(-1)];
  });
}

function render({ model, el }) {
  const now = { kind: model.get("schedule") ?? "cosine", task: "wrong", lr: 1, total: 300, warmup: 0 };
  let result = null, kept = null; // this run, and the one to compare it with
  const controls = node(el, "div", { class: "explorable-controls" });
  const upper = new Chart(node(el, "div"), {
    height: 190, label: "the learning rate by step", right: 70,
    x: { range: [0, now.total], label: "steps" }, y: { range: [0, 1], label: "rate" },
  });
  const lower = new Chart(node(el, "div"), {
    height: 260, label: "the losses of five small nets trained with it: median and range", right: 70,
    x: { range: [0, now.total], label: "steps" },
    y: { range: TASKS.wrong.losses, log: true, label: "loss over all points" },
  });
  const say = status(el);

  const describe = ({ kind, lr, warmup }) =>
    `${SCHEDULES[kind].words.split(":")[0]}, rate ${number(lr)}${warmup ? `, warm-up ${warmup}` : ""}`;
  const draw = ({ settings, schedule, losses }, stroke, dashes, words) => {
    const look = { stroke, "stroke-dasharray": dashes };
    upper.line(schedule.map((r, t) => [t, r]), look);
    const top = lower.y.range[1] * 10;
    const edge = (k) => losses.map((row) => [row[0], Math.min(top, row[k])]);
    lower.line([...edge(1), ...edge(3).reverse()], { fill: stroke, "fill-opacity": 0.16, stroke: "none" });
    for (const k of [1, 3]) lower.line(edge(k), { ...look, "stroke-width": 0.6 });
    lower.line(edge(2), look);
    return [settings.total, Math.min(top, losses.at(-1)[2]), words, stroke, dashes];
  };

  const update = () => {
    const schedule = rates(now.kind, now);
    result = { settings: { ...now }, schedule, losses: band(points(now.task), schedule) };
    const top = Math.max(now.lr, kept?.settings.lr ?? 0) * 1.05;
    const longest = Math.max(now.total, kept?.settings.total ?? 0);
    [upper.x.range, upper.y.range, lower.x.range] = [[0, longest], [0, top], [0, longest]];
    Object.assign(lower.y, { range: TASKS[now.task].losses, ticks: TASKS[now.task].ticks });
    for (const chart of [upper, lower]) {
      chart.axes();
      chart.clear();
    }
    const labels = [draw(result, BLUE, "", "now")];
    if (kept) labels.push(draw(kept, ORANGE, KEPT, "kept"));
    for (const label of labels) label[0] = longest;
    lower.names(labels);
    const told = ({ settings, losses }) => {
      const [, low, middle, high] = losses.at(-1).map(number);
      return `${describe(settings)}, ends at a loss of ${middle} (${low} to ${high})`;
    };
    say(`Median of five seeds, and their range. Now: ${told(result)}.` + (kept ? ` Kept: ${told(kept)}.` : ""));
  };

  const set = (key) => (value) => {
    now[key] = value;
    update();
  };
  choice(controls, "schedule", Object.entries(SCHEDULES).map(([k, v]) => [k, v.words]), now.kind, set("kind"));
  choice(controls, "labels", Object.entries(TASKS).map(([k, v]) => [k, v.words]), now.task, (task) => {
    kept = null; // losses on other labels are no comparison
    keep.checked = false;
    set("task")(task);
  });
  slider(controls, { label: "highest rate", min: 0.05, max: 8, value: now.lr, log: true, step: 0.01 }, set("lr"));
  slider(controls, { label: "warm-up steps", min: 0, max: 54, value: 0, step: EPOCH }, set("warmup"));
  slider(controls, { label: "steps in all", min: 60, max: 900, value: now.total, step: 5 * EPOCH }, set("total"));
  const box = node(controls, "div", { class: "explorable-ticks" });
  const keep = tick(box, "keep this run for comparison", ORANGE, false, (on) => {
    kept = on ? result : null;
    update();
  }, KEPT);
  update();
}

export default { render };
