// uPlot, loaded when the first chart is wanted.

import { make } from "../dom.js";

let loading;

/** The chart library; its addresses are in the page's configuration. */
export const loadPlot = (app) => {
  loading ??= new Promise((resolve, reject) => {
    const at = (address) => new URL(address, document.baseURI).href;
    document.head.append(make("link", { rel: "stylesheet", href: at(app.config.plotStyle) }));
    document.head.append(make("script", {
      src: at(app.config.plotScript),
      onload: () => resolve(globalThis.uPlot),
      onerror: () => { loading = undefined; reject(new Error(app.t("chart.library"))); },
    }));
  });
  return loading;
};
