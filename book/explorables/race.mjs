// The race: one start, one rate, seven update rules on a landscape of two parameters.

import { Chart, choice, node, number, slider, status, tick } from "./plot.mjs";
import { RULES, normals } from "./rules.mjs";

const LONGEST = 300; // steps
const NAMES = {
  sgd: "SGD", momentum: "momentum", nesterov: "Nesterov", adagrad: "AdaGrad",
  rmsprop: "RMSProp", adam: "Adam", adamw: "AdamW",
};
const COLOURS = {
  sgd: "#C04A00", momentum: "#0072B2", nesterov: "#009E73", adagrad: "#CC79A7",
  rmsprop: "#B8860B", adam: "#7B4FBF", adamw: "#56A0D3",
};

// f, its gradient, the piece of the plane that is shown, and a start.
export const LANDSCAPES = {
  ravine: {
    words: "a ravine, 25 times as steep across",
    f: ([x, y]) => (x * x + 25 * y * y) / 2,
    gradient: ([x, y]) => [x, 25 * y],
    x: [-3.2, 3.2], y: [-1.8, 1.8], start: [-2.8, 1.2], lowest: 0,
  },
  saddle: {
    words: "a saddle between two minima",
    f: ([x, y]) => (x * x - y * y) / 2 + y ** 4 / 4 + 0.25,
    gradient: ([x, y]) => [x, -y + y ** 3],
    x: [-3.2, 3.2], y: [-1.8, 1.8], start: [-2.5, 0.02], lowest: 0,
  },
  beale: {
    words: "Beale's function: a valley between walls",
    f: ([x, y]) =>
      (1.5 - x + x * y) ** 2 + (2.25 - x + x * y * y) ** 2 + (2.625 - x + x * y ** 3) ** 2,
    gradient: ([x, y]) => {
      const [a, b, c] = [1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y ** 3];
      return [
        2 * a * (y - 1) + 2 * b * (y * y - 1) + 2 * c * (y ** 3 - 1),
        2 * a * x + 4 * b * x * y + 6 * c * x * y * y,
      ];
    },
    x: [-1, 4.4], y: [-1.4, 1.6], start: [1, 1.2], lowest: 0,
  },
  bowl: {
    words: "a round bowl: turn the noise up",
    f: ([x, y]) => (x * x + y * y) / 2,
    gradient: ([x, y]) => [x, y],
    x: [-3.2, 3.2], y: [-1.8, 1.8], start: [-2.8, 1.4], lowest: 0,
  },
};

// One rule's run: places and effective rates, `steps` of them after the start.
export function run(rule, land, { start, rate, momentum, noise, steps }) {
  const draw = normals(231); // the same noise for every rule
  const state = {}, places = [start], rates = [];
  for (let i = 0; i < steps; i++) {
    const g = land.gradient(places[i]).map((d) => d + noise * draw());
    const next = RULES[rule](places[i], g, { rate, momentum }, state);
    places.push(next.w);
    rates.push(next.rate);
  }
  return { places, rates };
}

// Segments of the lines on which f has one of these values, on a grid of squares.
export function contours(f, [x0, x1], [y0, y1], levels, columns = 96, rows = 64) {
  const [dx, dy] = [(x1 - x0) / columns, (y1 - y0) / rows];
  const at = Array.from({ length: rows + 1 }, (_, j) =>
    Array.from({ length: columns + 1 }, (_, i) => f([x0 + i * dx, y0 + j * dy])));
  const found = [];
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      for (const level of levels) {
        const cut = [];
        for (let k = 0; k < 4; k++) {
          const [a, b] = [corners[k], corners[(k + 1) % 4]];
          const [u, v] = [at[a[1]][a[0]] - level, at[b[1]][b[0]] - level];
          if (u < 0 !== v < 0) {
            const s = u / (u - v);
            cut.push([x0 + (a[0] + s * (b[0] - a[0])) * dx, y0 + (a[1] + s * (b[1] - a[1])) * dy]);
          }
        }
        for (let k = 0; k + 1 < cut.length; k += 2) found.push([cut[k], cut[k + 1]]);
      }
    }
  }
  return found;
}

