// The panel of the view: from where the cube is looked at, its proportions, the pace of playing.

import { choice, field, make, slider } from "../../viewer/dom.js";
import { icons } from "../../viewer/icons.js";
import { sideOf } from "../../lib/cube/index.js";

const render = (host, app) => {
  const { t, store, map, eye } = app;
  const draw = () => {
    if (host.querySelector("input[type=range]:active")) return;
    const button = (key, run) => make("button", { type: "button", className: "plain small", textContent: t(key), onclick: run });
    const upright = map.cube?.upright;
    const look = (axis, sign) => () => {
      const end = map.scene.frame.axes[axis].sign === sign ? 1 : 0;
      eye.face(sideOf(axis, end));
    };
    host.replaceChildren(
      make("h3", {}, t("view.from")),
      make("div", { className: "buttons", role: "group", "aria-label": t("view.from") },
        button("view.home", eye.home),
        ...(map.cube ? [
          button("view.front", look(upright ? 1 : 0, 1)), button("view.top", look(upright ? 0 : 1, 1)),
          button("view.left", look(2, -1)), button("view.right", look(2, 1)),
        ] : [])),
      slider(t("view.stretch", { axis: map.cube?.axes[0].title() ?? "" }), {
        min: -3, max: 3, step: 0.25, value: Math.log2(store.get().stretch),
        text: (power) => `${app.number(2 ** power, { maximumSignificantDigits: 2 })} ×`, pick: (power) => store.set({ stretch: 2 ** power }),
      }),
      field(t("view.pace"), choice([2, 4, 8, 15, 30].map((one) => [String(one), t("time.speed", { number: one })]), String(app.player.speed),
        (value) => { app.player.speed = Number(value); })),
      make("p", { className: "hint" }, t("view.hint")));
  };
  draw();
  document.addEventListener("cubeopen", draw);
  const end = store.subscribe((state) => state.stretch, draw);
  return () => {
    document.removeEventListener("cubeopen", draw);
    end();
  };
};

export const register = (app) => app.registerPanel({
  id: "view", title: "view.title", icon: icons.eye, order: 40, render,
});
