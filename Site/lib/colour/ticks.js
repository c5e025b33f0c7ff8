// Round values beside a legend or an axis, and how they are written.

const MINUS = "−";

/**
 * Round values to label a scale with.
 *
 * @param {[number, number]} range the ends
 * @param {{scale?: string, linearWithin?: number, count?: number}} [options] about how many; never over twice as many
 * @returns {number[]} values in the range, rising; none for categories
 */
export function niceTicks(range, { scale = "linear", linearWithin = 1, count = 5 } = {}) {
  const [low, high] = range;
  if (!Number.isFinite(low) || !Number.isFinite(high) || !(low < high)) return [];
  const wanted = Math.max(count, 2);
  if (scale === "log") return logTicks(low, high, wanted);
  if (scale === "symmetric") return symmetricTicks(low, high, linearWithin, wanted);
  return scale === "categorical" ? [] : linearTicks(low, high, wanted);
}

/** Multiples of 1, 2, 2.5 or 5 times a power of ten, of which as many fit as come closest to what is wanted. */
function linearTicks(low, high, count) {
  // Half the ends, so that their difference cannot overflow.
  const decade = Math.floor(Math.log10(((high / 2 - low / 2) / count) * 2));
  let best = [];
  let leastRegret = Infinity;
  for (const factor of [1, 2, 2.5, 5, 10]) {
    const ticks = multiples(factor, decade, low, high);
    // Quarters are harder to read than one tick too many or too few.
    const regret = Math.abs(ticks.length - count) + (factor === 2.5 ? 1.5 : 0);
    if (regret < leastRegret) [best, leastRegret] = [ticks, regret];
  }
  return best;
}

function multiples(factor, decade, low, high) {
  const step = factor * 10 ** decade;
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const slack = 1e-9;
  const first = Math.ceil(low / step - slack);
  const last = Math.floor(high / step + slack);
  if (first > last || last - first >= 100) return [];
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const number = first + i;
    // Dividing by a whole power of ten gives 0.3 where multiplying by 0.1 gives 0.30000000000000004.
    const value = decade < 0 ? (number * factor) / 10 ** -decade : number * step;
    return Math.min(Math.max(value, low), high) + 0;
  });
}

/** Powers of ten, all or every second, third…; with 2 and 5 times them, or evenly spaced values, where they are few. */
function logTicks(low, high, count) {
  if (!(low > 0)) return [];
  const [first, last] = [Math.log10(low), Math.log10(high)];
  const ticks = (factors, every = 1) => {
    const found = [];
    for (let power = Math.floor(first / every) * every; power <= last + 1e-9; power += every) {
      found.push(...factors.map((factor) => factor * 10 ** power));
    }
    return found.filter((value) => value >= low * (1 - 1e-12) && value <= high * (1 + 1e-12));
  };
  if (last - first < 0.7) return linearTicks(low, high, count);
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const found = ticks(factors);
    if (found.length <= count + 1) return found;
  }
  return ticks([1], Math.ceil((last - first) / count));
}

/** Zero, and powers of ten to both sides from the threshold on. */
function symmetricTicks(low, high, threshold, count) {
  const reach = Math.max(Math.abs(low), Math.abs(high));
  if (!(reach > threshold * 3)) return linearTicks(low, high, count);
  const side = low <= 0 && high >= 0 ? Math.max(count >> 1, 1) : count;
  let powers = logTicks(threshold, reach, side);
  if (powers.length > side + 1) powers = powers.filter((_, i) => (powers.length - 1 - i) % 2 === 0);
  return [...powers.map((value) => -value).reverse(), 0, ...powers].filter((value) => value >= low && value <= high);
}

/**
 * Texts of ticks that belong together: as many decimals as tell them apart, powers of ten where there would be many
 * zeros.
 *
 * @param {number[]} ticks
 * @param {string} [locale] for the decimal sign and the grouping of thousands
 * @returns {string[]}
 */
export function tickLabels(ticks, locale = "en") {
  const sizes = ticks.map(Math.abs).filter((size) => size > 0);
  if (!sizes.length) return ticks.map((tick) => numberText(tick, locale));
  const [least, greatest] = [Math.min(...sizes), Math.max(...sizes)];
  const steps = ticks.slice(1).map((tick, i) => tick - ticks[i]).filter((step) => step > 0);
  const isEven = steps.every((step) => Math.abs(step - steps[0]) <= 1e-6 * steps[0]);
  const step = steps.length ? Math.min(...steps) : least;
  const isNarrow = greatest < 1e9 && step < greatest * 1e-5;
  const isFixed = isEven && ticks.length > 2 && (greatest < 1e6 || isNarrow) && greatest >= 1e-4 && step >= 1e-8;
  if (!isFixed) {
    // Powers of ten are all written the same way.
    const arePowers = sizes.every((size) => isWhole(Math.log10(size)));
    return ticks.map((tick) =>
      arePowers && (greatest >= 1e6 || least < 1e-4) ? powerText(tick) : numberText(tick, locale));
  }
  const tells = (decimals) => ticks.every((tick) => {
    const scaled = tick * 10 ** decimals;
    return Math.abs(Math.round(scaled) - scaled) < 1e-3 * step * 10 ** decimals;
  });
  const decimals = Array.from({ length: 10 }, (_, i) => i).find(tells) ?? 9;
  return ticks.map((tick) => fixed(tick, decimals, locale));
}

const isWhole = (value) => Math.abs(value - Math.round(value)) < 1e-9;

/**
 * One number by itself, to so many significant digits.
 *
 * @param {number} value NaN gives a dash
 * @param {string} [locale]
 * @param {number} [digits]
 */
export function numberText(value, locale = "en", digits = 6) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e-4 && size < 1e6) {
    const after = Math.min(Math.max(digits - 1 - Math.floor(Math.log10(size)), 0), 9);
    return written(value, { maximumFractionDigits: after }, locale);
  }
  const [factor, exponent] = value.toExponential(digits - 1).split("e");
  const power = `10${raised(Number(exponent))}`;
  const shown = written(Number(factor), { maximumFractionDigits: digits - 1 }, locale);
  return shown === "1" ? power : shown === `${MINUS}1` ? MINUS + power : `${shown} × ${power}`;
}

function powerText(value) {
  if (value === 0) return "0";
  const exponent = Math.round(Math.log10(Math.abs(value)));
  return Math.abs(exponent) > 2 ? `${value < 0 ? MINUS : ""}10${raised(exponent)}` : numberText(value);
}

const fixed = (value, decimals, locale) =>
  written(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }, locale);

const formats = new Map();

function written(value, options, locale) {
  const key = `${locale} ${options.minimumFractionDigits ?? 0} ${options.maximumFractionDigits}`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.NumberFormat(locale, { useGrouping: "min2", signDisplay: "negative", ...options }));
  }
  return formats.get(key).format(value).replace("-", MINUS);
}

const raised = (number) => String(number).replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]));
