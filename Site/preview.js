// A small map for the first sight of a dataset: a grid of tiles to drag, zoom and step through time.
// Arrow keys pan, + and - zoom. Where the tiles are in longitude and latitude, coasts lie on top.

const TILE = 256;
const COAST_ZOOM = 5.5;

/** The tile matrix sets it can show, the preferred one first; `wide` = columns at zoom 0. */
const SETS = [
  { id: "WorldCRS84Quad", wide: 2, coast: true },
  { id: "UPSAntarcticWGS84Quad", wide: 1 },
  { id: "UPSArcticWGS84Quad", wide: 1 },
  { id: "WebMercatorQuad", wide: 1 },
];

/** The address of a tile: a template with its words in braces replaced. */
export const fill = (template, values) =>
  template.replace(/\{([^}]+)\}/g, (word, name) =>
    name in values ? encodeURIComponent(values[name]).replaceAll("%3A", ":") : word);

/** The tiles [x, y] that a window sees, of those that exist; sizes in pixels of that zoom. */
export const visible = (left, top, width, height, side, [minX, minY, maxX, maxY]) => {
  const tiles = [];
  const from = (edge, least) => Math.max(least, Math.floor(edge / side));
  const to = (edge, most) => Math.min(most, Math.ceil(edge / side) - 1);
  for (let y = from(top, minY); y <= to(top + height, maxY); y += 1) {
    for (let x = from(left, minX); x <= to(left + width, maxX); x += 1) tiles.push([x, y]);
  }
  return tiles;
};

const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

class Preview {
  constructor(host, dataset) {
    this.root = host.dataset.root;
    this.dataset = dataset;
    this.coast = host.querySelector(".coast");
    this.map = make("div", { className: "map", tabIndex: 0 });
    this.map.setAttribute("role", "application");
    this.map.setAttribute(
      "aria-label", "Map. Arrow keys move it, plus and minus zoom.");
    // Land below the tiles, where they are transparent; its outline above them.
    this.ground = this.coast.cloneNode(true);
    this.ground.setAttribute("class", "ground");
    this.layer = make("div");
    this.key = make("div", { className: "key" }, make("img", { alt: "Legend" }));
    this.map.append(this.ground, this.layer, this.coast, this.zoomButtons());
    this.dash = make("div", { className: "dash" });
    // Over the map on a wide screen, below it on a narrow one (see the style sheet).
    const stage = make("div", { className: "stage-map" }, this.map, this.key);
    host.replaceChildren(stage, this.dash);
    this.listen();
    this.choose(dataset.variables.find((one) => one.styles.length) ?? dataset.variables[0]);
    new ResizeObserver(() => this.draw()).observe(this.map);
  }

  choose(variable, style = variable.styles[0]) {
    const before = this.set?.id;
    this.variable = variable;
    this.style = style;
    const of = (id) => style.tileMatrixSets.find((set) => set.id === id);
    // Longitude and latitude would tear apart what lies around a pole.
    const [, south, , north] = this.dataset.bounds;
    const polar = south > 30 || north < -30 ? SETS.filter((set) => set.id.startsWith("UPS")) : [];
    this.set = [...polar, ...SETS].find((set) => of(set.id));
    this.tiles = this.set && of(this.set.id);
    if (!this.tiles) return;
    this.values = Object.fromEntries(
      variable.dimensions.map((one) => [one.placeholder, this.values?.[one.placeholder] &&
        one.values.includes(this.values[one.placeholder])
        ? this.values[one.placeholder] : one.default]));
    const legend = this.key.firstChild;
    legend.src = `${this.root}datasets/${this.dataset.id}/legends/${variable.key}/${style.id}.svg`;
    legend.alt = `Legend of ${variable.title}`;
    if (before !== this.set.id) this.fit();
    this.controls();
    this.draw();
  }

