// The search of the index page: words, variables, keywords, time, place and licence, over the lists in
// search.json: datasets, and the stories about them. Cards stand in the page already; they are shown,
// hidden and sorted. What is chosen is kept in the address. The page works without it: then all cards
// are shown.

/** Text without accents and capitals. */
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The list as objects, with what is compared prepared. */
export function readIndex({ columns, rows }) {
  return rows.map((row, place) => {
    const one = Object.fromEntries(columns.map((name, i) => [name, row[i]]));
    const title = fold(one.title);
    const names = fold([...one.variables, ...one.keywords].join(" \n"));
    return { ...one, place, title: one.title, folded: { title, names, text: fold(one.text) } };
  });
}

/** The stories as objects, with what is compared prepared. */
export function readStories({ storyColumns, stories = [] }) {
  return stories.map((row) => {
    const one = Object.fromEntries(storyColumns.map((name, i) => [name, row[i]]));
    return { ...one, folded: { title: fold(one.title), names: fold(one.datasets.join(" ")), text: fold(one.text) } };
  });
}

/** How well a dataset answers a word: 0 not at all. The beginning of a word counts more than its inside. */
function weight({ title, names, text }, word) {
  const starts = (where) => where.startsWith(word) || where.includes(` ${word}`) || where.includes(`-${word}`);
  if (starts(title)) return 8;
  if (title.includes(word)) return 5;
  if (starts(names)) return 4;
  if (names.includes(word)) return 3;
  if (text.includes(word)) return starts(text) ? 2 : 1;
  return 0;
}

/** The sum over all words of a question; 0 where one of them is not found. */
export function score(one, words) {
  let sum = 1;
  for (const word of words) {
    const found = weight(one.folded, word);
    if (!found) return 0;
    sum += found;
  }
  return sum;
}

/** The ranges of longitude of a box, in -180 … 180; one that ends west of where it begins has two. */
const spans = (west, east) => (west <= east ? [[west, east]] : [[west, 180], [-180, east]]);

/** Whether two boxes [west, south, east, north] have a place in common. */
export function boxesMeet(a, b) {
  if (a[1] > b[3] || b[1] > a[3]) return false;
  return spans(a[0], a[2]).some(([w, e]) => spans(b[0], b[2]).some(([v, f]) => w <= f && v <= e));
}

/** A time as [year, rest], which compare one after the other; null for what is none. */
function timeOf(text) {
  const match = /^\s*(-?\d{1,6})((?:-\d\d){0,2})/.exec(text ?? "");
  return match && [Number(match[1]), match[2], text.trim().slice(match[0].trim().length)];
}

/** Whether a time lies before another, as far as both are stated: 2017-03 is not before 2017. */
export function isBefore(a, b) {
  const [one, two] = [timeOf(a), timeOf(b)];
  if (!one || !two) return false;
  if (one[0] !== two[0]) return one[0] < two[0];
  const length = Math.min(one[1].length, two[1].length);
  return one[1].slice(0, length) < two[1].slice(0, length);
}

const tests = {
  variables: (one, { variables }) => !variables.size || one.variables.some((name) => variables.has(name)),
  keywords: (one, { keywords }) => !keywords.size || one.keywords.some((name) => keywords.has(name)),
  licence: (one, { licence }) => !licence.size || licence.has(one.licence),
  time: (one, { from, to }) => {
    if (!from && !to) return true;
    if (!one.times) return false;
    return !(from && isBefore(one.times[1], from)) && !(to && isBefore(to, one.times[0]));
  },
  place: (one, { box }) => !box || boxesMeet(one.bounds, box),
};

const orders = {
  title: (a, b) => a.title.localeCompare(b.title),
  new: (a, b) => compareTimes(b.times?.[1], a.times?.[1]),
  old: (a, b) => compareTimes(a.times?.[0], b.times?.[0]),
};

/** Datasets without time come last in both directions. */
function compareTimes(a, b) {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  return isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0;
}

/**
 * The datasets that are asked for, in order, and for each facet how many there would be of each value
 * if nothing of that facet were chosen.
 */
export function find(index, asked) {
  const words = fold(asked.q ?? "").split(/\s+/).filter(Boolean);
  const scored = index.map((one) => ({ one, points: score(one, words) })).filter(({ points }) => points);
  const passes = (one, but) => Object.entries(tests).every(([name, test]) => name === but || test(one, asked));
  const found = scored.filter(({ one }) => passes(one));
  const order = orders[asked.sort] ?? (() => 0);
  found.sort((a, b) => order(a.one, b.one) || (asked.sort ? 0 : b.points - a.points) || a.one.place - b.one.place);
  const counts = {};
  for (const facet of ["variables", "keywords", "licence"]) {
    counts[facet] = new Map();
    for (const { one } of scored) {
      if (!passes(one, facet)) continue;
      for (const value of [one[facet]].flat()) {
        if (value) counts[facet].set(value, (counts[facet].get(value) ?? 0) + 1);
      }
    }
  }
  return { found: found.map(({ one }) => one), counts };
}

