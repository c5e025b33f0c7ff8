// The form for layers of other servers: an address of tiles, or the capabilities of a WMTS.

import { choice, field, make } from "../dom.js";
import { timeText } from "../layer/times.js";
import { freshID } from "../state.js";
import { WmtsError, chosenLayer, readWmts } from "./wmts.js";

/** A template of XYZ tiles from what people paste: XYZ, or a RESTful WMTS with its own words. */
export const templateOf = (text) => {
  const url = text.trim()
    .replace(/\{TileMatrix\}/i, "{z}").replace(/\{TileRow\}/i, "{y}").replace(/\{TileCol\}/i, "{x}")
    .replace(/\{TileMatrixSet\}/i, "WebMercatorQuad").replace(/\{Style\}/i, "default");
  const scheme = url.includes("{-y}") ? "tms" : "xyz";
  const plain = url.replace("{-y}", "{y}");
  const fine = /^https?:\/\//.test(plain) && ["{z}", "{x}", "{y}"].every((word) => plain.includes(word));
  const bbox = /^https?:\/\/.*\{bbox-epsg-3857\}/.test(plain);
  return fine || bbox ? { url: plain, scheme } : null;
};

const add = (app, layer) => {
  app.store.set((state) => ({
    layers: [{ id: freshID(state), kind: "xyz", visible: true, opacity: 1, dims: {}, ...layer }, ...state.layers],
  }));
  app.announce(app.t("layers.added", { title: layer.title }));
};

/** A choice among the values of a dimension; where a server names a span, its values are typed. */
const dimensionField = (dimension, dims) => {
  const { id, title, values } = dimension;
  dims[id] = dimension.default ?? values[0];
  const isList = values.length && !values.some((one) => one.includes("/"));
  const pick = (value) => { dims[id] = value; };
  const known = values.includes(dims[id]) ? values : [dims[id], ...values];
  return field(title, isList ? choice(known.map((one) => [one, timeText(one)]), dims[id], pick)
    : make("input", { type: "text", value: dims[id], onchange: (event) => pick(event.target.value.trim()) }));
};

/** What can be chosen of a server's layers; `use(layer)` takes the choice. */
const wmtsForm = (app, layers, use) => {
  const { t } = app;
  const chosen = { layer: layers[0], style: "", dims: {} };
  const details = make("div", { className: "stack" });
  const show = () => {
    const { layer } = chosen;
    chosen.dims = {};
    chosen.style = (layer.styles.find((one) => one.isDefault) ?? layer.styles[0])?.id ?? "default";
    details.replaceChildren(...[
      layer.styles.length > 1 && field(t("wmts.style"), choice(layer.styles.map((one) => [one.id, one.title]), chosen.style,
        (style) => { chosen.style = style; })),
      ...layer.dimensions.map((one) => dimensionField(one, chosen.dims)),
    ].filter(Boolean));
  };
  show();
  const select = choice(layers.map((one, i) => [String(i), one.title]), "0", (i) => {
    chosen.layer = layers[Number(i)];
    show();
  });
  return make("div", { className: "stack wmts" }, field(t("wmts.layer", { count: layers.length }), select), details,
    make("button", { type: "button", className: "plain primary",
      onclick: () => use(chosenLayer(chosen.layer, chosen.style, chosen.dims)) }, t("wmts.add")));
};

/** The part of the panel of layers that adds one of another server. */
export const otherForm = (app) => {
  const { t } = app;
  const url = make("input", { type: "url", required: true, placeholder: "https://…/{z}/{x}/{y}.png", autocomplete: "off" });
  const title = make("input", { type: "text", autocomplete: "off" });
  const wrong = make("p", { className: "error", role: "alert", hidden: true });
  const server = make("div", {});
  const complain = (text) => {
    wrong.hidden = !text;
    wrong.textContent = text ?? "";
    if (text) url.focus();
  };
  const submit = make("button", { type: "submit", className: "plain" }, t("layers.addOther"));
  const use = (layer) => {
    add(app, { ...layer, title: title.value.trim() || layer.title });
    form.reset();
    server.replaceChildren();
  };
  const form = make("form", {
    className: "stack", noValidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      complain();
      server.replaceChildren();
      const template = templateOf(url.value);
      if (template) {
        use({ ...template, title: new URL(template.url.replace(/[{}]/g, "")).host });
        return;
      }
      if (!/^https?:\/\/\S+$/.test(url.value.trim())) {
        complain(t("layers.badURL"));
        return;
      }
      submit.disabled = true;
      try {
        server.replaceChildren(wmtsForm(app, await readWmts(url.value.trim()), use));
        server.querySelector("select").focus();
      } catch (error) {
        if (!(error instanceof WmtsError)) console.error(error);
        complain(t(error.key ?? "wmts.other", error.values ?? {}));
      }
      submit.disabled = false;
    },
  }, field(t("layers.url"), url), field(t("layers.name"), title), wrong, submit);
  return make("details", {}, make("summary", {}, t("layers.otherTitle")), form, server,
    make("p", { className: "hint" }, t("layers.otherHint")));
};
