// What layers are called.

import { timeLabel } from "./layer/times.js";
import { timeOf } from "./site.js";

/** The title of a layer, for lists and legends. */
export const layerTitle = (app, layer) => {
  if (!layer) return "";
  if (layer.title) return layer.title;
  const document = app.site.loaded.get(layer.dataset);
  const variable = document?.variable(layer.variable);
  const name = variable?.title ?? layer.variable ?? layer.id;
  const time = (text) => timeLabel(app.texts.locale, timeOf(variable)?.values ?? [text], text);
  switch (layer.kind) {
    case "xyz": return layer.url;
    case "rgb":
      return document?.composites?.find((one) => one.id === layer.composite)?.title ?? app.t("layer.rgb");
    case "difference": {
      const { other } = layer;
      if (other?.variable && (other.variable !== layer.variable || other.dataset !== layer.dataset)) {
        const second = app.site.loaded.get(other.dataset ?? layer.dataset)?.variable(other.variable);
        return `${name} − ${second?.title ?? other.variable}`;
      }
      return app.t("layer.difference", { title: name, time: time(other?.time) });
    }
    default: return layer.time ? `${name}, ${time(layer.time)}` : name;
  }
};

/** The dataset's title, where a list mixes several. */
export const datasetTitle = (app, layer) => app.site.loaded.get(layer.dataset)?.title ?? layer.dataset ?? "";
