// The sign in the top bar that something is on its way.

import { make } from "./dom.js";

/** Milliseconds: what comes sooner needs no sign. */
const PATIENCE = 250;

/** Adds the sign; what it gives is called whenever `waits()` may have changed. */
export const addBusy = (app, host, waits) => {
  const words = make("span", { className: "vh" });
  const sign = make("span", { className: "busy", role: "status" }, words);
  host.append(sign);
  let [timer, before] = [0, false];
  return () => {
    const now = waits();
    if (now === before) return;
    before = now;
    clearTimeout(timer);
    timer = setTimeout(() => {
      sign.classList.toggle("on", now);
      words.textContent = now ? app.t("loading") : "";
    }, now ? PATIENCE : 0);
  };
};
