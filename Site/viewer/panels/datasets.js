// The panel of datasets: grouped, searchable; a click shows a variable, "+" adds it as a layer.

import { icon, iconButton, make } from "../dom.js";
import { icons } from "../icons.js";
import { unitsOf } from "../site.js";
import { findVariable, layerFor } from "../start.js";
import { activeLayer } from "../state.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const textOf = (dataset) => fold([
  dataset.title, dataset.id, dataset.description, ...(dataset.keywords ?? []),
  ...(dataset.variables ?? []).flatMap((one) => [one.title, one.name, one.standardName, one.units]),
].filter(Boolean).join(" "));

/** Shows a variable: in place of the active layer, or as one more. */
export const showVariable = async (app, id, key, { add = false, composite } = {}) => {
  const isLatest = add ? () => true : app.replacing();
  const found = await findVariable(app, id, key);
  if (!found || !isLatest()) return;
  const { document, variable } = found;
  app.store.set((state) => {
    const active = activeLayer(state);
    const fresh = layerFor(state, document, variable, composite ? { kind: "rgb", composite } : {});
    const replaces = !add && active && active.kind !== "xyz";
    const layers = replaces
      ? state.layers.map((one) => (one === active ? { ...fresh, id: active.id } : one))
      : [fresh, ...state.layers];
    const time = variable.dimensions.find((one) => one.isTime);
    const patch = { layers, active: replaces ? active.id : fresh.id };
    // Times of different datasets may have nothing in common.
    const inside = time && state.time && state.time >= time.values[0] && state.time <= time.values.at(-1);
    if (time && !inside && !(add && state.time)) patch.time = time.default ?? time.values.at(-1);
    return patch;
  });
  app.announce(app.t("layer.shown", { title: variable.title, dataset: document.title }));
};

const variableRow = (app, dataset, variable, current) => {
  const units = unitsOf(variable.units);
  return make("li", {},
    make("button", {
      type: "button", className: "variable", "aria-current": current ? "true" : undefined,
      onclick: () => showVariable(app, dataset.id, variable.key),
    }, make("span", {}, variable.title), units ? make("small", {}, units) : null),
    iconButton(icons.plus, app.t("datasets.add", { title: variable.title }),
      () => showVariable(app, dataset.id, variable.key, { add: true })));
};

/** Variables by the group that the recipe gives them. */
const grouped = (variables) => {
  const groups = new Map();
  for (const one of variables) {
    const name = one.group ?? "";
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups];
};

const variableLists = (app, dataset, document, active) => {
  const variables = document?.variables ?? dataset.variables ?? [];
  const lists = grouped(variables).flatMap(([name, list]) => [
    name ? make("h3", {}, name) : null,
    make("ul", { className: "variables" }, list.map((one) =>
      variableRow(app, dataset, one,
        active?.kind === "variable" && active.dataset === dataset.id && active.variable === one.key))),
  ]);
  const composites = document?.composites ?? [];
  if (composites.length) {
    lists.push(make("ul", { className: "variables" }, composites.map((one) => make("li", {},
      make("button", {
        type: "button", className: "variable", "aria-current":
          active?.kind === "rgb" && active.dataset === dataset.id && active.composite === one.id ? "true" : undefined,
        onclick: () => showVariable(app, dataset.id, one.red.variable, { composite: one.id }),
      }, make("span", {}, one.title), make("small", {}, "RGB")),
      iconButton(icons.plus, app.t("datasets.add", { title: one.title }),
        () => showVariable(app, dataset.id, one.red.variable, { add: true, composite: one.id }))))));
  }
  return lists;
};

/** A link to the cube of a dataset: of the variable that is shown where it is one, else of the first that is. */
const cubeLink = (app, document, active) => {
  const cubes = document?.cube ? document.variables.filter((one) => one.dimensions.some(({ values }) => values.length > 1)) : [];
  const variable = cubes.find((one) => document.id === active?.dataset && one.key === active.variable) ?? cubes[0];
  if (!variable) return null;
  const words = new URLSearchParams({ dataset: document.id, variable: variable.key });
  return make("a", { className: "plain small", href: app.site.at(`cube/index.html#${words}`) }, icon(icons.cube), app.t("datasets.cube"));
};

const entry = (app, dataset, active, isOpen) => {
  const document = app.site.loaded.get(dataset.id);
  const body = make("div", { className: "entry-body" });
  const fill = () => {
    const known = app.site.loaded.get(dataset.id);
    const { bounds } = known ?? dataset;
    body.replaceChildren(...variableLists(app, dataset, known, active).filter(Boolean),
      make("div", { className: "entry-tools" },
        make("button", {
          type: "button", className: "plain small", onclick: () => app.map.fit(bounds),
        }, icon(icons.locate), app.t("datasets.locate")),
        make("button", {
          type: "button", className: "plain small", onclick: () => app.openPanel("metadata"),
          hidden: active?.dataset !== dataset.id,
        }, icon(icons.metadata), app.t("metadata.title")),
        cubeLink(app, known, active),
        known?.page && make("a", { className: "plain small", href: app.site.at(known.page) }, app.t("datasets.page"))));
    if (known && !known.cube) {
      body.prepend(make("p", { className: "hint" }, app.t("cube.none", { title: known.title })));
    }
  };
  const details = make("details", { className: "entry", open: isOpen },
    make("summary", {}, make("span", { className: "entry-title" }, dataset.title),
      make("small", {}, (dataset.variables ?? document?.variables ?? []).map((one) => one.title).slice(0, 3).join(" · "))),
    body);
  details.addEventListener("toggle", () => {
    if (!details.open || app.site.loaded.has(dataset.id)) return;
    app.site.dataset(dataset.id).then(fill, () => {
      body.replaceChildren(make("p", { className: "error" }, app.t("dataset.unread", { id: dataset.id })));
    });
  });
  fill();
  return details;
};

const groupsOf = (datasets) => {
  const groups = new Map();
  for (const one of datasets) {
    const name = one.group ?? "";
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups];
};

const render = (host, app) => {
  const { t } = app;
  const field = make("input", {
    type: "search", placeholder: t("datasets.find"), "aria-label": t("datasets.find"), autocomplete: "off",
  });
  const told = make("p", { className: "hint", role: "status" });
  const list = make("div", { className: "entries" });
  const draw = () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    const active = activeLayer(app.store.get());
    const opened = new Set([...list.querySelectorAll("details[open]")].map((one) => one.dataset.id));
    const found = app.site.datasets.filter((one) => words.every((word) => textOf(one).includes(word)));
    list.replaceChildren(...groupsOf(found).flatMap(([name, group]) => [
      name ? make("h3", {}, name) : null,
      ...group.map((one) => {
        const made = entry(app, one, active, opened.has(one.id) || active?.dataset === one.id
          || (words.length > 0 && found.length <= 3));
        made.dataset.id = one.id;
        return made;
      }),
    ]).filter(Boolean));
    told.textContent = words.length ? t("datasets.found", { number: found.length, all: app.site.datasets.length }) : "";
  };
  field.addEventListener("input", draw);
  host.append(make("div", { className: "search" }, icon(icons.search), field), told, list);
  draw();
  return app.store.subscribe((state) => {
    const active = activeLayer(state);
    return [active?.dataset, active?.variable, active?.kind, active?.composite];
  }, draw);
};

export const register = (app) => app.registerPanel({
  id: "datasets", title: "datasets.title", icon: icons.datasets, order: 10, render,
});
