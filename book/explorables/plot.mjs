// Charts in SVG and controls for explorables: small, without a library, for keyboard and
// screen reader too.  Colours of axes and text are those of the page, light or dark.

const SVG = "http://www.w3.org/2000/svg";
let made = 0;

export function node(parent, name, attributes = {}, text = "") {
  const svg = parent.namespaceURI === SVG || name === "svg";
  const found = svg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  if (text) found.textContent = text;
  parent.append(found);
  return found;
}

// Numbers for people: three digits, and powers of ten where they are short.
export function number(x) {
  if (!Number.isFinite(x)) return x > 0 ? "∞" : String(x);
  if (x === 0) return "0";
  const size = Math.abs(x);
  const text = size >= 1e4 || size < 1e-3 ? Number(x.toPrecision(2)).toExponential() : String(Number(x.toPrecision(3)));
  return text.replace("e+", "e").replaceAll("-", "−");
}

// About `count` round values between two numbers; on a log axis, powers of ten.
export function ticks(low, high, log = false, count = 5) {
  if (log) {
    const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const every = Math.max(1, Math.ceil((last - first + 1) / (count + 1)));
    const found = [];
    for (let e = first; e <= last; e += every) found.push(10 ** e);
    return found;
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

// A chart with axes.  `x` and `y`: {range: [low, high], log, label}; both may be set anew.
export class Chart {
  constructor(parent, { height = 320, x, y, label }) {
    // as wide as the page leaves room for, so that letters keep their size on a phone
    const width = Math.max(300, Math.min(680, parent.clientWidth || 560));
    Object.assign(this, { width, height, x, y, left: 62, right: 12, top: 10, bottom: 44 });
    this.svg = node(parent, "svg", {
      viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "explorable-chart",
    });
    const id = `explorable-clip-${(made += 1)}`;
    const clip = node(node(this.svg, "defs"), "clipPath", { id });
    node(clip, "rect", {
      x: this.left, y: this.top,
      width: width - this.left - this.right, height: height - this.top - this.bottom,
    });
    this.below = node(this.svg, "g", { "clip-path": `url(#${id})` });
    this.frame = node(this.svg, "g", { class: "explorable-axes" });
    this.marks = node(this.svg, "g", { "clip-path": `url(#${id})` });
    this.axes();
  }

  static place({ range: [low, high], log }, value) {
    return log
      ? Math.log(value / low) / Math.log(high / low)
      : (value - low) / (high - low);
  }

  px(value) {
    return this.left + Chart.place(this.x, value) * (this.width - this.left - this.right);
  }

  py(value) {
    const share = Chart.place(this.y, value);
    return this.height - this.bottom - share * (this.height - this.top - this.bottom);
  }

  // The point of the axes under a mouse event.
  under(event) {
    const box = this.svg.getBoundingClientRect();
    const back = ({ range: [low, high], log }, share) =>
      log ? low * (high / low) ** share : low + share * (high - low);
    const [px, py] = [
      ((event.clientX - box.left) / box.width) * this.width,
      ((event.clientY - box.top) / box.height) * this.height,
    ];
    return [
      back(this.x, (px - this.left) / (this.width - this.left - this.right)),
      back(this.y, (this.height - this.bottom - py) / (this.height - this.top - this.bottom)),
    ];
  }

  axes() {
    const { frame, width, height, left, right, top, bottom } = this;
    frame.replaceChildren();
    for (const value of ticks(...this.x.range, this.x.log)) {
      const at = this.px(value);
      node(frame, "line", { x1: at, x2: at, y1: height - bottom, y2: height - bottom + 4 });
      node(frame, "text", { x: at, y: height - bottom + 17, "text-anchor": "middle" }, number(value));
    }
    for (const value of ticks(...this.y.range, this.y.log)) {
      const at = this.py(value);
      node(frame, "line", { x1: left - 4, x2: left, y1: at, y2: at });
      node(frame, "text", { x: left - 8, y: at + 4, "text-anchor": "end" }, number(value));
    }
    node(frame, "path", { d: `M${left} ${top}V${height - bottom}H${width - right}`, fill: "none" });
    node(frame, "text", {
      x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle",
    }, this.x.label);
    node(frame, "text", {
      x: 0, y: 0, "text-anchor": "middle",
      transform: `translate(14 ${(top + height - bottom) / 2}) rotate(-90)`,
    }, this.y.label);
  }

  clear() {
    this.marks.replaceChildren();
  }

  // A line through points [[x, y], ...]; it is interrupted where a value is no finite number.
  line(points, attributes = {}) {
    let path = "", pen = "M";
    for (const [x, y] of points) {
      const [px, py] = [this.px(x), this.py(y)];
      if (Number.isFinite(px) && Number.isFinite(py)) {
        // far outside is outside: huge coordinates trouble the renderer
        const [cx, cy] = [px, py].map((v) => Math.max(-1e4, Math.min(1e4, v)).toFixed(1));
        path += `${pen}${cx} ${cy}`;
        pen = "L";
      } else {
        pen = "M";
      }
    }
    const style = { fill: "none", "stroke-width": 2, "stroke-linejoin": "round", ...attributes };
    return node(this.marks, "path", { d: path, ...style });
  }

  dot(x, y, attributes = {}) {
    return node(this.marks, "circle", { cx: this.px(x), cy: this.py(y), r: 5, ...attributes });
  }
}

// A slider with its value beside its name; `log` makes its steps factors.
export function slider(parent, { label, min, max, value, step, log = false, show = number }, tell) {
  const box = node(parent, "label", { class: "explorable-control" });
  const name = node(box, "span");
  const input = node(box, "input", {
    type: "range",
    min: log ? Math.log10(min) : min, max: log ? Math.log10(max) : max, step: step ?? "any",
  });
  input.value = log ? Math.log10(value) : value;
  const read = () => (log ? 10 ** Number(input.value) : Number(input.value));
  const update = () => {
    name.textContent = `${label}: ${show(read())}`;
    input.setAttribute("aria-valuetext", show(read()));
  };
  input.addEventListener("input", () => {
    update();
    tell(read());
  });
  update();
  return {
    get value() {
      return read();
    },
    set(x) {
      input.value = log ? Math.log10(x) : x;
      update();
    },
    range([low, high]) {
      [input.min, input.max] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
      update();
    },
  };
}

// A choice among named things: [[key, words], ...].
export function choice(parent, label, options, chosen, tell) {
  const box = node(parent, "label", { class: "explorable-control" });
  node(box, "span", {}, label);
  const select = node(box, "select");
  for (const [value, words] of options) node(select, "option", { value }, words);
  select.value = chosen;
  select.addEventListener("change", () => tell(select.value));
  return select;
}

// A box to tick, with a swatch of the colour that it stands for.
export function tick(parent, label, colour, on, tell) {
  const box = node(parent, "label", { class: "explorable-tick" });
  const input = node(box, "input", { type: "checkbox" });
  input.checked = on;
  node(box, "span", { class: "explorable-swatch", style: `background:${colour}` });
  node(box, "span", {}, label);
  input.addEventListener("change", () => tell(input.checked));
  return input;
}

export function button(parent, label, press) {
  const found = node(parent, "button", { type: "button" }, label);
  found.addEventListener("click", press);
  return found;
}

// The result in words, read aloud when it changes.
export function status(parent) {
  const found = node(parent, "p", { role: "status", class: "explorable-status" });
  let last = 0;
  return (text) => {
    // a slider that is drawn along must not make a screen reader speak at every step
    clearTimeout(last);
    last = setTimeout(() => {
      found.textContent = text;
    }, found.textContent ? 150 : 0);
  };
}