  /** Zooms and centres so that all existing tiles are seen. */
  fit() {
    const zooms = Object.keys(this.tiles.limits).map(Number);
    const deepest = Math.max(...zooms);
    const [minX, minY, maxX, maxY] = this.tiles.limits[deepest];
    const scale = 2 ** deepest;
    let box = [minX / scale, minY / scale, (maxX + 1) / scale, (maxY + 1) / scale];
    const [west, south, east, north] = this.dataset.bounds;
    if (this.set.coast) {
      box = [(west + 180) / 180, (90 - north) / 180, (east + 180) / 180, (90 - south) / 180];
    }
    const { clientWidth: width, clientHeight: height } = this.map;
    this.zoom = Math.log2(
      Math.min(width / (box[2] - box[0]), height / (box[3] - box[1])) / TILE);
    // A whole globe may fill the width; a region keeps some margin.
    if (box[2] - box[0] >= this.set.wide * 0.9) this.zoom = Math.log2(width / TILE / this.set.wide);
    else this.zoom -= 0.15;
    this.zoom = Math.max(this.least, Math.min(this.zoom, this.tiles.maxzoom + 1));
    this.centre = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  }

  get least() {
    return Math.log2(this.map.clientWidth / TILE / this.set.wide) - 1.5;
  }

  draw() {
    if (!this.tiles) return;
    const { clientWidth: width, clientHeight: height } = this.map;
    const z = Math.max(
      this.tiles.minzoom, Math.min(Math.round(this.zoom), this.tiles.maxzoom));
    const side = TILE * 2 ** (this.zoom - z);
    const size = TILE * 2 ** this.zoom;
    const left = this.centre[0] * size - width / 2;
    const top = this.centre[1] * size - height / 2;
    const limits = this.tiles.limits[z] ?? [0, 0, this.set.wide * 2 ** z - 1, 2 ** z - 1];
    const wanted = new Map();
    for (const [x, y] of visible(left, top, width, height, side, limits)) {
      const url = this.root + fill(this.tiles.key, { ...this.values, z, x, y });
      wanted.set(url, [x, y]);
    }
    const known = new Map([...this.layer.children].map((img) => [img.dataset.url, img]));
    for (const [url, [x, y]] of wanted) {
      const img = known.get(url) ?? make("img", { alt: "", draggable: false, decoding: "async" });
      delete img.dataset.retired;
      if (!known.has(url)) {
        img.dataset.url = url;
        img.addEventListener("error", () => (img.style.visibility = "hidden"));
        img.src = url;
        this.layer.append(img);
      }
      // Whole pixels, and each tile up to the next one, so that no seam shows.
      const x0 = Math.round(x * side - left);
      const y0 = Math.round(y * side - top);
      img.style.left = `${x0}px`;
      img.style.top = `${y0}px`;
      img.style.width = `${Math.round((x + 1) * side - left) - x0}px`;
      img.style.height = `${Math.round((y + 1) * side - top) - y0}px`;
    }
    for (const [url, img] of known) if (!wanted.has(url)) this.retire(img);
    // The outline is drawn for small scales; near by it would only be wrong.
    const outlined = this.set.coast && this.zoom < 5;
    for (const outline of [this.ground, this.coast]) {
      // The outline is too rough to be shown from near.
      const shown = this.set.coast && this.zoom < COAST_ZOOM;
      outline.toggleAttribute("hidden", !shown);
      outline.setAttribute("width", 2 * size);
      outline.setAttribute("height", size);
      outline.style.left = `${-left}px`;
      outline.style.top = `${-top}px`;
    }
  }

  /** Removes a tile once those that replace it have come, so that stepping does not flicker. */
  retire(img) {
    if (img.dataset.retired) return;
    img.dataset.retired = "yes";
    const fresh = [...this.layer.children].filter((one) => !one.dataset.retired && !one.complete);
    Promise.allSettled(fresh.map((one) => one.decode())).then(() => {
      if (img.dataset.retired) img.remove();
    });
  }

  zoomBy(step, x = this.map.clientWidth / 2, y = this.map.clientHeight / 2) {
    const size = TILE * 2 ** this.zoom;
    const zoom = Math.max(this.least, Math.min(this.zoom + step, this.tiles.maxzoom + 2));
    const shift = [x - this.map.clientWidth / 2, y - this.map.clientHeight / 2];
    const next = TILE * 2 ** zoom;
    this.centre = this.centre.map((one, i) => one + shift[i] / size - shift[i] / next);
    this.zoom = zoom;
    this.draw();
  }

  pan(x, y) {
    const size = TILE * 2 ** this.zoom;
    const clamp = (value, most) => Math.max(0, Math.min(value, most));
    this.centre = [
      clamp(this.centre[0] + x / size, this.set.wide),
      clamp(this.centre[1] + y / size, 1),
    ];
    this.draw();
  }

