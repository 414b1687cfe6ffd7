// The error of a gradient check against its step: truncation on one side, rounding on the other.

import { Chart, choice, node, number, slider, status, tick } from "./plot.mjs";

const COLOURS = { centred: "#0072B2", forward: "#C04A00" };
const NAMES = { centred: "centred difference", forward: "forward difference" };

// f and its derivative; `round` rounds every intermediate result, as single precision does.
export const FUNCTIONS = {
  exp: { words: "exp(x)", f: (x, round) => round(Math.exp(x)), d: Math.exp },
  cube: { words: "x³", f: (x, round) => round(round(x * x) * x), d: (x) => 3 * x * x },
  loss: {
    words: "log(1 + exp(x)), a logistic loss",
    f: (x, round) => round(Math.log(round(1 + round(Math.exp(x))))), d: (x) => 1 / (1 + Math.exp(-x)),
  },
  kink: { words: "max(0, x), with a kink at 0", f: (x) => Math.max(0, x), d: (x) => (x > 0 ? 1 : 0) },
};

// |quotient - derivative| relative to the derivative (or to 1, where that is 0).
export function error({ f, d }, kind, x, h, single = false) {
  const round = single ? Math.fround : (v) => v;
  const [at, above, below] = [round(x), round(round(x) + round(h)), round(round(x) - round(h))];
  const rise = kind === "centred"
    ? round(round(f(above, round) - f(below, round)) / round(2 * round(h)))
    : round(round(f(above, round) - f(at, round)) / round(h));
  return Math.abs(rise - d(at)) / (Math.abs(d(at)) || 1);
}

function render({ model, el }) {
  const now = { key: model.get("function") ?? "exp", x: 1, h: 1e-5, single: false };
  const controls = node(el, "div", { class: "explorable-controls" });
  const chart = new Chart(node(el, "div"), {
    height: 340, label: "relative error of two difference quotients by their step",
    x: { range: [1e-14, 1], log: true, label: "step h" },
    y: { range: [1e-14, 10], log: true, label: "relative error" },
  });
  const key = node(el, "div", { class: "explorable-ticks" });
  for (const kind of Object.keys(NAMES)) {
    const box = node(key, "span", { class: "explorable-tick" });
    node(box, "span", { class: "explorable-swatch", style: `background:${COLOURS[kind]}` });
    node(box, "span", {}, NAMES[kind]);
  }
  const say = status(el);

  const update = () => {
    const f = FUNCTIONS[now.key];
    chart.clear();
    chart.line([[now.h, 1e-14], [now.h, 10]], { stroke: "currentColor", "stroke-width": 1, "stroke-dasharray": "4 4" });
    const best = {};
    for (const kind of Object.keys(NAMES)) {
      const points = Array.from({ length: 281 }, (_, i) => {
        const h = 10 ** (-14 + i / 20);
        return [h, Math.max(error(f, kind, now.x, h, now.single), 1e-14)];
      });
      chart.line(points, { stroke: COLOURS[kind], "stroke-width": 1.5 });
      chart.dot(now.h, Math.max(error(f, kind, now.x, now.h, now.single), 1e-14), { fill: COLOURS[kind] });
      best[kind] = points.reduce((a, b) => (b[1] < a[1] ? b : a));
    }
    const told = Object.keys(NAMES).map((kind) =>
      `${NAMES[kind]} ${number(error(f, kind, now.x, now.h, now.single))} (best ${number(best[kind][1])} at h = ${number(best[kind][0])})`);
    const precision = now.single ? "single" : "double";
    say(`At x = ${number(now.x)} with h = ${number(now.h)} in ${precision} precision, relative errors: ${told.join("; ")}.`);
  };
  const set = (name) => (value) => {
    now[name] = value;
    update();
  };
  choice(controls, "function", Object.entries(FUNCTIONS).map(([k, v]) => [k, v.words]), now.key, set("key"));
  slider(controls, { label: "x", min: -2, max: 3, value: now.x, step: 0.001 }, set("x"));
  slider(controls, { label: "h", min: 1e-14, max: 1, value: now.h, log: true, step: 0.05 }, set("h"));
  tick(node(controls, "div", { class: "explorable-ticks" }), "single precision", "transparent", false, set("single"));
  update();
}

export default { render };
