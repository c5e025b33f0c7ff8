// The panel of metadata: what the dataset and the active layer's variable are, as a list or as
// JSON, and the addresses of everything published of them.

import { make, segments } from "../dom.js";
import { icons } from "../icons.js";
import { unitsOf } from "../site.js";
import { activeLayer } from "../state.js";
import { prose } from "../prose.js";

let mode = "list";

const rows = (pairs) => make("dl", { className: "sheet" }, pairs.filter(([, value]) =>
  value !== undefined && value !== null && value !== "").map(([name, value]) =>
  make("div", {}, make("dt", {}, name), make("dd", {}, value))));

const link = (href, text = href) => make("a", { href, rel: "noopener" }, text);

const variableRows = (app, variable) => {
  const { t, number } = app;
  const { minimum, maximum, missingShare } = variable.measured ?? {};
  return rows([
    [t("metadata.name"), make("code", {}, variable.name)],
    [t("metadata.units"), unitsOf(variable.units)],
    [t("metadata.standardName"), variable.standardName],
    [t("metadata.measured"), Number.isFinite(minimum) ? `${number(minimum)} – ${number(maximum)}` : null],
    [t("metadata.missing"), Number.isFinite(missingShare)
      ? number(missingShare, { style: "percent", maximumFractionDigits: 1 }) : null],
    ...variable.dimensions.map((one) => [one.title, one.values.length > 3
      ? t("metadata.steps", { first: one.values[0], last: one.values.at(-1), number: number(one.values.length) })
      : one.values.join(", ")]),
  ]);
};

const datasetRows = (app, document) => {
  const { t, site } = app;
  const address = (path) => path && link(site.at(path), path);
  const [west, south, east, north] = document.bounds ?? [];
  return rows([
    [t("metadata.identifier"), make("code", {}, document.id)],
    [t("metadata.bounds"), document.bounds && [
      `${app.number(south)}° … ${app.number(north)}°, ${app.number(west)}° … ${app.number(east)}°`].join()],
    [t("metadata.crs"), document.crs?.name], [t("metadata.resolution"), document.resolution],
    [t("metadata.calendar"), document.calendar],
    [t("metadata.licence"), document.licence], [t("metadata.attribution"), document.attribution],
    ["DOI", document.doi && link(`https://doi.org/${document.doi}`, document.doi)],
    [t("metadata.keywords"), document.keywords?.join(", ")],
    [t("metadata.page"), address(document.page)], ["WMTS", address(document.wmts)],
    [t("metadata.cube"), address(document.cube)], [t("metadata.series"), address(document.series)],
  ]);
};

const render = (host, app) => {
  const { t, store } = app;
  const draw = () => {
    const layer = activeLayer(store.get());
    const document = app.site.loaded.get(layer?.dataset);
    if (!document) return host.replaceChildren(make("p", { className: "hint" }, t("colours.none")));
    const variable = document.variable(layer.variable);
    const modes = segments(t("metadata.as"), [["list", t("metadata.list")], ["json", "JSON"]], mode, (next) => {
      mode = next;
      draw();
    });
    if (mode === "json") {
      const plain = { ...document, variable: undefined };
      host.replaceChildren(modes, make("pre", { className: "json", tabIndex: 0 }, JSON.stringify(plain,
        (key, value) => (Array.isArray(value) && value.length > 40 && value.every((one) => typeof one !== "object")
          ? [...value.slice(0, 5), `… ${value.length}`]
          : typeof value === "string" && value.length > 600 ? `${value.slice(0, 80)}…` : value), 1)));
      return;
    }
    host.replaceChildren(modes,
      make("h3", {}, document.title), prose(document.description ?? ""),
      variable && make("h3", {}, variable.title),
      variable?.description && prose(variable.description),
      variable && variableRows(app, variable),
      make("h3", {}, t("metadata.dataset")), datasetRows(app, document));
    for (const one of [...host.childNodes]) if (one.nodeType === 3) one.remove();
  };
  draw();
  return store.subscribe((state) => {
    const layer = activeLayer(state);
    return [layer?.dataset, layer?.variable];
  }, draw);
};

export const register = (app) => app.registerPanel({
  id: "metadata", title: "metadata.title", icon: icons.metadata, order: 85, render,
});
