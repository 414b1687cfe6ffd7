// The race: one start, one rate, seven update rules on a landscape of two parameters.

import { Chart, button, choice, node, number, slider, status, tick } from "./plot.mjs";
import { RULES, normals } from "./rules.mjs";

const LONGEST = 300; // steps
const SECONDS = 6; // that a race takes to be drawn
export const NAMES = {
  sgd: "SGD", momentum: "momentum", nesterov: "Nesterov", adagrad: "AdaGrad",
  rmsprop: "RMSProp", adam: "Adam", adamw: "AdamW",
};
export const COLOURS = {
  sgd: "#C04A00", momentum: "#0072B2", nesterov: "#00795A", adagrad: "#B0568F",
  rmsprop: "#8A6A00", adam: "#7B4FBF", adamw: "#3F86B8",
};

// Lines differ by their dashes too, for readers who do not tell these colours apart.
const DASHES = {
  sgd: "", momentum: "9 3", nesterov: "3 3", adagrad: "12 3 3 3", rmsprop: "6 5", adam: "", adamw: "2 4",
};

// f, its gradient, the piece of the plane that is shown, and a start.
export const LANDSCAPES = {
  ravine: {
    words: "a ravine, 25 times as steep across", turns: true,
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

const rotate = (angle, [x, y]) => {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c * x - s * y, s * x + c * y];
};

// The same landscape, turned about the origin by an angle in radians.
export function turned(land, angle) {
  return {
    ...land,
    f: (w) => land.f(rotate(-angle, w)),
    gradient: (w) => rotate(angle, land.gradient(rotate(-angle, w))),
  };
}

// One rule's run: places and effective rates, `steps` of them after the start.
export function run(rule, land, settings) {
  const { start, noise, steps } = settings;
  const draw = normals(231); // the same noise for every rule
  const state = {}, places = [start], rates = [];
  for (let i = 0; i < steps; i++) {
    const g = land.gradient(places[i]).map((d) => d + noise * draw());
    const next = RULES[rule](places[i], g, settings, state);
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

// The controls of a race: what can be set, and how it is shown.
function build(controls, settings, act) {
  const set = (key) => (value) => {
    settings[key] = value;
    act.update();
  };
  const found = {};
  const add = (key, options, tell = set(key)) => {
    found[key] = slider(controls, { step: 0.01, ...options }, tell);
  };
  choice(controls, "landscape", Object.entries(LANDSCAPES).map(([k, v]) => [k, v.words]), settings.land, act.choose);
  add("rate", { label: "rate", min: 0.001, max: 1, value: settings.rate, log: true });
  add("momentum", { label: "momentum ρ, Adam's β1", min: 0, max: 0.99, value: settings.momentum });
  add("beta2", { label: "Adam's β2", min: 0.5, max: 0.999, value: settings.beta2, step: 0.001 });
  add("epsilon", { label: "ε", min: 1e-8, max: 1, value: settings.epsilon, log: true, step: 0.1 });
  add("weightDecay", { label: "AdamW's decay", min: 0, max: 1, value: settings.weightDecay });
  add("noise", { label: "noise", min: 0, max: 3, value: settings.noise, step: 0.05 });
  add("angle", { label: "turned by (degrees)", min: 0, max: 90, value: settings.angle, step: 1 }, act.turn);
  add("steps", { label: "steps", min: 1, max: LONGEST, value: settings.steps, step: 1 });
  const { x, y, start } = LANDSCAPES[settings.land];
  add("across", { label: "start, first", min: x[0], max: x[1], value: start[0], step: 0.02 },
    (v) => act.move([v, settings.start[1]]));
  add("along", { label: "start, second", min: y[0], max: y[1], value: start[1], step: 0.02 },
    (v) => act.move([settings.start[0], v]));
  return found;
}

// Calls `draw` with a share that grows from 0 to 1 in some seconds; returns what ends it early.
function animate(draw, done) {
  let began, last;
  const frame = (now) => {
    began ??= now;
    const share = Math.min(1, (now - began) / (SECONDS * 1000));
    draw(share);
    if (share < 1) last = requestAnimationFrame(frame);
    else done();
  };
  last = requestAnimationFrame(frame);
  return () => cancelAnimationFrame(last);
}

function render({ model, el }) {
  const shown = new Set(model.get("rules") ?? ["sgd", "momentum", "adam"]);
  const settings = {
    land: model.get("land") ?? "ravine", rate: model.get("rate") ?? 0.02, momentum: 0.9, beta2: 0.999,
    epsilon: 1e-8, weightDecay: 0.1, noise: 0, angle: 0, steps: 80,
  };
  settings.start = LANDSCAPES[settings.land].start;
  const controls = node(el, "div", { class: "explorable-controls" });
  const runs = node(el, "p", { class: "explorable-run" });
  const map = new Chart(node(el, "div"), {
    height: 340, label: "map of the landscape with the paths of the update rules",
    x: { range: LANDSCAPES[settings.land].x, label: "first parameter; click to start elsewhere" },
    y: { range: LANDSCAPES[settings.land].y, label: "second parameter" },
  });
  const lower = model.get("rates")
    ? { label: "effective rate (second: thin)", range: [1e-4, 10] }
    : { label: "loss above the minimum", range: [1e-6, 100] };
  const chart = new Chart(node(el, "div"), {
    height: 220, label: lower.label, right: 92,
    x: { range: [0, settings.steps], label: "steps" }, y: { ...lower, log: true },
  });
  const say = status(el);
  const landscape = () => turned(LANDSCAPES[settings.land], (settings.angle * Math.PI) / 180);
  const above = (land, place) => Math.max(land.f(place) - land.lowest, 1e-12);
  let results = [], stop = null;

  // the first `share` of every run
  const draw = (share) => {
    const land = landscape();
    const count = Math.round(share * settings.steps);
    map.clear();
    chart.clear();
    const labels = [];
    for (const { rule, places, rates } of results) {
      const look = { stroke: COLOURS[rule], "stroke-dasharray": DASHES[rule] };
      const seen = places.slice(0, count + 1);
      map.line(seen, look);
      if (seen.at(-1).every(Number.isFinite)) map.dot(...seen.at(-1), { fill: look.stroke, r: 4 });
      const lines = model.get("rates")
        ? [0, 1].map((k) => rates.slice(0, count).map((r, i) => [i, r[k]]))
        : [seen.map((place, i) => [i, above(land, place)])];
      lines.forEach((line, k) => chart.line(line, { ...look, "stroke-width": k ? 1 : 2 }));
      const last = lines[0].filter((point) => point.every(Number.isFinite)).at(-1);
      if (last) labels.push([settings.steps, last[1], NAMES[rule], look.stroke, look["stroke-dasharray"]]);
    }
    chart.names(labels);
    map.dot(...settings.start, { class: "explorable-start", r: 5 });
  };

  const update = () => {
    halt();
    const land = landscape();
    chart.x.range = [0, settings.steps];
    chart.axes();
    results = Object.keys(NAMES).filter((name) => shown.has(name))
      .map((rule) => ({ rule, ...run(rule, land, settings) }));
    draw(1);
    const gone = (loss) => !Number.isFinite(loss) || loss > 1e3;
    const told = results
      .map(({ rule, places }) => [land.f(places.at(-1)) - land.lowest, NAMES[rule]])
      .sort((a, b) => (gone(a[0]) ? Infinity : a[0]) - (gone(b[0]) ? Infinity : b[0]))
      .map(([loss, name]) => `${name} ${gone(loss) ? "has diverged" : number(loss)}`);
    say(told.length ? `Loss above the minimum after ${settings.steps} steps: ${told.join(", ")}.`
      : "Tick a rule to see it run.");
  };

  const paint = () => {
    const land = landscape();
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
    sliders.across.set(settings.start[0]);
    sliders.along.set(settings.start[1]);
    update();
  };
  const turn = (degrees) => {
    const by = ((degrees - settings.angle) * Math.PI) / 180;
    settings.angle = degrees;
    paint();
    move(rotate(by, settings.start)); // the start turns with the landscape
  };
  const choose = (land) => {
    Object.assign(settings, { land, angle: 0 });
    sliders.angle.set(0);
    sliders.angle.enable(Boolean(LANDSCAPES[land].turns));
    paint();
    sliders.across.range(map.x.range);
    sliders.along.range(map.y.range);
    move(LANDSCAPES[land].start);
  };
  // settings that no ticked rule has cannot be moved
  const offer = () => {
    sliders.beta2.enable(shown.has("adam") || shown.has("adamw"));
    sliders.epsilon.enable(["adagrad", "rmsprop", "adam", "adamw"].some((rule) => shown.has(rule)));
    sliders.weightDecay.enable(shown.has("adamw"));
  };
  const halt = () => {
    stop?.();
    stop = null;
    go.textContent = "Run the race";
  };
  const start = () => {
    stop = animate(draw, halt);
    go.textContent = "Stop";
  };
  const go = button(runs, "Run the race", () => {
    if (stop) {
      halt();
      draw(1);
    } else start();
  });
  const sliders = build(controls, settings, { update, move, turn, choose });
  const rules = node(controls, "div", { class: "explorable-ticks", role: "group", "aria-label": "update rules" });
  for (const [rule, name] of Object.entries(NAMES)) {
    const change = (on) => {
      if (on) shown.add(rule);
      else shown.delete(rule);
      offer();
      update();
    };
    tick(rules, name, COLOURS[rule], shown.has(rule), change, DASHES[rule]);
  }
  map.svg.addEventListener("click", (event) => move(map.under(event)));
  offer();
  paint();
  update();
  if (model.get("runs") && !matchMedia("(prefers-reduced-motion: reduce)").matches) start();
}

export default { render };
