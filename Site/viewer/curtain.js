// The handle between the two sides of a compared map: dragged, or moved by the arrow keys.

import { make } from "./dom.js";

export const addCurtain = (app, host) => {
  const { store } = app;
  const handle = make("div", {
    className: "curtain", role: "slider", tabIndex: 0, hidden: true, "aria-orientation": "horizontal",
    "aria-valuemin": 0, "aria-valuemax": 100,
  }, make("span", { "aria-hidden": "true" }, "⟷"));
  host.append(handle);
  const move = (position) => store.set(({ compare }) => ({
    compare: { ...compare, position: Math.round(1000 * Math.min(Math.max(position, 0), 1)) / 1000 },
  }));
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    event.preventDefault();
    handle.focus();
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = host.getBoundingClientRect();
    move((event.clientX - box.left) / box.width);
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    move(store.get().compare.position + step);
  });
  const show = () => {
    const { compare } = store.get();
    handle.hidden = compare?.mode !== "swipe";
    host.classList.toggle("side-by-side", compare?.mode === "side");
    const share = compare?.position ?? 0.5;
    handle.style.left = `${100 * share}%`;
    handle.setAttribute("aria-label", app.t("compare.curtain"));
    handle.setAttribute("aria-valuenow", Math.round(100 * share));
    app.map.resized?.();
  };
  store.subscribe((state) => [state.compare?.mode], show);
  store.subscribe((state) => state.compare?.position, () => {
    const share = store.get().compare?.position ?? 0.5;
    handle.style.left = `${100 * share}%`;
    handle.setAttribute("aria-valuenow", Math.round(100 * share));
  });
  show();
};
