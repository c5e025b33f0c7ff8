// The scenes of the site: their list and their documents.

import { completed } from "../viewer/start.js";
import { stateOf } from "./state.js";

const get = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

/** `list` of the scenes, `show(id, patch)` one of them. */
export const openScenes = async (app) => {
  const { scenes } = await get(app.site.at("api/scenes.json"));
  /** Shows a scene, changed by `patch`; where there is none of that id, the first. The one that was asked for last wins. */
  const show = async (id, patch = {}) => {
    const isLatest = app.replacing();
    const known = scenes.find((one) => one.id === id) ?? scenes[0];
    if (!known) throw new Error(app.t("globe.noScenes"));
    if (id && known.id !== id) app.notify(app.t("globe.unknown", { id }), "warning");
    let scene;
    try {
      scene = await get(app.site.at(`globe/scenes/${known.id}.json`));
      if (scene.surface?.dataset) await app.site.dataset(scene.surface.dataset);
    } catch (error) {
      console.warn(error);
      if (!isLatest()) return;
      throw new Error(app.t("globe.unreadable", { title: known.title }));
    }
    const state = { ...stateOf(scene), ...patch };
    // The bars of time and depths look into the documents.
    const layers = await completed(app, state);
    if (!isLatest()) return;
    app.tour?.stop();
    app.scene = scene;
    app.store.set({ ...state, ...layers, scene: known.id });
    app.map.sceneChanged();
    if (state.camera) app.map.camera.set(state.camera);
    else app.map.camera.fly(scene.view, 0);
    document.dispatchEvent(new CustomEvent("scenechange"));
  };

  return {
    list: scenes, show,
    /** Shows a scene in place of another; that one stays where this one cannot be read. */
    async change(id, patch) {
      try {
        await show(id, patch);
      } catch (error) {
        app.notify(error.message, "error", { title: app.t("retry"), run: () => this.change(id, patch) });
      }
    },
  };
};