/** The stories that are asked for: by their words, and where there are filters by what their datasets pass. */
export function findStories(stories, index, asked) {
  const words = fold(asked.q ?? "").split(/\s+/).filter(Boolean);
  const passing = find(index, { ...asked, q: "" }).found;
  const ids = new Set(passing.map((one) => one.id));
  return stories.filter((one) => score(one, words)
    && (passing.length === index.length || one.datasets.some((id) => ids.has(id))));
}

/** What is asked, from and to the part of an address after `#`. */
export function readAddress(text) {
  const words = new URLSearchParams(text.replace(/^#/, ""));
  const box = words.get("box")?.split(",").map(Number);
  const isBox = box?.length === 4 && box.every(Number.isFinite) && box[1] <= box[3];
  return {
    q: words.get("q") ?? "", sort: orders[words.get("sort")] ? words.get("sort") : "",
    from: words.get("from") ?? "", to: words.get("to") ?? "", box: isBox ? box : null,
    variables: new Set(words.getAll("variable")), keywords: new Set(words.getAll("keyword")),
    licence: new Set(words.getAll("licence")),
  };
}

export function writeAddress(asked) {
  const words = new URLSearchParams();
  for (const name of ["q", "from", "to", "sort"]) if (asked[name]) words.set(name, asked[name]);
  if (asked.box) words.set("box", asked.box.join(","));
  for (const value of asked.variables) words.append("variable", value);
  for (const value of asked.keywords) words.append("keyword", value);
  for (const value of asked.licence) words.append("licence", value);
  return words.toString();
}

// The page

const FIRST_CHOICES = 60;
const FACETS = ["variables", "keywords", "licence"];

class SearchPage {
  constructor(section, index, stories) {
    this.index = index;
    this.stories = stories;
    this.form = section.querySelector(".find");
    this.list = section.querySelector(".cards");
    this.none = section.querySelector(".none");
    this.told = this.form.querySelector("output");
    this.chosen = this.form.querySelector(".chosen");
    this.cards = new Map([...this.list.children].map((card) => [card.dataset.id, card]));
    this.storyCards = new Map([...document.querySelectorAll(".card.story")].map((card) => [card.dataset.page, card]));
    this.also = section.querySelector(".also");
    this.map = this.form.querySelector(".pick");
    this.asked = readAddress(location.hash);
    this.form.hidden = false;
    // Few datasets are seen at a glance; with many the filters stand beside them.
    const facets = this.form.querySelector(".facets");
    const beside = matchMedia("(min-width: 56rem)");
    const isLarge = section.classList.contains("large");
    const place = () => { if (isLarge) facets.open = beside.matches; };
    beside.addEventListener("change", place);
    place();
    this.listen();
    this.fill();
    this.show();
  }

  listen() {
    const { form } = this;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => this.read(event.target));
    form.addEventListener("change", (event) => this.read(event.target));
    this.none.querySelector("button").addEventListener("click", () => this.clear());
    window.addEventListener("hashchange", () => {
      if (location.hash && !location.hash.includes("=")) return;
      this.asked = readAddress(location.hash);
      this.fill();
      this.show();
    });
    let start;
    const place = (event) => {
      const frame = this.map.getBoundingClientRect();
      const clamp = (value, most) => Math.max(-most, Math.min(value, most));
      return [
        clamp(((event.clientX - frame.left) / frame.width - 0.5) * 360, 180),
        clamp((0.5 - (event.clientY - frame.top) / frame.height) * 180, 90)];
    };
    this.map.addEventListener("pointerdown", (event) => {
      start = place(event);
      this.map.setPointerCapture(event.pointerId);
    });
    this.map.addEventListener("pointermove", (event) => {
      if (!start) return;
      const end = place(event);
      const box = [Math.min(start[0], end[0]), Math.min(start[1], end[1]), Math.max(start[0], end[0]), Math.max(start[1], end[1])];
      this.asked.box = box.map((edge) => Math.round(edge * 10) / 10);
      // Found is what lies in it when the drag ends: until then nothing may move below the pointer.
      this.fill();
      this.drawBox();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.map.addEventListener(end, (event) => {
        // A press without a drag takes the choice back.
        const [x, y] = place(event);
        if (start && Math.hypot(x - start[0], y - start[1]) < 2) this.asked.box = null;
        start = null;
        this.fill();
        this.show();
      });
    }
  }

  /** Takes over what was typed or ticked. */
  read(field) {
    const { asked, form } = this;
    if (["q", "sort"].includes(field.name)) asked[field.name] = field.value;
    if (["from", "to"].includes(field.name)) asked[field.name] = field.validity.valid ? field.value.trim() : "";
    if (FACETS.includes(field.name)) asked[field.name][field.checked ? "add" : "delete"](field.value);
    if (["west", "south", "east", "north"].includes(field.name)) {
      const box = ["west", "south", "east", "north"].map((edge) => form.elements[edge].valueAsNumber);
      asked.box = box.every(Number.isFinite) && box[1] <= box[3] ? box : null;
    }
    this.show();
  }

  clear() {
    this.asked = readAddress("");
    this.fill();
    this.show();
    this.form.elements.q.focus();
  }

  /** Writes what is asked into the fields. */
  fill() {
    const { elements } = this.form;
    for (const name of ["q", "sort", "from", "to"]) elements[name].value = this.asked[name];
    ["west", "south", "east", "north"].forEach((edge, i) => { elements[edge].value = this.asked.box?.[i] ?? ""; });
  }

  show() {
    const { found, counts } = find(this.index, this.asked);
    const words = writeAddress(this.asked);
    const shown = new Set(found.map((one) => one.id));
    for (const [id, card] of this.cards) card.hidden = !shown.has(id);
    const order = found.map((one) => this.cards.get(one.id)).filter(Boolean);
    // Moving cards costs more than hiding them.
    const there = [...this.list.children].filter((card) => !card.hidden);
    if (order.some((card, i) => card !== there[i])) this.list.append(...order);
    this.none.hidden = found.length > 0;
    this.told.textContent = words.replace(/&?sort=\w+/, "") ? `${found.length} of ${this.index.length}` : "";
    for (const facet of FACETS) this.drawFacet(facet, counts[facet]);
    this.drawBox();
    this.drawChosen();
    this.drawStories(Boolean(writeAddress({ ...this.asked, sort: "" })));
    const address = words ? `#${words}` : location.pathname + location.search;
    if (words || location.hash.includes("=")) history.replaceState(null, "", address);
  }

  drawFacet(facet, counts) {
    const place = this.form.querySelector(`[data-facet="${facet}"]`);
    const chosen = this.asked[facet];
    const sorted = [...new Set([...chosen, ...[...counts.keys()]])]
      .sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a.localeCompare(b)).slice(0, FIRST_CHOICES);
    // A facet with one value chooses nothing.
    place.hidden = sorted.length < 2 && !chosen.size;
    const focused = place.contains(document.activeElement) ? document.activeElement.value : null;
    const list = document.createElement("div");
    list.className = "choices";
    for (const value of sorted) {
      const label = document.createElement("label");
      label.className = "choice";
      const box = Object.assign(document.createElement("input"), { type: "checkbox", name: facet, value, checked: chosen.has(value) });
      const text = Object.assign(document.createElement("span"), { textContent: value });
      const count = Object.assign(document.createElement("small"), { textContent: counts.get(value) ?? 0 });
      label.append(box, text, count);
      list.append(label);
    }
    const old = place.querySelector(".choices");
    const scrolled = old?.scrollTop ?? 0;
    if (old) old.replaceWith(list);
    else place.append(list);
    list.scrollTop = scrolled;
    if (focused !== null) [...list.querySelectorAll("input")].find((box) => box.value === focused)?.focus();
  }

  /** Shows the stories that match; their titles also beside the datasets, since their cards stand far below. */
  drawStories(isAsked) {
    const found = findStories(this.stories, this.index, this.asked);
    const shown = new Set(found.map((one) => one.page));
    for (const [page, card] of this.storyCards) card.hidden = !shown.has(page);
    const section = this.storyCards.values().next().value?.closest("section");
    if (section) section.hidden = !found.length;
    this.also.hidden = !isAsked || !found.length;
    const links = found.slice(0, 5).flatMap((one, i) => {
      const link = Object.assign(document.createElement("a"), { href: one.page, textContent: one.title });
      return i ? [", ", link] : [link];
    });
    this.also.replaceChildren(found.length === 1 ? "Story: " : "Stories: ", ...links, found.length > 5 ? " …" : "");
  }

  drawBox() {
    const { box } = this.asked;
    const drawn = this.map.querySelector(".box");
    const [west, south, east, north] = box ?? [0, 0, 0, 0];
    // A box across the antimeridian is drawn to the edge of the map.
    const right = west <= east ? east : 180;
    drawn.setAttribute("x", west * 10);
    drawn.setAttribute("y", -north * 10);
    drawn.setAttribute("width", (right - west) * 10);
    drawn.setAttribute("height", (north - south) * 10);
  }

  /** What is chosen, each with a button that takes it back. */
  drawChosen() {
    const { asked } = this;
    const button = (text, undo, name = "") => {
      const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className: name });
      if (!name) made.setAttribute("aria-label", `Remove the filter ${text}`);
      made.addEventListener("click", () => { undo(); this.fill(); this.show(); });
      return made;
    };
    const buttons = FACETS.flatMap((facet) => [...asked[facet]].map((value) => button(value, () => asked[facet].delete(value))));
    if (asked.from) buttons.push(button(`from ${asked.from}`, () => { asked.from = ""; }));
    if (asked.to) buttons.push(button(`to ${asked.to}`, () => { asked.to = ""; }));
    if (asked.box) buttons.push(button("chosen area", () => { asked.box = null; }));
    if (buttons.length > 1) buttons.push(button("Remove all", () => { this.asked = readAddress(""); }, "all"));
    this.chosen.replaceChildren(...buttons);
    this.chosen.hidden = !buttons.length;
  }
}

if (typeof document !== "undefined") {
  const section = document.querySelector(".catalogue");
  fetch(section.dataset.index)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then((list) => new SearchPage(section, readIndex(list), readStories(list)))
    // All cards stay; that is enough of a list.
    .catch((error) => console.warn("No search:", error));
}
