// The panel of exports: picture, film, places, code, link.

import { encode } from "../address.js";
import { choice, field, make, segments } from "../dom.js";
import { icons } from "../icons.js";
import { createLatest } from "../latest.js";
import { activeLayer } from "../state.js";
import { codeView } from "./export-code.js";
import { filmForm } from "./export-film.js";
import { fileName, offer } from "./export-file.js";
import { pictureOfMap, subtitleOf, titleOf } from "./export-map.js";
import { withResolution } from "./export-picture.js";
import { toGeoJson } from "./places-model.js";

const RESOLUTIONS = [96, 150, 300];
const LANGUAGES = [["python", "Python"], ["julia", "Julia"], ["r", "R"]];

/** A part of the panel that opens; its content is made when it does. */
const part = (app, title, fill, open = false) => {
  const body = make("div", { className: "part-body" });
  const element = make("details", { className: "part", open }, make("summary", {}, title), body);
  const filling = createLatest();
  const show = async () => {
    const isLatest = filling();
    let content;
    try {
      content = await fill();
    } catch (error) {
      console.warn(error);
      content = make("p", { className: "error", role: "alert" }, app.t("export.part.failed", { why: error.message }));
    }
    if (isLatest()) body.replaceChildren(content);
  };
  element.addEventListener("toggle", () => element.open && show());
  return element;
};

/** A button that copies a text, and says so. */
const copyButton = (t, label, text) => {
  const said = make("span", { className: "hint", role: "status" });
  return make("div", { className: "buttons" }, make("button", { type: "button", className: "plain", onclick: async () => {
    try {
      await navigator.clipboard.writeText(await text());
      said.textContent = t("copy.done");
    } catch {
      said.textContent = t("copy.failed");
    }
  } }, label), said);
};

const pictureForm = (app) => {
  const { t } = app;
  let dpi = 150;
  const title = make("input", { type: "text", value: titleOf(app), maxLength: 120 });
  const said = make("p", { className: "hint", role: "status" });
  const produce = async (use) => {
    said.textContent = t("export.rendering");
    try {
      const canvas = await pictureOfMap(app, { scale: dpi / 96, title: title.value });
      const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
      if (!blob) throw new Error(`${canvas.width} × ${canvas.height}`);
      await use(new Blob([withResolution(new Uint8Array(await blob.arrayBuffer()), dpi)], { type: "image/png" }));
      said.textContent = t("export.saved", { width: canvas.width, height: canvas.height });
    } catch (error) {
      console.warn(error);
      said.textContent = t("export.failed", { why: error.message });
    }
  };
  const copies = "ClipboardItem" in globalThis && navigator.clipboard?.write;
  return make("div", { className: "form" }, field(t("export.heading"), title),
    field(t("export.dpi"), choice(RESOLUTIONS.map((one) => [String(one), t("export.dpi.value", { dpi: one })]), "150", (value) => { dpi = Number(value); })),
    make("div", { className: "buttons" },
      make("button", { type: "button", className: "plain primary", onclick: () =>
        produce((blob) => offer(fileName([title.value, subtitleOf(app)], "png"), blob)) }, t("export.png")),
      copies && make("button", { type: "button", className: "plain", onclick: () =>
        produce((blob) => navigator.clipboard.write([new ClipboardItem({ "image/png": blob })])) }, t("export.png.copy"))),
    said);
};

const codeForm = async (app) => {
  const { t } = app;
  const view = await codeView(app);
  if (!view) return make("p", { className: "hint" }, t("export.code.none"));
  const { pythonCode, juliaCode, rCode } = await import("../../lib/code/index.js");
  const writers = { python: pythonCode, julia: juliaCode, r: rCode };
  const host = make("div", { className: "code" });
  const show = (language) => {
    let text;
    try {
      text = writers[language](view);
    } catch (error) {
      text = error.message;
    }
    host.replaceChildren(segments(t("export.code"), LANGUAGES, language, (next) => {
      show(next);
      host.querySelector("[aria-pressed=true]")?.focus();
    }),
    make("pre", { tabIndex: 0, "aria-label": t("export.code") }, make("code", {}, text)), copyButton(t, t("export.code.copy"), () => text));
  };
  show("python");
  return host;
};

/** The address of what is shown now, with or without the viewer's own controls. */
const linkTo = async (app, embedded) => {
  const { fragment } = await encode(app.store.get());
  return `${new URL(location.pathname, location.href).href}${embedded ? "?embed" : ""}#${fragment}`;
};

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

const linkForm = async (app) => {
  const { t } = app;
  const [link, embedded] = [await linkTo(app, false), await linkTo(app, true)];
  const frame = `<iframe src="${escaped(embedded)}" title="${escaped(titleOf(app))}" width="100%" height="600" style="border: 0" loading="lazy" allowfullscreen></iframe>`;
  const cell = `from IPython.display import IFrame\nIFrame(${JSON.stringify(embedded)}, width="100%", height=600)`;
  const shown = (label, text) => [make("h3", {}, label), make("div", { className: "code" },
    make("pre", { className: "short", tabIndex: 0, "aria-label": label }, make("code", {}, text))), copyButton(t, t("export.embed.copy"), () => text)];
  return make("div", {}, make("p", { className: "hint" }, t("export.link.hint")),
    copyButton(t, t("export.link.copy"), () => link), ...shown(t("export.embed"), frame), ...shown(t("export.jupyter"), cell));
};

const dataForm = (app) => {
  const { t, store } = app;
  const { places } = store.get();
  return make("div", { className: "form" },
    make("div", { className: "buttons" }, make("button", { type: "button", className: "plain", disabled: !places.length,
      onclick: () => offer("places.geojson", JSON.stringify(toGeoJson(store.get().places), null, 1), "application/geo+json") }, t("export.places"))),
    make("p", { className: "hint" }, t("export.series.hint")));
};

const render = (host, app) => {
  const { t, store } = app;
  const parts = () => [
    part(app, t("export.picture"), () => pictureForm(app), true), part(app, t("export.film"), () => filmForm(app)),
    part(app, t("export.code"), () => codeForm(app)), part(app, t("export.link"), () => linkForm(app)),
    part(app, t("export.data"), () => dataForm(app)),
  ];
  host.replaceChildren(...parts());
  // What was written down about an older view would be wrong; open parts are filled anew.
  const refresh = () => {
    for (const element of host.querySelectorAll("details[open]")) {
      if (element.querySelector("progress:not([hidden])")) continue;
      element.dispatchEvent(new Event("toggle"));
    }
  };
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 500);
  };
  const end = store.subscribe((state) => [activeLayer(state)], later);
  return () => {
    clearTimeout(timer);
    end();
  };
};

export const register = (app) => {
  app.registerPanel({ id: "export", title: "export.title", icon: icons.export, order: 70, render });
};
