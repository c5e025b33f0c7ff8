// What comes late must not undo what was asked for since, and what failed once can be had again: answers are held back here
// and let go in whatever order is the worst.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openScenes } from "../globe/scenes.js";
import { showCube } from "../cube/show.js";
import { encode, keepAddress, mapAddress } from "../viewer/address.js";
import { createTexts } from "../viewer/i18n.js";
import { createLatest } from "../viewer/latest.js";
import { createCells } from "../viewer/layer/cells.js";
import { showVariable } from "../viewer/panels/datasets.js";
import { openSite } from "../viewer/site.js";
import { restore } from "../viewer/start.js";
import { createStore, defaults, layerDefaults } from "../viewer/state.js";

/** Once all that can go on has gone on. */
const rest = () => new Promise((resolve) => { setTimeout(resolve, 0); });

/** A `fetch` whose answers wait until they are let go: `answer(ending, value)` as JSON, or `refuse(ending)`. */
const heldFetch = () => {
  const asked = [];
  globalThis.fetch = (url) => new Promise((resolve, reject) => { asked.push({ url: String(url), resolve, reject }); });
  const take = (ending) => {
    const at = asked.findIndex(({ url }) => url.endsWith(ending));
    assert.ok(at >= 0, `${ending} was not asked for, but ${asked.map(({ url }) => url)}`);
    return asked.splice(at, 1)[0];
  };
  return {
    answer(ending, value) {
      take(ending).resolve(Response.json(value));
      return rest();
    },
    refuse(ending) {
      take(ending).resolve(new Response("none", { status: 503 }));
      return rest();
    },
  };
};

const documentOf = (id) => ({
  id, title: id, bounds: [0, 0, 1, 1], variables: [{ key: "v", title: "V", dimensions: [], styles: [{ id: "s" }] }],
});

/** A page with datasets a, b and c, of which no document has been read, that shows c. */
const page = async () => {
  const net = heldFetch();
  const opening = openSite("http://x/");
  await net.answer("api/datasets.json", { datasets: ["a", "b", "c"].map((id) => ({ id })) });
  const site = await opening;
  const shown = { ...layerDefaults, id: "l1", dataset: "c", variable: "v" };
  const store = createStore({ layers: [shown], active: "l1" });
  const told = [];
  const app = {
    site, store, t: (key) => key, announce() {}, notify: (text) => told.push(text), replacing: createLatest(),
  };
  return { app, net, store, told, datasets: () => store.get().layers.map((one) => one.dataset) };
};

test("of two variables that are chosen one after the other the last is shown, whichever comes last", async () => {
  for (const show of [showVariable, showCube]) {
    const { app, net, datasets } = await page();
    const both = [show(app, "a", "v"), show(app, "b", "v")];
    await net.answer("b.json", documentOf("b"));
    await net.answer("a.json", documentOf("a"));
    await Promise.all(both);
    assert.deepEqual(datasets(), ["b"]);
  }
});

test("variables that are added are all there, whichever comes last", async () => {
  const { app, net, datasets } = await page();
  const both = [showVariable(app, "a", "v", { add: true }), showVariable(app, "b", "v", { add: true })];
  await net.answer("b.json", documentOf("b"));
  await net.answer("a.json", documentOf("a"));
  await Promise.all(both);
  assert.deepEqual(datasets(), ["a", "b", "c"]);
});

test("an address that one went back to is shown once its documents are there, and not after another one", async () => {
  const { app, net, datasets, store } = await page();
  const of = (dataset) => ({ ...defaults, layers: [{ ...layerDefaults, id: "l1", dataset }], active: "l1" });
  const first = restore(app, of("a"));
  // A layer without its variable would be told as one that cannot be read.
  assert.deepEqual(datasets(), ["c"]);
  const second = restore(app, of("b"));
  await net.answer("b.json", documentOf("b"));
  await second;
  await net.answer("a.json", documentOf("a"));
  await first;
  assert.deepEqual(store.get().layers.map((one) => [one.dataset, one.variable]), [["b", "v"]]);
});

