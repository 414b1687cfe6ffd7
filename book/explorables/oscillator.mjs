// Momentum as a damped oscillator: position and velocity on f(x) = curvature * x² / 2.

import { Chart, node, number, slider, status, tick } from "./plot.mjs";
import { RULES } from "./rules.mjs";

const PLAIN = "#0072B2", LOOK = "#C04A00";
const STEPS = 120;

// Position and velocity of each step; the velocity is the last change of position.
export function path(rule, { curvature, rate, momentum, steps = STEPS }) {
  const state = {}, found = [[1, 0]];
  for (let i = 0; i < steps; i++) {
    const x = found[i][0];
    const next = RULES[rule]([x], [curvature * x], { rate, momentum }, state).w[0];
    found.push([next, next - x]);
  }
  return found;
}

// Eigenvalues of one step of plain momentum, roots of z² - (1 + rho - a) z + rho, a = rate * curvature.
export function regime({ curvature, rate, momentum }) {
  const a = rate * curvature;
  const trace = 1 + momentum - a;
  const inner = trace * trace - 4 * momentum;
  const size = inner < 0
    ? Math.sqrt(momentum)
    : Math.max(Math.abs(trace + Math.sqrt(inner)), Math.abs(trace - Math.sqrt(inner))) / 2;
  const kind = size >= 1 - 1e-12 ? "does not settle"
    : inner < 0 ? "swings: underdamped"
    : trace < 0 ? "jumps from side to side" : "creeps: overdamped";
  return { kind, size, turn: inner < 0 ? Math.acos(trace / (2 * Math.sqrt(momentum))) : 0 };
}

function render({ model, el }) {
  const now = { curvature: 1, rate: model.get("rate") ?? 0.02, momentum: 0.9, look: false };
  const controls = node(el, "div", { class: "explorable-controls" });
  const phase = new Chart(node(el, "div"), {
    height: 300, label: "phase portrait: velocity against position",
    x: { range: [-1.1, 1.1], label: "position x" }, y: { range: [-0.4, 0.4], label: "velocity v" },
  });
  const time = new Chart(node(el, "div"), {
    height: 200, label: "position by step",
    x: { range: [0, STEPS], label: "steps" }, y: { range: [-1.1, 1.1], label: "position x" },
  });
  const say = status(el);

  const update = () => {
    const plain = path("momentum", now);
    const runs = [[plain, PLAIN], ...(now.look ? [[path("nesterov", now), LOOK]] : [])];
    const fastest = Math.max(0.05, ...runs.flatMap(([p]) => p.map(([, v]) => Math.abs(v))).filter((v) => v < 2));
    phase.y.range = [-1.1 * fastest, 1.1 * fastest];
    phase.axes();
    for (const chart of [phase, time]) {
      chart.clear();
      chart.line([[chart.x.range[0], 0], [chart.x.range[1], 0]], { stroke: "currentColor", "stroke-width": 0.5 });
    }
    for (const [points, stroke] of runs) {
      phase.line(points, { stroke, "stroke-width": 1.5 });
      for (const [x, v] of points.slice(1)) if (Math.abs(x) < 9) phase.dot(x, v, { fill: stroke, r: 2.2 });
      time.line(points.map(([x], i) => [i, x]), { stroke });
    }
    phase.dot(1, 0, { class: "explorable-start", r: 5 });
    const { kind, size, turn } = regime(now);
    const critical = (1 - Math.sqrt(now.rate * now.curvature)) ** 2;
    const lowest = Math.min(...plain.map(([x]) => x));
    const over = lowest < -0.005 && size < 1 ? `, overshoot ${number(-100 * lowest)} %` : "";
    const period = turn > 0 && size < 1 ? `, one swing in ${number((2 * Math.PI) / turn)} steps` : "";
    const speed = size < 1 ? `, ${Math.ceil(Math.log(0.01) / Math.log(size))} steps for each factor of 100` : "";
    say(`Momentum ${kind}: each step multiplies what is left by ${number(size)}${over}${period}${speed}. ` +
      `Swings begin above ρ = ${number(critical)}.`);
  };
  const set = (key) => (value) => {
    now[key] = value;
    update();
  };
  slider(controls, { label: "momentum ρ", min: 0, max: 0.999, value: now.momentum, step: 0.001 }, set("momentum"));
  slider(controls, { label: "rate α", min: 0.001, max: 5, value: now.rate, log: true, step: 0.01 }, set("rate"));
  slider(controls, { label: "curvature λ", min: 0.1, max: 10, value: 1, log: true, step: 0.01 }, set("curvature"));
  tick(node(controls, "div", { class: "explorable-ticks" }), "Nesterov's look-ahead as well", LOOK, false, set("look"));
  update();
}

export default { render };
