// Messages: shown ones, said ones, and the one that takes the place of the map.

import { iconButton, make } from "./dom.js";
import { icons } from "./icons.js";

/** Adds notify, announce and fail to `app`. */
export const addNotices = (app, host, live) => {
  let saying;
  /** Said by screen readers once things have come to rest. */
  app.announce = (text) => {
    clearTimeout(saying);
    saying = setTimeout(() => { live.textContent = text; }, 250);
  };

  /** Shows a message; `action` is {title, run}. Equal ones are shown once. */
  app.notify = (message, kind = "info", action) => {
    for (const one of host.children) if (one.dataset.text === message) one.remove();
    const notice = make("div", {
      className: `notice ${kind}`, role: kind === "error" ? "alert" : "status",
      dataset: { text: message },
    },
    make("p", {}, message),
    action && make("button", {
      type: "button", className: "plain", textContent: action.title,
      onclick: () => {
        notice.remove();
        action.run();
      },
    }),
    iconButton(icons.close, app.t("notice.close"), () => notice.remove()));
    host.append(notice);
    while (host.children.length > 3) host.firstChild.remove();
    if (kind === "info" && !action) setTimeout(() => notice.remove(), 6000);
    return () => notice.remove();
  };

  /** What cannot be helped: said where the map would be; children are added below. */
  app.fail = (message, ...children) => {
    document.getElementById("map").replaceChildren(
      make("div", { className: "fail", role: "alert" }, make("p", {}, message), ...children));
    document.documentElement.classList.add("ready");
  };

  addEventListener("offline", () => app.notify(app.t("offline"), "warning"));
  addEventListener("online", () => {
    for (const one of [...host.children]) {
      if (one.dataset.text === app.t("offline")) one.remove();
    }
    app.map?.retry?.();
  });
};
