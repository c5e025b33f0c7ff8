// Statistics of values, NaN left out, each value counting by its weight where weights are given.

/**
 * @typedef {object} Summary
 * @property {number} count values that are not missing
 * @property {number} missing values that are
 * @property {number} weight the weights of those that are not, in all; their count without weights
 * @property {number} mean NaN, like all that follows, where there are no values
 * @property {number} median without weights the middle value, or half way between the two in the middle; with weights
 *   the least value up to which half of the weight lies
 * @property {number} minimum
 * @property {number} maximum
 * @property {number} deviation the standard deviation of the values as a whole (divided by n)
 */

/** The present values among some, and their weights; of those with a weight above 0 only. */
function present(values, weights, mask) {
  const kept = new Float64Array(values.length);
  const their = weights ? new Float64Array(values.length) : undefined;
  let [count, missing] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    if ((mask && !mask[i]) || (weights && !(weights[i] > 0))) continue;
    if (Number.isNaN(values[i])) {
      missing += 1;
      continue;
    }
    kept[count] = values[i];
    if (their) their[count] = weights[i];
    count += 1;
  }
  return { values: kept.subarray(0, count), weights: their?.subarray(0, count), missing };
}

/**
 * Statistics of values.
 *
 * @param {ArrayLike<number>} values NaN where missing
 * @param {{weights?: ArrayLike<number>, mask?: ArrayLike<number>, median?: boolean}} [options] areas of cells, mostly; a mask
 *   picks values where it is not 0; the median can be left out, since it costs the most
 * @returns {Summary}
 */
export function summarise(values, { weights, mask, median = true } = {}) {
  const kept = present(values, weights, mask);
  const { length } = kept.values;
  let [weight, sum, minimum, maximum] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < length; i += 1) {
    const value = kept.values[i];
    const w = kept.weights ? kept.weights[i] : 1;
    weight += w;
    sum += w * value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const counts = { count: length, missing: kept.missing, weight };
  if (!length) return { ...counts, mean: NaN, median: NaN, minimum: NaN, maximum: NaN, deviation: NaN };
  const mean = sum / weight;
  let squares = 0;
  for (let i = 0; i < length; i += 1) squares += (kept.weights ? kept.weights[i] : 1) * (kept.values[i] - mean) ** 2;
  return {
    ...counts, mean, minimum, maximum, deviation: Math.sqrt(squares / weight),
    median: median ? middleOf(kept, weight) : NaN,
  };
}

const middleOf = ({ values, weights }, total) =>
  weights ? weightedPercentile(values, weights, total, 0.5) : sortedPercentile(values.sort(), 50);

function sortedPercentile(sorted, percent) {
  const place = (percent / 100) * (sorted.length - 1);
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

/**
 * The least value up to which a share of the weight lies, found by parting the values around one of them and looking
 * on in the side that holds it (quickselect). Changes the order of its arguments.
 */
function weightedPercentile(values, weights, total, share) {
  const swap = (i, j) => {
    [values[i], values[j]] = [values[j], values[i]];
    [weights[i], weights[j]] = [weights[j], weights[i]];
  };
  // Sums of weights in another order differ in the last digits; a hair less is enough.
  const wanted = share * total * (1 - 1e-12);
  let [low, high, before] = [0, values.length - 1, 0];
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let [less, at, more, lessWeight, sameWeight] = [low, low, high, 0, 0];
    while (at <= more) {
      if (values[at] < pivot) {
        lessWeight += weights[at];
        swap(less, at);
        less += 1;
        at += 1;
      } else if (values[at] > pivot) {
        swap(at, more);
        more -= 1;
      } else {
        sameWeight += weights[at];
        at += 1;
      }
    }
    if (lessWeight > 0 && before + lessWeight >= wanted) high = less - 1;
    else if (before + lessWeight + sameWeight >= wanted || more === high) return pivot;
    else {
      before += lessWeight + sameWeight;
      low = more + 1;
    }
  }
  return values[low];
}

/**
 * Percentiles of values.
 *
 * @param {ArrayLike<number>} values NaN is left out
 * @param {number[]} percents 0 … 100
 * @param {{weights?: ArrayLike<number>, mask?: ArrayLike<number>}} [options] without weights straight between the two
 *   values around (NumPy's `linear`), with weights the least value up to which that share lies (`inverted_cdf`)
 * @returns {number[]} NaN where there are no values
 */
export function percentiles(values, percents, { weights, mask } = {}) {
  const kept = present(values, weights, mask);
  if (!kept.values.length) return percents.map(() => NaN);
  if (!kept.weights) {
    kept.values.sort();
    return percents.map((percent) => sortedPercentile(kept.values, percent));
  }
  const total = kept.weights.reduce((sum, weight) => sum + weight, 0);
  return percents.map((percent) => weightedPercentile(kept.values, kept.weights, total, percent / 100));
}

/**
 * How values spread over equal bins; the last bin holds its upper end too. Values outside are counted apart.
 *
 * @param {ArrayLike<number>} values NaN is left out
 * @param {{bins?: number, range?: [number, number], weights?: ArrayLike<number>, mask?: ArrayLike<number>}} [options]
 *   the range is that of the values if left out; with weights, weights are summed instead of values counted
 * @returns {{edges: number[], counts: number[], below: number, above: number}}
 */
export function histogram(values, { bins = 64, range, weights, mask } = {}) {
  const kept = present(values, weights, mask);
  const [low, high] = range ?? rangeOf(kept.values);
  const counts = new Array(bins).fill(0);
  let [below, above] = [0, 0];
  const edges = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + ((high - low) * i) / bins));
  for (let i = 0; i < kept.values.length; i += 1) {
    const value = kept.values[i];
    const weight = kept.weights ? kept.weights[i] : 1;
    if (value < low) below += weight;
    else if (value > high) above += weight;
    else {
      let bin = Math.min(Math.floor(((value - low) / (high - low)) * bins), bins - 1);
      // The division may be rounded over an edge.
      if (value < edges[bin]) bin -= 1;
      else if (bin < bins - 1 && value >= edges[bin + 1]) bin += 1;
      counts[bin] += weight;
    }
  }
  return { edges, counts, below, above };
}

/** The ends of some values, apart from each other. */
function rangeOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
