// Momentum as a damped oscillator: one coordinate of f(x) = curvature * x² / 2, and the plane of
// rate and momentum in which its ways of moving lie.

import { Chart, node, number, slider, status, tick } from "./plot.mjs";
import { RULES } from "./rules.mjs";

const STEPS = 120, LONG = 200; // of the path, and of the errors
const WIDE = 1.3; // what the portrait shows: a swing without friction has radius 1
const SHARES = [1, 0.1, 0.01], DASHES = ["", "9 3", "3 3"];
const WORDS = {
  creeps: "creeps (overdamped)", swings: "swings (underdamped)",
  jumps: "jumps from side to side", diverges: "diverges",
};
export const METHODS = {
  momentum: { name: "momentum", colour: "#0072B2", dashes: "" },
  nesterov: { name: "Nesterov", colour: "#00795A", dashes: "7 3" },
};

// Position and velocity of each step.  Nesterov's rule holds the point ahead of the position.
export function path(rule, { curvature, rate, momentum, steps = STEPS }) {
  const state = {}, found = [[1, 0]];
  let w = 1;
  for (let i = 0; i < steps; i++) {
    w = RULES[rule]([w], [curvature * w], { rate, momentum }, state).w[0];
    const [v] = state.v;
    found.push([rule === "nesterov" ? w - momentum * v : w, v]);
  }
  return found;
}

// How one step acts: the roots [real, imaginary] of z² - trace z + determinant, with a = rate *
// curvature; the size of the larger; the angle by which a swing turns; what that looks like.
export function regime({ curvature, rate, momentum }, rule = "momentum") {
  const a = rate * curvature;
  const determinant = rule === "nesterov" ? momentum * (1 - a) : momentum;
  const trace = 1 + determinant - a;
  const inner = trace * trace - 4 * determinant;
  const roots = inner < 0
    ? [1, -1].map((sign) => [trace / 2, (sign * Math.sqrt(-inner)) / 2])
    : [1, -1].map((sign) => [(trace + sign * Math.sqrt(inner)) / 2, 0]);
  const size = Math.max(...roots.map((z) => Math.hypot(...z)));
  const kind = size >= 1 - 1e-12 ? "diverges" : inner < 0 ? "swings" : trace < 0 ? "jumps" : "creeps";
  return { kind, size, roots, turn: inner < 0 ? Math.atan2(roots[0][1], roots[0][0]) : 0 };
}

// At a: the momentum above which a coordinate swings, and that at which it diverges (for momentum
// below, for Nesterov above); NaN where there is none.
export const BORDERS = {
  momentum: { swings: (a) => (1 - Math.sqrt(a)) ** 2, diverges: (a) => a / 2 - 1 },
  nesterov: {
    swings: (a) => (a < 1 ? (1 - Math.sqrt(a)) / (1 + Math.sqrt(a)) : NaN),
    diverges: (a) => (a > 1 ? (2 - a) / (2 * (a - 1)) : NaN),
  },
};

// What is left by step, for a share of the curvature: the distance from the middle of the
// portrait, in which a velocity counts by what a swing without friction would have.
export function errors(rule, settings, share, steps = LONG) {
  const curvature = share * settings.curvature;
  const swing = Math.sqrt(settings.rate * curvature);
  return path(rule, { ...settings, curvature, steps }).map(([x, v]) => Math.hypot(x, v / swing));
}

// The first step at which a path lies outside the portrait; -1 if it stays.
export function leaves(points, { rate, curvature }) {
  const swing = Math.sqrt(rate * curvature);
  return points.findIndex(([x, v]) => !(Math.abs(x) <= WIDE && Math.abs(v / swing) <= WIDE));
}

const grid = (low, high, count = 120) =>
  Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);

// The plane of a = rate * curvature and momentum, with the four regimes of plain momentum.
function plane(el) {
  const chart = new Chart(el, {
    height: 300, label: "plane of rate times curvature and momentum, parted into four regimes",
    x: { range: [0, 4.4], root: true, label: "rate × curvature αλ; drag the point", ticks: [0, 0.1, 0.5, 1, 2, 3, 4] },
    y: { range: [0, 1], label: "momentum ρ" },
  });
  const { swings, diverges } = BORDERS.momentum;
  const left = grid(0, 1).map((u) => [u * u, swings(u * u)]);
  const bump = grid(1, 2).map((u) => [u * u, swings(u * u)]);
  const limit = grid(2, 4).map((a) => [a, diverges(a)]);
  const regions = [
    [[[0, 0], ...left], 0.04], [[...left, ...bump, [0, 1]], 0.12],
    [[...bump, ...[...limit].reverse(), [1, 0]], 0.22], [[...limit, [4.4, 1], [4.4, 0]], 0.38],
  ];
  for (const [points, shade] of regions) {
    const d = points.map(([a, rho]) => `${chart.px(a).toFixed(1)} ${chart.py(rho).toFixed(1)}`).join("L");
    node(chart.below, "path", { d: `M${d}Z`, fill: "currentColor", "fill-opacity": shade });
  }
  for (const [a, rho, words] of [
    [0.09, 0.15, "creeps"], [0.5, 0.6, "swings"], [1.68, 0.025, "jumps"], [3.3, 0.25, "diverges"],
  ]) {
    node(chart.below, "text", { x: chart.px(a), y: chart.py(rho), "text-anchor": "middle" }, words);
  }
  return chart;
}