  listen() {
    const pointers = new Map();
    this.map.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button")) return;
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      this.map.setPointerCapture(event.pointerId);
    });
    this.map.addEventListener("pointermove", (event) => {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      const [x, y] = [event.clientX, event.clientY];
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, [x, y]);
      if (other) {
        const before = Math.hypot(last[0] - other[0], last[1] - other[1]);
        const now = Math.hypot(x - other[0], y - other[1]);
        const frame = this.map.getBoundingClientRect();
        if (before > 0 && now > 0) {
          this.zoomBy(
            Math.log2(now / before), (x + other[0]) / 2 - frame.left,
            (y + other[1]) / 2 - frame.top);
        }
      } else this.pan(last[0] - x, last[1] - y);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.map.addEventListener(end, (event) => pointers.delete(event.pointerId));
    }
    // The wheel scrolls the page; with Ctrl (or a pinch) it zooms the map.
    this.map.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const frame = this.map.getBoundingClientRect();
      this.zoomBy(-event.deltaY / 100, event.clientX - frame.left, event.clientY - frame.top);
    }, { passive: false });
    this.map.addEventListener("dblclick", (event) => {
      const frame = this.map.getBoundingClientRect();
      this.zoomBy(1, event.clientX - frame.left, event.clientY - frame.top);
    });
    this.map.addEventListener("keydown", (event) => {
      const moves = {
        ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80],
      };
      if (moves[event.key]) this.pan(...moves[event.key]);
      else if (event.key === "+" || event.key === "=") this.zoomBy(1);
      else if (event.key === "-") this.zoomBy(-1);
      else return;
      event.preventDefault();
    });
  }

  zoomButtons() {
    const button = (text, label, step) =>
      make("button", {
        type: "button", textContent: text, ariaLabel: label, onclick: () => this.zoomBy(step),
      });
    return make("div", { className: "zoom" },
      button("+", "Zoom in", 1), button("−", "Zoom out", -1));
  }

  controls() {
    const pick = (label, options, current, onpick) => {
      const select = make("select", { onchange: () => onpick(select.selectedIndex) },
        ...options.map((text, i) => make("option", { textContent: text, selected: i === current })));
      return make("label", {}, label, select);
    };
    const { variables } = this.dataset;
    const { styles, dimensions } = this.variable;
    const parts = [];
    if (variables.length > 1) {
      parts.push(pick("Variable", variables.map((one) => one.title),
        variables.indexOf(this.variable), (i) => this.choose(variables[i])));
    }
    if (styles.length > 1) {
      parts.push(pick("Style", styles.map((one) => one.title), styles.indexOf(this.style),
        (i) => this.choose(this.variable, styles[i])));
    }
    for (const one of dimensions) {
      if (one.values.length < 2) continue;
      const at = one.values.indexOf(this.values[one.placeholder]);
      const set = (i) => {
        this.values[one.placeholder] = one.values[i];
        this.draw();
      };
      parts.push(one.name === "time" ? this.slider(one, at, set)
        : pick(one.units ? `${one.title} (${one.units})` : one.title, one.values, at, set));
    }
    this.dash.replaceChildren(this.key, ...parts);
  }

  slider(dimension, at, set) {
    const told = make("output", { textContent: dimension.values[at].replace("T", " ") });
    const input = make("input", {
      type: "range", min: 0, max: dimension.values.length - 1, step: 1, value: at,
    });
    // The label names the first of its controls, which is the output.
    input.setAttribute("aria-label", dimension.title);
    let timer;
    input.addEventListener("input", () => {
      const value = dimension.values[input.valueAsNumber];
      told.textContent = value.replace("T", " ");
      input.setAttribute("aria-valuetext", value);
      clearTimeout(timer);
      timer = setTimeout(() => set(input.valueAsNumber), 60);
    });
    return make("label", { className: "time" },
      make("span", {}, dimension.title, told), input);
  }
}

if (typeof document !== "undefined") {
  for (const host of document.querySelectorAll(".preview")) {
    fetch(host.dataset.tiles)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((dataset) => new Preview(host, dataset))
      // The still picture stays; that is enough of a preview.
      .catch((error) => console.warn("No preview:", error));
  }
}
