// The value, place and time under the pointer: at first of what is drawn, and once the pointer rests of the source's own
// cell.

import { make } from "../viewer/dom.js";
import { placeText, valueText } from "../viewer/readout.js";
import { layerTitle } from "../viewer/titles.js";
import { activeLayer } from "../viewer/state.js";

/** How long a pointer rests before the source's cell is read. */
const REST = 160;

/** What is told of a point: texts for the title, value, position along the lead, place. */
export const toldOf = (app, { cell, value, level }) => {
  const { cube } = app.map;
  const layer = activeLayer(app.store.get());
  const field = { bands: 1, variable: cube.variable };
  const [lead, row, column] = cell;
  const place = cube.grid.centre(row, column);
  const digits = Math.min(5, Math.max(2, Math.round(Math.log10(cube.grid.rows))));
  return {
    title: layerTitle(app, layer), value: value === undefined ? "…" : valueText(app, { layer, field, values: [value] }),
    lead: cube.axes[0].kind === "time" ? cube.axes[0].spoken(lead) : `${cube.axes[0].title()} ${cube.axes[0].spoken(lead)}`,
    place: place ? placeText({ lng: place[0], lat: place[1] }, app.texts.language, digits)
      : `${cube.axes[1].title()} ${cube.axes[1].spoken(row)}, ${cube.axes[2].title()} ${cube.axes[2].spoken(column)}`,
    mean: level > 0 ? app.t("readout.mean", { count: 2 ** level }) : "",
  };
};

export const addReadout = (app, host) => {
  const list = make("dl", {});
  const where = make("span", { className: "where" });
  host.append(list, where);
  let [shown, point, rest, asked] = [null, null, 0, null];

  const show = (found) => {
    shown = found;
    host.classList.toggle("shown", Boolean(found));
    if (!found) return;
    const told = toldOf(app, found);
    where.textContent = [told.place, told.mean].filter(Boolean).join(" · ");
    list.replaceChildren(make("dt", {}, told.title), make("dd", {}, told.value, make("small", {}, told.lead)));
  };

  const refine = async () => {
    const found = shown;
    if (!found || (found.level === 0 && found.bin === 1)) return;
    asked?.abort();
    asked = new AbortController();
    try {
      const value = await app.map.exact(found.cell, { signal: asked.signal });
      if (shown === found) show({ ...found, value, level: 0, bin: 1 });
    } catch (error) {
      // What is drawn goes on to be told.
      if (error?.name !== "AbortError") console.warn(error);
    }
  };

  const rests = (found) => {
    clearTimeout(rest);
    show(found);
    if (found) rest = setTimeout(refine, REST);
  };
  const tell = (next) => {
    point = next;
    rests(point ? app.map.at(point) ?? null : null);
  };
  /** What the middle of the canvas shows, said by screen readers. */
  app.sayMiddle = async () => {
    const { width, height } = app.map.scene.size();
    const found = app.map.at({ x: width / 2, y: height / 2 });
    show(found ?? null);
    if (!found) return app.announce(app.t("readout.beside"));
    await refine();
    const told = toldOf(app, shown ?? found);
    app.announce([`${told.title}: ${told.value}`, told.lead, told.place].join(". "));
  };
  app.map.drawing.onRefresh(() => {
    if (!point) return;
    const found = app.map.at(point) ?? null;
    if (!found && !shown) return;
    // A cut or a turn brings another cell under the pointer, or none. Of the same cell a refined value stays.
    const isOther = found?.cell.join() !== shown?.cell.join();
    if (isOther || shown.value === undefined || shown.level > 0 && found.level !== shown.level) rests(found);
  });
  return { tell, get shown() { return shown; } };
};
