// The panel of places: draw, upload, name, find and remove them.

import { icon, iconButton, make } from "../dom.js";
import { icons } from "../icons.js";
import { createLatest } from "../latest.js";
import { activeLayer } from "../state.js";
import { PlaceError } from "./places-error.js";
import { PlacesOnMap } from "./places-map.js";
import { kindOf } from "./places-model.js";
import { readPlaces } from "./places-read.js";
import {
  addPlaces, changePlace, drawPlace, locate, placesOf, removePlace, showSeries, showStatistics,
} from "./places-actions.js";

const LARGEST = 8 << 20;
const MANY = 500;

const TOOLS = {
  point: icons.places,
  polygon: "M5 9l7-5 7 6-3 9H7z",
  circle: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z",
  box: "M4 6h16v12H4z",
};
const KIND_ICONS = { point: TOOLS.point, line: icons.transect, area: TOOLS.polygon };

/** Reads files of places into the state; says what could not be read, and where. */
const upload = async (app, files, say) => {
  for (const file of files) {
    try {
      if (file.size > LARGEST) throw new PlaceError("places.large", { megabytes: LARGEST >> 20 });
      const found = readPlaces(await file.text());
      if (found.length > MANY) throw new PlaceError("places.many", { count: found.length, most: MANY });
      addPlaces(app, found);
      say(app.t("places.read", { file: file.name, count: found.length }), "info");
    } catch (error) {
      if (!(error instanceof PlaceError)) console.error(error);
      const why = app.t(error.key ?? "places.unreadable", error.values ?? {});
      const line = error.values?.line;
      say(app.t(line ? "places.failed.line" : "places.failed", { file: file.name, why, line }), "error");
    }
  }
};

const row = (app, place, own) => {
  const { id, title, colour } = place.properties;
  const kind = kindOf(place);
  const action = (path, key, act) => iconButton(path, app.t(key, { title }), act);
  return make("li", { className: "place", dataset: { id } },
    own
      ? make("input", { type: "color", className: "swatch", value: colour ?? "#0b6a6f",
        "aria-label": app.t("places.colour", { title }),
        onchange: (event) => changePlace(app, id, { colour: event.target.value }) })
      : make("span", { className: "swatch", style: { color: colour ?? "var(--accent)" } }, icon(KIND_ICONS[kind])),
    own
      ? make("input", { type: "text", value: title, "aria-label": app.t("places.name", { title }), maxLength: 80,
        onchange: (event) => changePlace(app, id, { title: event.target.value.trim() || title }) })
      : make("span", { className: "title" }, title),
    make("span", { className: "row-actions" },
      kind !== "line" && action(icons.series, "places.series", () => showSeries(app, id)),
      kind !== "line" && action(icons.statistics, "places.statistics", () => showStatistics(app, id)),
      action(icons.locate, "places.locate", () => locate(app, place)),
      own && action(icons.remove, "places.remove", () => removePlace(app, id))));
};

const render = (host, app) => {
  const { t, store } = app;
  const message = make("p", { className: "message", role: "status", hidden: true });
  const say = (text, kind) => {
    message.hidden = false;
    message.className = `message ${kind}`;
    message.setAttribute("role", kind === "error" ? "alert" : "status");
    message.textContent = text;
  };
  const begin = async (kind) => {
    const id = await drawPlace(app, kind);
    if (!id) return;
    app.announce(t("places.added"));
    showSeries(app, id);
  };
  const tools = make("div", { className: "tools", role: "group", "aria-label": t("places.draw") },
    ...Object.entries(TOOLS).map(([kind, path]) =>
      make("button", { type: "button", onclick: () => begin(kind) }, icon(path), make("span", {}, t(`places.draw.${kind}`)))));
  const file = make("input", {
    type: "file", multiple: true, className: "vh", tabIndex: -1, accept: ".geojson,.json,.csv,.tsv,.txt,.wkt",
    "aria-label": t("places.upload"), onchange: async () => { await upload(app, file.files, say); file.value = ""; },
  });
  const drop = make("div", { className: "drop" }, file,
    make("button", { type: "button", className: "plain", onclick: () => file.click() }, t("places.upload")),
    make("p", { className: "hint" }, t("places.drop")));
  const own = make("ul", { className: "place-list" });
  const none = make("p", { className: "hint" }, t("places.none.yet"));
  const publishedPart = make("section", { hidden: true });
  host.append(tools, drop, message, make("h3", {}, t("places.own")), none, own, publishedPart);

  const listOwn = (places) => {
    // Typing into a name must not lose the field under it.
    const focused = own.contains(document.activeElement) ? document.activeElement.closest("li")?.dataset.id : null;
    const place = focused && [...own.querySelector(`[data-id="${CSS.escape(focused)}"]`).querySelectorAll("input, button")]
      .indexOf(document.activeElement);
    own.replaceChildren(...places.map((one) => row(app, one, true)));
    none.hidden = places.length > 0;
    if (focused) own.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.querySelectorAll("input, button")[place]?.focus();
  };
  const listing = createLatest();
  const listPublished = async (dataset) => {
    const isLatest = listing();
    publishedPart.hidden = true;
    if (!dataset) return;
    try {
      const [document, places] = await Promise.all([app.site.dataset(dataset), placesOf(app, dataset)]);
      if (!isLatest()) return;
      const list = make("ul", { className: "place-list" });
      const fill = (words) => list.replaceChildren(...places
        .filter((one) => one.properties.title.toLowerCase().includes(words.trim().toLowerCase()))
        .slice(0, 200).map((one) => row(app, one, false)));
      const find = places.length > 8 && make("input", { type: "search", placeholder: t("places.find"),
        "aria-label": t("places.find"), oninput: (event) => fill(event.target.value) });
      fill("");
      publishedPart.replaceChildren(make("h3", {}, t("places.of", { title: document.title })), ...(find ? [find] : []), list);
      publishedPart.hidden = !places.length;
    } catch (error) {
      if (!isLatest()) return;
      say(t("places.published.failed"), "error");
      console.warn(error);
    }
  };
  listOwn(store.get().places);
  listPublished(activeLayer(store.get())?.dataset);
  const ends = [
    store.subscribe((state) => state.places, listOwn),
    store.subscribe((state) => activeLayer(state)?.dataset, listPublished),
  ];
  return () => ends.forEach((end) => end());
};

/** Files may be dropped anywhere on the page. */
const acceptDrops = (app) => {
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.documentElement.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.documentElement.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    document.documentElement.classList.remove("dropping");
    if (!holdsFiles(event)) return;
    event.preventDefault();
    upload(app, event.dataTransfer.files, (text, kind) => app.notify(text, kind));
  });
};

/** Keeps the map's names and published places like the state and the shown dataset. */
const keepOnMap = (app) => {
  const onMap = new PlacesOnMap(app.map.gl);
  const showing = createLatest();
  const show = async () => {
    const isLatest = showing();
    const dataset = activeLayer(app.store.get())?.dataset;
    const published = dataset ? await placesOf(app, dataset).catch(() => []) : [];
    if (!isLatest()) return;
    onMap.show(app.store.get().places, published);
  };
  app.store.subscribe((state) => [state.places, activeLayer(state)?.dataset], show);
  show();
  app.placeAt = (point) => onMap.at(point);
};

export const register = (app) => {
  if (app.map.gl) keepOnMap(app);
  else document.addEventListener("mapready", () => keepOnMap(app), { once: true });
  acceptDrops(app);
  app.registerPanel({ id: "places", title: "places.title", icon: icons.places, order: 40, render });
};
