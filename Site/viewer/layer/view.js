// What of a grid is in view, and at which level: found by looking where points of the screen lie
// in the grid. That is right for every projection, the globe, and grids of any kind.

const ACROSS = 18;
const DOWN = 12;

/**
 * Longitude and latitude at points spread over the map, edges included; null beside the globe.
 * `detail`: how many pixels are drawn for one of the screen, along an axis.
 */
export const samplePoints = (gl, detail) => {
  const { width, height } = gl.transform;
  const onGlobe = gl.getProjection?.()?.type === "globe" && gl.getZoom() < 12;
  const points = [];
  for (let row = 0; row <= DOWN; row += 1) {
    for (let column = 0; column <= ACROSS; column += 1) {
      const [x, y] = [width * column / ACROSS, height * row / DOWN];
      const { lng, lat } = gl.unproject([x, y]);
      let place = Number.isFinite(lng) && Number.isFinite(lat) ? [lng, lat] : null;
      if (place && onGlobe) {
        // Beside the globe the answer is the nearest place on its rim.
        const back = gl.project([lng, lat]);
        if (Math.hypot(back.x - x, back.y - y) > 3) place = null;
      }
      points.push(place);
    }
  }
  return { points, apart: width / ACROSS * detail, detail };
};

/** Cells of level 0 that one pixel covers, the middle of what neighbouring points say; they lie `apart` pixels apart. */
const cellsPerPixel = (positions, apart, grid) => {
  const found = [];
  for (let row = 0; row <= DOWN; row += 1) {
    for (let column = 0; column < ACROSS; column += 1) {
      const [a, b] = [0, 1].map((k) => positions[row * (ACROSS + 1) + column + k]);
      if (!a || !b) continue;
      let across = Math.abs(b.column - a.column);
      if (grid.closed) across = Math.min(across, grid.columns - across);
      found.push(Math.hypot(across, b.row - a.row) / apart);
    }
  }
  if (!found.length) return 0;
  found.sort((a, b) => a - b);
  return found[found.length >> 1];
};

/** With fewer points than this inside a grid, its size on the screen is not told by them. */
const FEW = 12;
const LATTICE = 8;

/** Places of a lattice over the whole grid that are in view, and cells per pixel between them. */
const latticeInView = (grid, gl, detail) => {
  const { width, height } = gl.transform;
  const places = [];
  const ratios = [];
  let before = null;
  for (let i = 0; i <= LATTICE; i += 1) {
    for (let j = 0; j <= LATTICE; j += 1) {
      const [row, column] = [grid.rows * i / LATTICE, grid.columns * j / LATTICE];
      const place = grid.lonLat(row, column);
      if (!place) continue;
      const { lng } = gl.getCenter();
      const { x, y } = gl.project([place[0] + 360 * Math.round((lng - place[0]) / 360), place[1]]);
      if (before && j > 0) ratios.push(grid.columns / LATTICE / detail / Math.hypot(x - before.x, y - before.y));
      before = { x, y };
      if (x >= -1 && y >= -1 && x <= width + 1 && y <= height + 1) {
        places.push({ row: Math.min(row, grid.rows - 0.5), column: Math.min(column, grid.columns - 0.5) });
      }
    }
  }
  ratios.sort((a, b) => a - b);
  return { places, ratio: places.length > 4 ? ratios[ratios.length >> 1] : undefined };
};

/**
 * The level whose cells are about as large as pixels, and its windows in view [[i, j]…], those in
 * the middle of the screen first. The rule for the level is that of the picture tiles.
 */
export const windowsInView = (field, { points, apart, detail }, gl) => {
  const { grid } = field;
  const positions = points.map((one) => one && grid.position(one[0], one[1]));
  const inside = positions.reduce((count, one) => count + (one ? 1 : 0), 0);
  // A grid smaller than the spaces between the points is looked for from its own side.
  const own = inside < FEW ? latticeInView(grid, gl, detail) : null;
  if (!inside && !own?.places.length) return { level: field.levels - 1, list: [] };
  const ratio = own?.ratio ?? cellsPerPixel(positions, apart, grid);
  const level = ratio > 1
    ? Math.min(Math.round(Math.log2(ratio)), field.levels - 1) : 0;
  const side = 2 ** level;
  const size = field.size(level);
  const { down, across } = field.counts(level);
  const found = new Map();
  const add = (row, column, weight) => {
    let j = Math.floor(column / side / size.columns);
    if (grid.closed) j = (j + across) % across;
    const i = Math.floor(row / side / size.rows);
    if (i < 0 || j < 0 || i >= down || j >= across) return;
    const name = i * across + j;
    found.set(name, Math.max(found.get(name) ?? 0, weight));
  };
  positions.forEach((one, index) => {
    if (!one) return;
    const [x, y] = [index % (ACROSS + 1) / ACROSS - 0.5, Math.floor(index / (ACROSS + 1)) / DOWN - 0.5];
    const weight = 1 - Math.hypot(x, y);
    // Half a cell around, for what is blended of two windows.
    for (const dr of [-side, 0, side]) {
      for (const dc of [-side, 0, side]) add(one.row + dr, one.column + dc, weight);
    }
  });
  for (const { row, column } of own?.places ?? []) add(row, column, 0.5);
  fillBetween(positions, field, level, add);
  addThin(found, field, level);
  const list = [...found].sort((a, b) => b[1] - a[1])
    .map(([name]) => [Math.floor(name / across), name % across]);
  return { level, list };
};

/** The last windows of a grid may be thinner than the spaces between the points: they come along. */
const addThin = (found, field, level) => {
  const { down, across } = field.counts(level);
  const size = field.size(level);
  const last = field.extent(level, down - 1, across - 1);
  const thinRow = last.rows * 2 < size.rows;
  const thinColumn = last.columns * 2 < size.columns;
  const add = (i, j) => {
    if (!found.has(i * across + j)) found.set(i * across + j, 0);
  };
  for (const name of [...found.keys()]) {
    const [i, j] = [Math.floor(name / across), name % across];
    const beside = j === across - 2 || (field.grid.closed && j === 0);
    if (thinRow && i === down - 2) add(down - 1, j);
    if (thinColumn && beside) add(i, across - 1);
    if (thinRow && thinColumn && i === down - 2 && beside) add(down - 1, across - 1);
  }
};

/** Far from the middle two points may lie more than a window apart: looks between them too. */
const fillBetween = (positions, { grid, size }, level, add) => {
  const { rows, columns } = size(level);
  const [tall, wide] = [rows * 2 ** level, columns * 2 ** level];
  positions.forEach((a, index) => {
    for (const step of [1, ACROSS + 1]) {
      if (step === 1 && index % (ACROSS + 1) === ACROSS) continue;
      const b = positions[index + step];
      if (!a || !b) continue;
      let move = b.column - a.column;
      if (grid.closed) move -= grid.columns * Math.round(move / grid.columns);
      const parts = Math.min(8, Math.ceil(Math.max(Math.abs(b.row - a.row) / tall, Math.abs(move) / wide)));
      for (let k = 1; k < parts; k += 1) {
        const column = a.column + move * k / parts;
        add(a.row + (b.row - a.row) * k / parts,
          grid.closed ? (column + grid.columns) % grid.columns : column, 0);
      }
    }
  });
};
