// The title in the top bar, the buttons on the globe, the caption of the tour, the line of credits.

import { addBusy } from "../viewer/busy.js";
import { iconButton, make } from "../viewer/dom.js";
import { icons } from "../viewer/icons.js";
import { creditsOf, savePicture } from "./picture.js";
import { heightsText } from "./surface.js";

const buttons = (app) => {
  const { camera } = app.map;
  return [
    [icons.plus, "map.in", camera.zoomIn], [icons.minus, "map.out", camera.zoomOut],
    [icons.locate, "globe.home", () => app.fitActive()], [icons.picture, "globe.picture", () => savePicture(app)],
  ];
};

export const addTop = (app, { now, stage, caption, credits }) => {
  const { store, t } = app;
  const title = make("h1", { className: "title" });
  const tools = make("div", { className: "map-tools", role: "group" });
  now.append(title);
  stage.append(tools);
  app.fitActive = () => app.map.camera.fly(app.scene.view, 1.5);

  const name = () => {
    tools.setAttribute("aria-label", t("globe.tools"));
    tools.replaceChildren(...buttons(app).map(([path, key, run]) => iconButton(path, t(key), run)));
  };
  const show = () => {
    const { title: text } = app.scene ?? {};
    const about = [app.site.title, heightsText(app)].filter(Boolean).join(" · ");
    title.replaceChildren(make("strong", {}, text ?? ""), make("span", {}, about));
    document.title = `${text ?? t("globe.title")} · ${app.site.title ?? "Cubepress"}`;
    app.map.scene.canvas.setAttribute("aria-label", t("globe.label", { title: text ?? "" }));
    credits.firstElementChild.textContent = t("globe.credits");
    credits.lastElementChild.textContent = creditsOf(app);
  };
  const showCaption = () => {
    const text = app.scene?.tour?.[store.get().frame]?.caption;
    caption.textContent = text ?? "";
    caption.hidden = !text;
  };
  document.addEventListener("scenechange", () => {
    show();
    showCaption();
  });
  document.addEventListener("languagechange", () => {
    name();
    show();
  });
  document.addEventListener("fieldopen", show);
  store.subscribe((state) => state.frame, showCaption);
  store.subscribe((state) => state.exaggeration, show);
  name();
  show();
  showCaption();

  const look = addBusy(app, now, () => !app.map.settled);
  app.map.drawing.onRefresh(look);
  // Tiles come and go without a word of the layers.
  app.map.scene.postRender.addEventListener(look);
};
