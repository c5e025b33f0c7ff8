// Layers of a WMTS (OGC 07-057r7) out of its capabilities: those that a map in Web Mercator can
// draw tile by tile, by the addresses that ResourceURL gives.

const MERCATOR = /(EPSG:.*:|EPSG:|epsg\/0\/)(3857|900913|102100|102113)$/i;
/** The scale denominator of zoom 0 with tiles of 256 pixels (OGC 17-083r4, WebMercatorQuad). */
const WORLD_SCALE = 559082264.0287178;
const ORIGIN = 20037508.342789244;

const children = (element, name) => [...element?.children ?? []].filter((one) => one.localName === name);
const child = (element, name) => children(element, name)[0];
const textOf = (element, name) => child(element, name)?.textContent.trim();

/** Why an address gives no layers; `key` names the text for people, `values` what it names. */
export class WmtsError extends Error {
  constructor(key, values = {}) {
    super(key);
    Object.assign(this, { key, values });
  }
}

/** {id, prefix, minzoom, maxzoom, tileSize} of a tile matrix set that MapLibre can follow, or undefined. */
const followed = (set) => {
  if (!MERCATOR.test(textOf(set, "SupportedCRS") ?? "")) return undefined;
  const zooms = children(set, "TileMatrix").map((matrix) => {
    const tileSize = Number(textOf(matrix, "TileWidth"));
    const zoom = Math.log2(WORLD_SCALE / Number(textOf(matrix, "ScaleDenominator"))) - Math.log2(tileSize / 256);
    const corner = textOf(matrix, "TopLeftCorner")?.split(/\s+/).map(Number) ?? [];
    const name = textOf(matrix, "Identifier") ?? "";
    const fits = Math.abs(zoom - Math.round(zoom)) < 1e-3 && name.endsWith(String(Math.round(zoom)))
      && Math.abs(corner[0] + ORIGIN) < 1 && Math.abs(corner[1] - ORIGIN) < 1;
    return fits ? { zoom: Math.round(zoom), tileSize, prefix: name.slice(0, -String(Math.round(zoom)).length) } : null;
  });
  const [first] = zooms;
  if (!first || zooms.some((one) => one?.prefix !== first.prefix || one.tileSize !== first.tileSize)) return undefined;
  const list = zooms.map((one) => one.zoom);
  return { id: textOf(set, "Identifier"), prefix: first.prefix, tileSize: first.tileSize,
    minzoom: Math.min(...list), maxzoom: Math.max(...list) };
};

const boundsOf = (layer) => {
  const box = child(layer, "WGS84BoundingBox");
  const [west, south] = textOf(box, "LowerCorner")?.split(/\s+/).map(Number) ?? [];
  const [east, north] = textOf(box, "UpperCorner")?.split(/\s+/).map(Number) ?? [];
  const isGood = [west, south, east, north].every(Number.isFinite) && west < east && south < north;
  return isGood ? [Math.max(west, -180), Math.max(south, -90), Math.min(east, 180), Math.min(north, 90)] : undefined;
};

const layerOf = (layer, sets) => {
  const resource = children(layer, "ResourceURL").find((one) => one.getAttribute("resourceType") === "tile");
  const linked = children(layer, "TileMatrixSetLink").map((one) => textOf(one, "TileMatrixSet"));
  const set = linked.map((id) => sets.get(id)).find(Boolean);
  if (!resource || !set) return { reason: resource ? "wmts.projection" : "wmts.addresses" };
  return {
    id: textOf(layer, "Identifier"), title: textOf(layer, "Title") || textOf(layer, "Identifier"),
    template: resource.getAttribute("template"), set, bounds: boundsOf(layer),
    styles: children(layer, "Style").map((one) => ({
      id: textOf(one, "Identifier"), title: textOf(one, "Title") || textOf(one, "Identifier"),
      isDefault: one.getAttribute("isDefault") === "true",
    })),
    dimensions: children(layer, "Dimension").map((one) => ({
      id: textOf(one, "Identifier"), title: textOf(one, "Title") || textOf(one, "Identifier"), default: textOf(one, "Default"),
      values: children(one, "Value").flatMap((value) => value.textContent.split(",")).map((value) => value.trim()),
    })),
  };
};

/**
 * The layers of capabilities (an XML document) that can be drawn:
 * [{id, title, template, set, bounds, styles, dimensions: [{id, title, default, values}]}].
 *
 * @throws {WmtsError} where it is another document, or no layer can be drawn
 */
export const layersOf = (xml) => {
  const root = xml.documentElement;
  if (root?.localName !== "Capabilities" || !/wmts/i.test(root.namespaceURI ?? "")) throw new WmtsError("wmts.other");
  const contents = child(root, "Contents");
  const sets = new Map(children(contents, "TileMatrixSet").map(followed).filter(Boolean).map((one) => [one.id, one]));
  const layers = children(contents, "Layer").map((one) => layerOf(one, sets));
  const good = layers.filter((one) => !one.reason);
  if (!good.length) throw new WmtsError(layers[0]?.reason ?? "wmts.empty");
  return good;
};

/** A layer of the map (state.js) from one of the capabilities, with a style and values of its dimensions. */
export const chosenLayer = ({ title, template, set, bounds }, style, dims) => {
  const words = { style, tilematrixset: set.id, tilematrix: `${set.prefix}{z}`, tilerow: "{y}", tilecol: "{x}",
    ...Object.fromEntries(Object.entries(dims).map(([name, value]) => [name.toLowerCase(), value])) };
  const url = template.replace(/\{([^{}]+)\}/g, (whole, word) => words[word.toLowerCase()] ?? whole);
  const { minzoom, maxzoom, tileSize } = set;
  return { url, scheme: "xyz", title, minzoom, maxzoom, tileSize, ...(bounds ? { bounds } : {}) };
};

/** Reads the capabilities at an address. */
export const readWmts = async (address) => {
  let text;
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    text = await answer.text();
  } catch (error) {
    throw new WmtsError("wmts.unreadable", { why: error.message });
  }
  return layersOf(new DOMParser().parseFromString(text, "text/xml"));
};