// The two roots of a step, with the unit circle; both axes have one scale.
function circle(el) {
  const chart = new Chart(el, {
    height: 300, label: "roots of one step in the complex plane, with the unit circle",
    x: { range: [-1, 1], label: "real part of the roots" }, y: { range: [-1.25, 1.25], label: "imaginary part" },
  });
  const ratio = (chart.width - chart.left - chart.right) / (chart.height - chart.top - chart.bottom);
  if (ratio < 1) chart.y.range = [-1.25 / ratio, 1.25 / ratio];
  chart.x.range = chart.y.range.map((v) => v * ratio);
  chart.axes();
  return chart;
}

const ring = (chart, radius, attributes) => chart.line(
  grid(0, 2 * Math.PI).map((t) => [radius * Math.cos(t), radius * Math.sin(t)]),
  { stroke: "currentColor", "stroke-width": 1, ...attributes },
);

// Momentum's roots are discs, Nesterov's are squares.
function mark(chart, rule, [x, y]) {
  const fill = METHODS[rule].colour;
  if (!chart.holds(x, y)) chart.arrow(x, y, `${METHODS[rule].name} ${number(x)}`, { fill });
  else if (rule === "momentum") chart.dot(x, y, { fill });
  else {
    const at = { x: chart.px(x) - 4.5, y: chart.py(y) - 4.5 };
    node(chart.marks, "rect", { ...at, width: 9, height: 9, fill: "none", stroke: fill, "stroke-width": 2.5 });
  }
}

function sentence(rule, now, points) {
  const { kind, size, turn } = regime(now, rule);
  const lowest = Math.min(...points.map(([x]) => x));
  const settles = kind !== "diverges";
  const over = lowest < -0.005 && settles ? `, overshoot ${number(-100 * lowest)} %` : "";
  const period = turn > 0 && settles ? `, one swing in ${number((2 * Math.PI) / turn)} steps` : "";
  const many = Math.ceil(Math.log(0.01) / Math.log(size));
  const speed = settles ? `, ${many} steps for each factor of 100` : "";
  const gone = leaves(points, now);
  const away = gone < 0 ? "" : ` It leaves the picture at step ${gone}${settles ? ", but comes back" : ""}.`;
  const name = rule === "momentum" ? "Momentum" : "Nesterov";
  if (size < 1e-6) return `${name} arrives at once: its second step is the last.`;
  return `${name} ${WORDS[kind]}: each step multiplies what is left by ${number(size)}${over}${period}${speed}.${away}`;
}

