// The error of a gradient check against its step: truncation on one side, rounding on the other.

import { Chart, choice, node, number, slider, status, tick } from "./plot.mjs";

const COLOURS = { centred: "#0072B2", forward: "#C04A00" }, DASHES = { centred: "", forward: "7 3" };
const NAMES = { centred: "centred difference", forward: "forward difference" };
const LOWEST = 1e-14; // that is drawn
const FINE = 40, NEAR = 10; // steps h for each decade, and how many on either side are near

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

// Errors at steps h from 1e-14 to 1: [h, error, median of the errors within a quarter decade].
// Single errors may be small by luck: the median is what one may count on.
export function errors(f, kind, x, single = false) {
  const all = Array.from({ length: 14 * FINE + 1 }, (_, i) => {
    const h = 10 ** (i / FINE - 14);
    return [h, error(f, kind, x, h, single)];
  });
  return all.map(([h, e], i) => {
    const near = all.slice(Math.max(0, i - NEAR), i + NEAR + 1).map(([, v]) => v).sort((a, b) => a - b);
    return [h, e, near[Math.floor(near.length / 2)]];
  });
}

// Of these, the row with the lowest median; where several are equal, the middle one.
export function best(rows) {
  const low = Math.min(...rows.map(([, , median]) => median));
  const found = rows.filter(([, , median]) => median === low);
  return found[Math.floor(found.length / 2)];
}

function render({ model, el }) {
  const now = { key: model.get("function") ?? "exp", x: 1, h: 1e-5, single: false };
  const controls = node(el, "div", { class: "explorable-controls" });
  const chart = new Chart(node(el, "div"), {
    height: 340, label: "relative error of two difference quotients by their step: single errors and their local median",
    right: 82, x: { range: [LOWEST, 1], log: true, label: "step h" },
    y: { range: [LOWEST, 10], log: true, label: "relative error" },
  });
  const say = status(el);

  const update = () => {
    const f = FUNCTIONS[now.key];
    chart.clear();
    chart.line([[now.h, LOWEST], [now.h, 10]], { stroke: "currentColor", "stroke-width": 1, "stroke-dasharray": "2 4" });
    const told = [], labels = [];
    for (const kind of Object.keys(NAMES)) {
      const stroke = COLOURS[kind], rows = errors(f, kind, now.x, now.single);
      const drawn = (k) => rows.map((row) => [row[0], Math.max(row[k], LOWEST)]);
      for (const at of drawn(1)) chart.dot(...at, { fill: stroke, r: 1, opacity: 0.55 });
      chart.line(drawn(2), { stroke, "stroke-dasharray": DASHES[kind], "stroke-width": 2.5 });
      const here = error(f, kind, now.x, now.h, now.single), [h, , low] = best(rows);
      chart.dot(now.h, Math.max(here, LOWEST), { fill: stroke });
      chart.dot(h, Math.max(low, LOWEST), { fill: "none", stroke, "stroke-width": 2, r: 6 });
      labels.push([1, drawn(2).at(-1)[1], kind, stroke, DASHES[kind]]);
      told.push(`${NAMES[kind]} ${number(here)} (at best about ${number(low)}, near h = ${number(h)})`);
    }
    chart.names(labels);
    const precision = now.single ? "single" : "double";
    say(`At x = ${number(now.x)} with h = ${number(now.h)} in ${precision} precision, relative errors: ${told.join("; ")}. ` +
      "Dots are single errors, lines their median over steps nearby; at best means the lowest of these medians.");
  };
  const set = (name) => (value) => {
    now[name] = value;
    update();
  };
  choice(controls, "function", Object.entries(FUNCTIONS).map(([k, v]) => [k, v.words]), now.key, set("key"));
  slider(controls, { label: "x", min: -2, max: 3, value: now.x, step: 0.001 }, set("x"));
  slider(controls, { label: "h", min: LOWEST, max: 1, value: now.h, log: true, step: 0.05 }, set("h"));
  tick(node(controls, "div", { class: "explorable-ticks" }), "single precision", "none", false, set("single"));
  update();
}

export default { render };
