// CesiumJS, loaded by the page's script element. Nothing of Cesium ion is used.

/** Resolves with the library, when its script has come. */
export const library = (script) => new Promise((resolve, reject) => {
  const ready = () => {
    const { Cesium } = window;
    if (!Cesium) return reject(new Error("no Cesium"));
    // The logo of a service that we do not use would be asked for on every page.
    Cesium.CreditDisplay.cesiumCredit = new Cesium.Credit("CesiumJS", false);
    Cesium.Ion.defaultAccessToken = "";
    resolve(Cesium);
  };
  if (window.Cesium) return ready();
  script.addEventListener("load", ready, { once: true });
  script.addEventListener("error", () => reject(new Error("no Cesium")), { once: true });
});

/** The box of a tile in degrees. */
export const boxOf = (Cesium, { west, south, east, north }) => {
  const [w, s, e, n] = [west, south, east, north].map(Cesium.Math.toDegrees);
  return { west: w, south: s, east: e, north: n };
};