function render({ model, el }) {
  const shown = new Set(model.get("rules") ?? ["sgd", "momentum", "adam"]);
  const settings = {
    land: model.get("land") ?? "ravine", rate: model.get("rate") ?? 0.05,
    momentum: 0.9, noise: 0, steps: 80,
  };
  settings.start = LANDSCAPES[settings.land].start;
  const controls = node(el, "div", { class: "explorable-controls" });
  const map = new Chart(node(el, "div"), {
    height: 340, label: "map of the landscape with the paths of the update rules",
    x: { range: LANDSCAPES[settings.land].x, label: "first parameter; click to start elsewhere" },
    y: { range: LANDSCAPES[settings.land].y, label: "second parameter" },
  });
  const lower = model.get("rates")
    ? { label: "effective rate (second: dashed)", range: [1e-4, 10] }
    : { label: "loss above the minimum", range: [1e-6, 100] };
  const chart = new Chart(node(el, "div"), {
    height: 220, label: lower.label,
    x: { range: [0, settings.steps], label: "steps" }, y: { ...lower, log: true },
  });
  const say = status(el);

  const update = () => {
    const land = LANDSCAPES[settings.land];
    chart.x.range = [0, settings.steps];
    chart.axes();
    map.clear();
    chart.clear();
    const results = [];
    for (const rule of Object.keys(NAMES).filter((name) => shown.has(name))) {
      const { places, rates } = run(rule, land, settings);
      const stroke = COLOURS[rule];
      map.line(places, { stroke });
      const end = places.at(-1);
      if (end.every(Number.isFinite)) map.dot(...end, { fill: stroke, r: 4 });
      if (model.get("rates")) {
        chart.line(rates.map((r, i) => [i, r[0]]), { stroke });
        chart.line(rates.map((r, i) => [i, r[1]]), { stroke, "stroke-dasharray": "5 4" });
      } else {
        chart.line(places.map((p, i) => [i, Math.max(land.f(p) - land.lowest, 1e-12)]), { stroke });
      }
      results.push([land.f(end) - land.lowest, NAMES[rule]]);
    }
    map.dot(...settings.start, { class: "explorable-start", r: 5 });
    const gone = (loss) => !Number.isFinite(loss) || loss > 1e3;
    results.sort((a, b) => (gone(a[0]) ? Infinity : a[0]) - (gone(b[0]) ? Infinity : b[0]));
    const told = results.map(([loss, name]) => `${name} ${gone(loss) ? "has diverged" : number(loss)}`);
    say(told.length ? `Loss above the minimum after ${settings.steps} steps: ${told.join(", ")}.`
      : "Tick a rule to see it run.");
  };

  const paint = () => {
    const land = LANDSCAPES[settings.land];
    [map.x.range, map.y.range] = [land.x, land.y];
    map.axes();
    map.below.replaceChildren();
    const levels = [0.05, 0.2, 0.5, 1, 2, 4, 8, 16, 32, 64];
    const path = contours(land.f, land.x, land.y, levels)
      .map((s) => s.map(([x, y], k) => `${"ML"[k]}${map.px(x).toFixed(1)} ${map.py(y).toFixed(1)}`).join(""))
      .join("");
    node(map.below, "path", { d: path, class: "explorable-contours" });
  };

  const move = ([x, y]) => {
    const within = (v, [low, high]) => Math.min(high, Math.max(low, v));
    settings.start = [within(x, map.x.range), within(y, map.y.range)];
    across.set(settings.start[0]);
    along.set(settings.start[1]);
    update();
  };
  const set = (key) => (value) => {
    settings[key] = value;
    update();
  };

  choice(controls, "landscape", Object.entries(LANDSCAPES).map(([k, v]) => [k, v.words]), settings.land,
    (land) => {
      settings.land = land;
      paint();
      for (const [control, range] of [[across, map.x.range], [along, map.y.range]]) control.range(range);
      move(LANDSCAPES[land].start);
    });
  slider(controls, { label: "rate", min: 0.001, max: 1, value: settings.rate, log: true, step: 0.01 }, set("rate"));
  slider(controls, { label: "momentum, beta1", min: 0, max: 0.99, value: 0.9, step: 0.01 }, set("momentum"));
  slider(controls, { label: "noise", min: 0, max: 3, value: 0, step: 0.05 }, set("noise"));
  slider(controls, { label: "steps", min: 1, max: LONGEST, value: settings.steps, step: 1 }, set("steps"));
  const [x0, y0] = settings.start;
  const across = slider(controls, { label: "start, first", min: map.x.range[0], max: map.x.range[1], value: x0, step: 0.02 },
    (x) => move([x, settings.start[1]]));
  const along = slider(controls, { label: "start, second", min: map.y.range[0], max: map.y.range[1], value: y0, step: 0.02 },
    (y) => move([settings.start[0], y]));
  const rules = node(controls, "div", { class: "explorable-ticks", role: "group", "aria-label": "update rules" });
  for (const [rule, name] of Object.entries(NAMES)) {
    tick(rules, name, COLOURS[rule], shown.has(rule), (on) => {
      if (on) shown.add(rule);
      else shown.delete(rule);
      update();
    });
  }
  map.svg.addEventListener("click", (event) => move(map.under(event)));
  paint();
  update();
}

export default { render };