function render({ model, el }) {
  const now = { curvature: 1, rate: model.get("rate") ?? 0.02, momentum: 0.9, look: false };
  const controls = node(el, "div", { class: "explorable-controls" });
  const rows = node(el, "div", { class: "explorable-row" });
  const places = [1, 2, 3, 4].map(() => node(rows, "div")); // first all: a chart is as wide as its place
  const map = plane(places[0]);
  const roots = circle(places[1]);
  const phase = new Chart(places[2], {
    height: 300, label: "phase portrait: velocity against position",
    x: { range: [-WIDE, WIDE], label: "position x" }, y: { range: [-WIDE, WIDE], label: "velocity v / √(αλ)" },
  });
  const time = new Chart(places[3], {
    height: 300, label: "position by step",
    x: { range: [0, STEPS], label: "steps" }, y: { range: [-WIDE, WIDE], label: "position x" },
  });
  const left = new Chart(node(el, "div"), {
    height: 230, label: "what is left by step, for three curvatures", right: 118,
    x: { range: [0, LONG], label: "steps" }, y: { range: [1e-5, 10], log: true, label: "what is left" },
  });
  const say = status(el);

  const drawPlane = () => {
    map.clear();
    for (const rule of now.look ? ["momentum", "nesterov"] : ["momentum"]) {
      const look = { stroke: METHODS[rule].colour, "stroke-dasharray": METHODS[rule].dashes };
      for (const border of Object.values(BORDERS[rule])) {
        // outside the plane's momenta there is no border
        map.line(grid(0, Math.sqrt(4.4), 400).map((u) => [u * u, border(u * u)]), look);
      }
      if (rule === "nesterov") map.line([[1, 0], [1, 1]], look);
    }
    const a = now.rate * now.curvature;
    if (map.holds(a, now.momentum)) map.dot(a, now.momentum, { class: "explorable-handle", r: 7 });
    else map.arrow(a, now.momentum, number(a), { fill: "currentColor" });
  };
  const drawRoots = (rules) => {
    roots.clear();
    ring(roots, 1, {});
    const inner = Math.sqrt(now.momentum);
    ring(roots, inner, { "stroke-dasharray": "4 4" });
    node(roots.words, "text", { x: roots.px(0), y: roots.py(-inner) - 5, "text-anchor": "middle" }, "√ρ");
    for (const rule of rules) for (const z of regime(now, rule).roots) mark(roots, rule, z);
  };
  const drawPath = (rule, points) => {
    const { colour: stroke, dashes } = METHODS[rule];
    const look = { stroke, "stroke-dasharray": dashes };
    // a path that grows is drawn until it is far away: its swings would fill the picture
    const far = points.findIndex(([x]) => !(Math.abs(x) < 5 * WIDE));
    const cut = far < 0 || regime(now, rule).kind !== "diverges" ? points : points.slice(0, far + 1);
    const seen = cut.map(([x, v]) => [x, v / Math.sqrt(now.rate * now.curvature)]);
    phase.line(seen, { ...look, "stroke-width": 1.5 });
    for (const at of seen.slice(1)) if (phase.holds(...at)) phase.dot(...at, { fill: stroke, r: 2.2 });
    time.line(cut.map(([x], i) => [i, x]), look);
    const gone = leaves(points, now);
    if (gone >= 0 && Number.isFinite(seen[gone][1])) phase.arrow(...seen[gone], `step ${gone}`, { fill: stroke });
  };
  const drawErrors = (rules) => {
    left.clear();
    const labels = [];
    for (const rule of rules) {
      SHARES.forEach((share, k) => {
        const look = { stroke: METHODS[rule].colour, "stroke-dasharray": DASHES[k] };
        const found = errors(rule, now, share);
        left.line(found.map((e, i) => [i, e]), { ...look, "stroke-width": rule === "momentum" ? 2.4 : 1.2 });
        const words = (rule === "momentum" ? "" : "Nesterov ") + ["λ", "λ/10", "λ/100"][k];
        labels.push([LONG, Math.min(10, Math.max(1e-5, found.at(-1))) || 10, words, look.stroke, DASHES[k]]);
      });
    }
    left.names(labels);
  };

  const update = () => {
    const rules = now.look ? ["momentum", "nesterov"] : ["momentum"];
    for (const chart of [phase, time]) {
      chart.clear();
      chart.line([[chart.x.range[0], 0], [chart.x.range[1], 0]], { stroke: "currentColor", "stroke-width": 0.5 });
    }
    drawPlane();
    drawRoots(rules);
    const paths = rules.map((rule) => path(rule, now));
    rules.forEach((rule, k) => drawPath(rule, paths[k]));
    phase.dot(1, 0, { class: "explorable-start", r: 5 });
    drawErrors(rules);
    const critical = BORDERS.momentum.swings(now.rate * now.curvature);
    say(rules.map((rule, k) => sentence(rule, now, paths[k])).join(" ") +
      (critical < 1 ? ` With momentum, swings begin above ρ = ${number(critical)}.` : ""));
  };
  const set = (key) => (value) => {
    now[key] = value;
    update();
  };
  const momentum = slider(controls,
    { label: "momentum ρ", min: 0, max: 0.999, value: now.momentum, step: 0.001 }, set("momentum"));
  const rate = slider(controls,
    { label: "rate α", min: 0.001, max: 5, value: now.rate, log: true, step: 0.01 }, set("rate"));
  slider(controls, { label: "curvature λ", min: 0.1, max: 10, value: 1, log: true, step: 0.01 }, set("curvature"));
  const { colour, dashes } = METHODS.nesterov;
  tick(node(controls, "div", { class: "explorable-ticks" }), "Nesterov's look-ahead as well", colour, false,
    set("look"), dashes);

  // A mouse drags the point, a finger puts it down; by keyboard the sliders move it.
  const drag = (event) => {
    const [a, rho] = map.under(event);
    now.momentum = Math.min(0.999, Math.max(0, rho));
    now.rate = Math.min(5, Math.max(0.001, a / now.curvature));
    momentum.set(now.momentum);
    rate.set(now.rate);
    update();
  };
  map.svg.classList.add("explorable-drag");
  map.svg.addEventListener("pointerdown", (event) => {
    map.svg.setPointerCapture(event.pointerId);
    drag(event);
  });
  map.svg.addEventListener("pointermove", (event) => {
    if (map.svg.hasPointerCapture(event.pointerId)) drag(event);
  });
  update();
}

export default { render };
