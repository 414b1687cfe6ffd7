// Newton's step, damped if one likes, and the gradient's, on the local quadratic model of a
// function of one number.  The point may go anywhere: the picture grows with it.

import { Chart, button, choice, node, number, slider, status } from "./plot.mjs";

const MODEL = "#009E73", KEPT = 12; // steps of the trail
const LOOKS = {
  gradient: { stroke: "#C04A00", "stroke-dasharray": "3 3" },
  newton: { stroke: "var(--explorable-newton, #0F4C5C)", "stroke-dasharray": "" },
};

// f with its first two derivatives, and the piece that is shown.
export const FUNCTIONS = {
  well: {
    words: "two wells with a hill between them",
    f: (x) => (x * x - 1) ** 2, d: (x) => 4 * x * (x * x - 1), h: (x) => 12 * x * x - 4,
    x: [-2, 2], y: [-1, 4], start: 1.6,
  },
  quadratic: {
    words: "a quadratic: the model is the function",
    f: (x) => 1.5 * x * x, d: (x) => 3 * x, h: () => 3,
    x: [-2, 2], y: [-1, 4], start: -1.4,
  },
  root: {
    words: "the root of 1 + x²: curvature fades away",
    f: (x) => Math.hypot(1, x) - 1, d: (x) => x / Math.hypot(1, x), h: (x) => Math.hypot(1, x) ** -3,
    x: [-4, 4], y: [-1, 4], start: 0.8,
  },
  flat: {
    words: "x⁴: no curvature at the minimum",
    f: (x) => x ** 4, d: (x) => 4 * x ** 3, h: (x) => 12 * x * x,
    x: [-2, 2], y: [-1, 4], start: 1.2,
  },
};

// Where the two methods go from x.  Newton divides the slope by curvature + damping, and takes
// this share of the step; it goes nowhere where there is nothing to divide by.
export function steps({ d, h }, x, rate, damping = 0, length = 1) {
  const curvature = h(x), divisor = curvature + damping;
  return {
    gradient: x - rate * d(x),
    newton: divisor === 0 ? NaN : x - (length * d(x)) / divisor,
    curvature,
  };
}

// The places that Newton visits, as long as they are numbers.
export function visits(land, x, many, damping = 0, length = 1) {
  const found = [x];
  while (found.length <= many && Number.isFinite(found.at(-1))) {
    found.push(steps(land, found.at(-1), 0, damping, length).newton);
  }
  return found;
}

export function model({ f, d, h }, x, damping = 0) {
  return (z) => f(x) + d(x) * (z - x) + ((h(x) + damping) * (z - x) ** 2) / 2;
}

// The piece to show: the function's own, or as much more as the point is farther out.
export function view({ f, x: [low, high], y: [bottom, top] }, x) {
  if (x >= low && x <= high) return { x: [low, high], y: [bottom, top] };
  const far = 1.15 * Math.abs(x), high2 = Math.max(top, 1.15 * f(x));
  return { x: [-far, far], y: [(bottom / top) * high2, high2] };
}