test("who goes back and then chooses a variable sees that one", async () => {
  const { app, net, datasets } = await page();
  const back = restore(app, { ...defaults, layers: [{ ...layerDefaults, id: "l1", dataset: "a" }] });
  const chosen = showVariable(app, "b", "v");
  await net.answer("b.json", documentOf("b"));
  await net.answer("a.json", documentOf("a"));
  await Promise.all([back, chosen]);
  assert.deepEqual(datasets(), ["b"]);
});

test("who goes back while the page is being loaded gets there", async () => {
  const { fragment: before } = await encode({ ...defaults, panel: "layers" });
  Object.assign(globalThis, {
    window: { addEventListener() {} }, location: { hash: `#${before}`, pathname: "/", search: "" },
    history: { replaceState() {}, pushState() {} },
  });
  const store = createStore({ panel: "colours" });
  const restored = new Promise((resolve) => {
    const follow = (state) => {
      store.set(state);
      resolve();
    };
    keepAddress(store, { shortened() {}, damaged: assert.fail, restore: follow }, mapAddress, "dataset=c");
  });
  await restored;
  assert.equal(store.get().panel, "layers");
});

test("of two languages that are chosen one after the other the last is spoken, whichever comes last", async () => {
  const net = heldFetch();
  globalThis.document = { documentElement: {} };
  const texts = createTexts("en", [new URL("http://x/")]);
  const english = texts.use("en");
  await net.answer("en.json", { home: "Home" });
  await english;
  const both = [texts.use("de"), texts.use("en")];
  await net.answer("de.json", { home: "Heim" });
  await Promise.all(both);
  assert.deepEqual([texts.language, texts.t("home"), document.documentElement.lang], ["en", "Home", "en"]);
});

test("colour maps that could not be read are asked for again", async () => {
  const { app, net } = await page();
  const first = app.site.colours();
  first.catch(() => {});
  await net.refuse("api/colours.json");
  await assert.rejects(first);
  const second = app.site.colours();
  await net.answer("api/colours.json", { groups: [] });
  assert.deepEqual((await second).groups, []);
});

test("while the document of a dataset is read anew the old one is there", async () => {
  const { app: { site }, net } = await page();
  const first = site.dataset("a");
  await net.answer("a.json", documentOf("a"));
  await first;
  const again = site.reload("a");
  assert.equal(site.loaded.get("a").title, "a");
  await net.answer("a.json", { ...documentOf("a"), title: "A" });
  assert.equal((await again).title, "A");
  assert.equal(site.loaded.get("a").title, "A");
});

test("a scene that cannot be read is no trouble once another was asked for", async () => {
  const { app, net, store, told } = await page();
  const opening = openScenes(app);
  await net.answer("api/scenes.json", { scenes: [{ id: "one", title: "One" }, { id: "two", title: "Two" }] });
  const scenes = await opening;
  globalThis.document = { dispatchEvent() {} };
  app.map = { sceneChanged() {}, camera: { fly() {} } };
  const [first, second] = [scenes.change("one"), scenes.change("two")];
  await net.answer("two.json", { id: "two" });
  await net.refuse("one.json");
  await Promise.all([first, second]);
  assert.equal(store.get().scene, "two");
  assert.deepEqual(told, []);
});

test("who waits for cells of a cube that was replaced goes without, and nothing more is asked of the old one", async () => {
  let asked = 0;
  const grid = { kind: "geographic", closed: false, shape: () => [2, 2] };
  const slice = {
    key: "a@0",
    field: { dataset: "a", levels: 1, grid, counts: () => ({ down: 1, across: 1 }), extent: () => ({ rows: 2, columns: 2 }) },
    read: (level, i, j, { signal }) => new Promise((resolve, reject) => {
      asked += 1;
      signal.addEventListener("abort", () => reject(signal.reason));
    }),
  };
  const cells = createCells({ failed: assert.fail, changed() {} });
  const waiting = cells.load(slice, 0, [[0, 0]]);
  cells.forget("a");
  await waiting;
  await rest();
  assert.equal(asked, 1);
});
