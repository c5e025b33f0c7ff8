// Units as people write them, as in the pages (Sources/Images/UnitText.swift).

const names = new Map(Object.entries({
  kelvin: "K", k: "K", degk: "K", deg_k: "K", degree_kelvin: "K", degc: "°C", deg_c: "°C", celsius: "°C",
  degree_c: "°C", degrees_c: "°C", degree_celsius: "°C", degrees_celsius: "°C", "degree celsius": "°C",
  "degrees celsius": "°C", degf: "°F", degree: "°", degrees: "°", deg: "°", degree_north: "°N",
  degrees_north: "°N", degree_east: "°E", degrees_east: "°E", percent: "%", metre: "m", metres: "m",
  meter: "m", meters: "m", psu: "PSU", "1e-3": "10⁻³", "1.e-3": "10⁻³", "0.001": "10⁻³",
}));
const nothing = new Set(["", "1", "-", "none", "unitless", "dimensionless", "count"]);
const raised = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
/** Symbols whose power may be written without a mark (`m2`); CO2 is no power. */
const symbols = new Set(("m km cm mm um µm nm dm s min h d day yr a g kg mg µg K J W Pa hPa N mol V A ha").split(" "));

const symbolText = (symbol) => {
  if (/^u(m|g|mol|atm|Pa|s|W|E|einstein)$/.test(symbol)) return `µ${symbol.slice(1)}`;
  return { degC: "°C", degree_Celsius: "°C", Celsius: "°C", kelvin: "K", Kelvin: "K" }[symbol] ?? symbol;
};

const factor = (word) => {
  const parts = /^([^\^\d+-]+)(\^|\*\*)?\(?\+?(-?\d+)\)?$/.exec(word.replaceAll("**", "^"));
  if (!parts) return symbolText(word);
  const [, symbol, mark, power] = parts;
  if (!mark && !power.startsWith("-") && !symbols.has(symbol)) return word;
  return symbolText(symbol) + (power === "1" ? "" : [...power].map((one) => raised[one]).join(""));
};

/** Makes CF and UDUNITS spellings readable: `kg m**-2` becomes kg m⁻², `1` nothing. */
export const unitText = (units) => {
  const text = (units ?? "").trim().replace(/\s+/g, " ");
  if (nothing.has(text.toLowerCase())) return "";
  const known = names.get(text.toLowerCase());
  if (known) return known;
  return text.split(" ").flatMap((word) => (/[a-z]/i.test(word) ? word.split(".") : [word]))
    .map((word) => word.split("/").map(factor).join("/")).join(" ");
};