function render({ model: options, el }) {
  const now = { key: options.get("function") ?? "well", rate: 0.03, damping: 0, length: 1 };
  let land = FUNCTIONS[now.key];
  let trail = [[land.start, 0]]; // places, each with the steps taken before
  const here = () => trail.at(-1)[0];
  const controls = node(el, "div", { class: "explorable-controls" });
  const chart = new Chart(node(el, "div"), {
    height: 340, label: "a function, its quadratic model at a point, and the steps from there",
    x: { range: land.x, label: "x; click to move the point" }, y: { range: land.y, label: "f(x)" },
  });
  const buttons = node(el, "div", { class: "explorable-ticks" });
  const say = status(el);

  const curve = (f, attributes) => {
    const [low, high] = chart.x.range;
    chart.line(Array.from({ length: 401 }, (_, i) => {
      const x = low + ((high - low) * i) / 400;
      return [x, f(x)];
    }), attributes);
  };

  // A disc for Newton's places, a square for the gradient's; an arrow to those outside.
  const mark = (key, x, attributes = {}) => {
    const y = land.f(x), fill = LOOKS[key].stroke;
    if (!chart.holds(x, y)) {
      chart.arrow(x, y, number(x), { fill });
    } else if (key === "newton") chart.dot(x, y, { fill, ...attributes });
    else {
      const at = { x: chart.px(x) - 4.5, y: chart.py(y) - 4.5, width: 9, height: 9 };
      node(chart.marks, "rect", { ...at, fill, ...attributes });
    }
  };

  const drawTrail = () => {
    chart.line(trail.map(([x]) => [x, land.f(x)]), {
      stroke: "currentColor", "stroke-width": 1, "stroke-dasharray": "1 3",
    });
    const written = [];
    trail.slice(0, -1).forEach(([x, taken]) => {
      if (!chart.holds(x, land.f(x))) return;
      const [px, py] = [chart.px(x), chart.py(land.f(x))];
      chart.dot(x, land.f(x), { class: "explorable-trail", r: 3.5 });
      if (written.some(([u, v]) => Math.hypot(u - px, v - py) < 16)) return; // no room for its number
      written.push([px, py]);
      node(chart.words, "text", { x: px + 6, y: py - 6 }, String(taken));
    });
  };

  const fate = (x) => {
    if (Number.isNaN(x)) return "has nowhere to go: it would divide by 0";
    if (!Number.isFinite(x) || !Number.isFinite(land.f(x))) return "goes beyond all numbers";
    const change = land.f(x) - land.f(here());
    const where = x < chart.x.range[0] || x > chart.x.range[1] ? " (outside the picture)" : "";
    const much = Math.abs(change) < 1e-9 ? "f stays as it is" : `f ${change < 0 ? "falls" : "RISES"} by ${number(Math.abs(change))}`;
    return `goes to ${number(x)}${where}, ${much}`;
  };

  const update = () => {
    const x = here(), y = land.f(x);
    [chart.x.range, chart.y.range] = Object.values(view(land, x));
    chart.axes();
    chart.clear();
    const next = steps(land, x, now.rate, now.damping, now.length);
    curve(land.f, { stroke: "currentColor" });
    curve(model(land, x, now.damping), { stroke: MODEL, "stroke-dasharray": "6 4" });
    drawTrail();
    for (const key of ["gradient", "newton"]) {
      const to = next[key];
      if (!Number.isFinite(to) || !Number.isFinite(land.f(to))) continue;
      const onModel = model(land, x, now.damping)(to);
      chart.line([[x, y], [to, onModel]], LOOKS[key]);
      chart.line([[to, onModel], [to, land.f(to)]], { ...LOOKS[key], "stroke-width": 1 });
      mark(key, to);
    }
    chart.dot(x, y, { class: "explorable-start", r: 6 });
    const bends = next.curvature > 0 ? "up" : next.curvature < 0 ? "DOWN" : "not at all";
    const taken = trail.at(-1)[1];
    const wide = chart.x.range[1] > land.x[1] ? " The point has left the first picture, and the view has grown; start again to return." : "";
    const damped = now.damping > 0 ? ` It divides the slope by curvature + damping = ${number(next.curvature + now.damping)}.` : "";
    say(`At x = ${number(x)} the slope is ${number(land.d(x))} and the function bends ${bends} ` +
      `(curvature ${number(next.curvature)}). The gradient step ${fate(next.gradient)}. ` +
      `Newton's step ${fate(next.newton)}.${damped} Steps taken: ${taken}.${wide}`);
  };

  // A step is added to the trail; a point put by hand begins a new one.
  const put = (x) => {
    trail = [[x, 0]];
    point.range(view(land, x).x);
    point.set(x);
    update();
  };
  const take = (key) => {
    const x = steps(land, here(), now.rate, now.damping, now.length)[key];
    if (!Number.isFinite(x) || !Number.isFinite(land.f(x))) return update();
    trail = [...trail, [x, trail.at(-1)[1] + 1]].slice(-KEPT);
    point.range(view(land, x).x);
    point.set(x);
    return update();
  };

  choice(controls, "function", Object.entries(FUNCTIONS).map(([k, v]) => [k, v.words]), now.key, (key) => {
    land = FUNCTIONS[key];
    put(land.start);
  });
  const point = slider(controls, { label: "x", min: land.x[0], max: land.x[1], value: land.start, step: 0.01 }, put);
  const set = (name) => (value) => {
    now[name] = value;
    update();
  };
  slider(controls, { label: "rate of the gradient step", min: 0.005, max: 1, value: now.rate, log: true, step: 0.01 },
    set("rate"));
  slider(controls, { label: "damping δ of Newton's step", min: 0, max: 10, value: 0, step: 0.1 }, set("damping"));
  slider(controls, { label: "length of Newton's step", min: 0.05, max: 1, value: 1, step: 0.05 }, set("length"));
  for (const [key, words] of [["gradient", "take the gradient step"], ["newton", "take Newton's step"]]) {
    const made = button(buttons, words, () => take(key));
    made.style.borderBottom = `3px ${key === "newton" ? "solid" : "dashed"} ${LOOKS[key].stroke}`;
  }
  button(buttons, "start again", () => put(land.start));
  chart.svg.addEventListener("click", (event) => put(chart.under(event)[0]));
  put(land.start);
}

export default { render };
