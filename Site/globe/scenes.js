// The scenes of the site: their list and their documents.

import { complete } from "../viewer/start.js";
import { stateOf } from "./state.js";

const get = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

/** `list` of the scenes, `show(id, patch)` one of them. */
export const openScenes = async (app) => {
  const { scenes } = await get(app.site.at("api/scenes.json"));
  return {
    list: scenes,
    /** Shows a scene, changed by `patch`; where there is none of that id, the first. */
    async show(id, patch = {}) {
      const known = scenes.find((one) => one.id === id) ?? scenes[0];
      if (!known) throw new Error(app.t("globe.noScenes"));
      if (id && known.id !== id) app.notify(app.t("globe.unknown", { id }), "warning");
      app.scene = await get(app.site.at(`globe/scenes/${known.id}.json`));
      app.tour?.stop();
      if (app.scene.surface?.dataset) await app.site.dataset(app.scene.surface.dataset);
      const state = { ...stateOf(app.scene), ...patch };
      app.store.set({ ...state, scene: known.id });
      await complete(app);
      await app.map.sceneChanged();
      if (state.camera) app.map.camera.set(state.camera);
      else app.map.camera.fly(app.scene.view, 0);
      document.dispatchEvent(new CustomEvent("scenechange"));
    },
  };
};
