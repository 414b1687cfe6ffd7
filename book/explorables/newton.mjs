// Newton's step and the gradient's on the local quadratic model of a function of one number.

import { Chart, button, choice, node, number, slider, status } from "./plot.mjs";

const GRADIENT = "#C04A00", NEWTON = "#0072B2", MODEL = "#009E73";

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
    f: (x) => Math.sqrt(1 + x * x) - 1, d: (x) => x / Math.sqrt(1 + x * x),
    h: (x) => (1 + x * x) ** -1.5,
    x: [-4, 4], y: [-1, 4], start: 0.8,
  },
  flat: {
    words: "x⁴: no curvature at the minimum",
    f: (x) => x ** 4, d: (x) => 4 * x ** 3, h: (x) => 12 * x * x,
    x: [-2, 2], y: [-1, 4], start: 1.2,
  },
};

// Where the two methods go from x; Newton goes nowhere where there is no curvature.
export function steps({ d, h }, x, rate) {
  const curvature = h(x);
  return {
    gradient: x - rate * d(x),
    newton: curvature === 0 ? NaN : x - d(x) / curvature,
    curvature,
  };
}

export function model({ f, d, h }, x) {
  return (z) => f(x) + d(x) * (z - x) + (h(x) * (z - x) ** 2) / 2;
}

function render({ model: options, el }) {
  const now = { key: options.get("function") ?? "well", rate: 0.03, taken: 0 };
  let land = FUNCTIONS[now.key];
  now.x = land.start;
  const controls = node(el, "div", { class: "explorable-controls" });
  const chart = new Chart(node(el, "div"), {
    height: 340, label: "a function, its quadratic model at a point, and the steps from there",
    x: { range: land.x, label: "x; click to move the point" }, y: { range: land.y, label: "f(x)" },
  });
  const buttons = node(el, "div", { class: "explorable-ticks" });
  const say = status(el);

  const curve = (f, attributes) => {
    const [low, high] = land.x;
    chart.line(Array.from({ length: 201 }, (_, i) => {
      const x = low + ((high - low) * i) / 200;
      return [x, f(x)];
    }), attributes);
  };

  const fate = (x) => {
    if (!Number.isFinite(x)) return "has nowhere to go: the curvature is 0";
    const change = land.f(x) - land.f(now.x);
    const where = x < land.x[0] || x > land.x[1] ? " (outside the picture)" : "";
    const much = Math.abs(change) < 1e-9 ? "f stays as it is" : `f ${change < 0 ? "falls" : "RISES"} by ${number(Math.abs(change))}`;
    return `goes to ${number(x)}${where}, ${much}`;
  };

  const update = () => {
    const next = steps(land, now.x, now.rate);
    chart.clear();
    curve(land.f, { stroke: "currentColor" });
    curve(model(land, now.x), { stroke: MODEL, "stroke-dasharray": "6 4" });
    const y = land.f(now.x);
    for (const [key, colour] of [["gradient", GRADIENT], ["newton", NEWTON]]) {
      const x = next[key];
      if (!Number.isFinite(x)) continue;
      const onModel = model(land, now.x)(x);
      chart.line([[now.x, y], [x, onModel]], { stroke: colour, "stroke-dasharray": "2 3" });
      chart.line([[x, onModel], [x, land.f(x)]], { stroke: colour, "stroke-width": 1 });
      chart.dot(x, land.f(x), { fill: colour });
    }
    chart.dot(now.x, y, { class: "explorable-start", r: 6 });
    const bends = next.curvature > 0 ? "up" : next.curvature < 0 ? "DOWN" : "not at all";
    say(`At x = ${number(now.x)} the slope is ${number(land.d(now.x))} and the function bends ${bends} ` +
      `(curvature ${number(next.curvature)}). The gradient step ${fate(next.gradient)}. ` +
      `Newton's step ${fate(next.newton)}. Steps taken: ${now.taken}.`);
  };

  const go = (x, taken) => {
    if (Number.isFinite(x)) {
      now.x = Math.min(land.x[1], Math.max(land.x[0], x));
      now.taken = taken;
      point.set(now.x);
    }
    update();
  };

  choice(controls, "function", Object.entries(FUNCTIONS).map(([k, v]) => [k, v.words]), now.key, (key) => {
    land = FUNCTIONS[key];
    [chart.x.range, chart.y.range] = [land.x, land.y];
    chart.axes();
    point.range(land.x);
    go(land.start, 0);
  });
  const point = slider(controls, { label: "x", min: land.x[0], max: land.x[1], value: now.x, step: 0.01 },
    (x) => go(x, 0));
  slider(controls, { label: "rate of the gradient step", min: 0.005, max: 1, value: now.rate, log: true, step: 0.01 },
    (rate) => {
      now.rate = rate;
      update();
    });
  for (const [key, words, colour] of [
    ["gradient", "take the gradient step", GRADIENT], ["newton", "take Newton's step", NEWTON],
  ]) {
    const made = button(buttons, words, () => go(steps(land, now.x, now.rate)[key], now.taken + 1));
    made.style.borderBottom = `3px solid ${colour}`;
  }
  button(buttons, "start again", () => go(land.start, 0));
  chart.svg.addEventListener("click", (event) => go(chart.under(event)[0], 0));
  update();
}

export default { render };
