// CesiumJS, as the site holds it. Nothing of Cesium ion is used.

/** Loads the library. */
export const library = (address) => new Promise((resolve, reject) => {
  const failed = () => reject(new Error(`no Cesium at ${address}`));
  const ready = () => {
    const { Cesium } = window;
    if (!Cesium) return failed();
    // The logo of a service that we do not use would be asked for on every page.
    Cesium.CreditDisplay.cesiumCredit = new Cesium.Credit("CesiumJS", false);
    Cesium.Ion.defaultAccessToken = "";
    resolve(Cesium);
  };
  document.head.append(Object.assign(document.createElement("script"), { src: address, onload: ready, onerror: failed }));
});

/** The box of a tile in degrees. */
export const boxOf = (Cesium, { west, south, east, north }) => {
  const [w, s, e, n] = [west, south, east, north].map(Cesium.Math.toDegrees);
  return { west: w, south: s, east: e, north: n };
};
