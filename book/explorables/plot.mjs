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

// How a value is spread over an axis: evenly, by its logarithm, or by its root.
const spread = ({ log, root }) => log ? Math.log : root ? (v) => Math.sqrt(Math.max(0, v)) : (v) => v;
const unspread = ({ log, root }) => log ? Math.exp : root ? (v) => Math.max(0, v) ** 2 : (v) => v;

// A chart with axes.  `x` and `y`: {range: [low, high], log or root, label, ticks}; both may be
// set anew.  `ticks` are values to mark, where round ones are not the best.
export class Chart {
  constructor(parent, { height = 320, x, y, label, right = 12 }) {
    // as wide as the page leaves room for, so that letters keep their size on a phone
    const width = Math.max(300, Math.min(680, parent.clientWidth || 560));
    Object.assign(this, { width, height, x, y, left: 62, right, top: 10, bottom: 44 });
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
    this.words = node(this.svg, "g");
    this.axes();
  }

  static place(axis, value) {
    const [low, high, at] = [...axis.range, value].map(spread(axis));
    return (at - low) / (high - low);
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
    const back = (axis, share) => {
      const [low, high] = axis.range.map(spread(axis));
      return unspread(axis)(low + share * (high - low));
    };
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
    for (const value of this.x.ticks ?? ticks(...this.x.range, this.x.log)) {
      const at = this.px(value);
      node(frame, "line", { x1: at, x2: at, y1: height - bottom, y2: height - bottom + 4 });
      node(frame, "text", { x: at, y: height - bottom + 17, "text-anchor": "middle" }, number(value));
    }
    for (const value of this.y.ticks ?? ticks(...this.y.range, this.y.log)) {
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
    this.words.replaceChildren();
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

  // Words to the right of points of the axes, [[x, y, words, stroke, dashes], ...], each with a
  // piece of its line: at the height of its point where there is room, else below the one above.
  names(labels, { height = 13 } = {}) {
    const placed = labels
      .map(([x, y, words, stroke, dashes]) => ({ x: this.px(x), y: this.py(y), words, stroke, dashes }))
      .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
      .sort((one, other) => one.y - other.y);
    const [first, last] = [this.top + 6, this.height - this.bottom - 4];
    for (const label of placed) label.y = Math.min(last, Math.max(first, label.y));
    for (let i = 1; i < placed.length; i++) {
      placed[i].y = Math.max(placed[i].y, placed[i - 1].y + height);
    }
    for (let i = placed.length - 1, lowest = last; i >= 0; i--, lowest -= height) {
      placed[i].y = Math.min(placed[i].y, lowest);
    }
    for (const { x, y: at, words, stroke, dashes } of placed) {
      node(this.words, "path", {
        d: `M${x + 4} ${at}h14`, stroke, "stroke-width": 3, "stroke-dasharray": dashes ?? "",
      });
      node(this.words, "text", { x: x + 21, y: at + 4 }, words);
    }
  }

  dot(x, y, attributes = {}) {
    return node(this.marks, "circle", { cx: this.px(x), cy: this.py(y), r: 5, ...attributes });
  }

  holds(x, y) {
    return [Chart.place(this.x, x), Chart.place(this.y, y)].every((s) => s >= 0 && s <= 1);
  }

  // An arrow at the edge, towards a point outside the frame; `words` stand beside it.
  arrow(x, y, words, attributes = {}) {
    const [left, right] = [this.left + 9, this.width - this.right - 9];
    const [top, bottom] = [this.top + 9, this.height - this.bottom - 9];
    const [px, py] = [Math.min(1e6, Math.max(-1e6, this.px(x))), Math.min(1e6, Math.max(-1e6, this.py(y)))];
    const [cx, cy] = [Math.min(right, Math.max(left, px)), Math.min(bottom, Math.max(top, py))];
    const turn = (Math.atan2(py - cy, px - cx) * 180) / Math.PI;
    node(this.words, "path", {
      d: "M8 0L-6 -6L-6 6Z", transform: `translate(${cx.toFixed(1)} ${cy.toFixed(1)}) rotate(${turn.toFixed(0)})`,
      ...attributes,
    });
    const far = cx > (left + right) / 2;
    node(this.words, "text", {
      x: far ? cx - 12 : cx + 12, y: cy + 4, "text-anchor": far ? "end" : "start",
    }, words);
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
    enable(on) {
      input.disabled = !on;
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

// A box to tick, with a piece of the line that it stands for.
export function tick(parent, label, colour, on, tell, dashes = "") {
  const box = node(parent, "label", { class: "explorable-tick" });
  const input = node(box, "input", { type: "checkbox" });
  input.checked = on;
  const swatch = node(box, "svg", { class: "explorable-swatch", viewBox: "0 0 28 8", "aria-hidden": "true" });
  node(swatch, "path", { d: "M0 4H28", stroke: colour, "stroke-width": 3, "stroke-dasharray": dashes });
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
