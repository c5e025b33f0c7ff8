// A layer of values as MapLibre draws it: a custom layer with a shader of its own.

import { gpuOf } from "./gpu.js";
import { buildMesh } from "./mesh.js";

/** matrix × (scale, then move), column by column; summed in double, kept in single precision. */
const multiply = (m, [x, y, z], [width, height]) => {
  const out = new Float32Array(16);
  for (let r = 0; r < 4; r += 1) {
    out[r] = m[r] * width;
    out[4 + r] = m[4 + r] * height;
    out[8 + r] = m[8 + r];
    out[12 + r] = m[r] * x + m[4 + r] * y + m[8 + r] * z + m[12 + r];
  }
  return out;
};

/** A matrix of the flat map for a mesh whose corners lie in a box of it. */
const inBox = (matrix, [x, y, width, height]) => multiply(matrix, [x, y, 0], [width, height]);

/** The finest held window that covers window (i, j) of a level, with its own level. */
const covering = (windows, slice, level, i, j) => {
  const { field } = slice;
  const exact = windows.get(slice, level, i, j);
  if (exact) return exact;
  const own = field.extent(level, i, j);
  for (let up = level + 1; up < field.levels; up += 1) {
    const shift = 2 ** (up - level);
    const size = field.size(up);
    const [row, column] = [Math.floor(own.row / shift), Math.floor(own.column / shift)];
    const entry = windows.get(slice, up, Math.floor(row / size.rows), Math.floor(column / size.columns));
    if (entry) return entry;
  }
  return null;
};

/** `drawn` is kept by drawing.js: {slice, level, list, tables, style, layer} or null. */
export class ValueLayer {
  constructor(id, windows, drawn) {
    this.id = id;
    this.type = "custom";
    this.renderingMode = "2d";
    this.windows = windows;
    this.drawn = drawn;
  }

  onAdd(map) {
    this.map = map;
  }

  render(gl, args) {
    const now = this.drawn();
    if (!now?.slice || !now.list.length) return;
    const { slice, level, list, look, opacity, clip } = now;
    this.gpu = gpuOf(gl);
    const { program, uniforms } = this.gpu.program(args.shaderData);
    gl.useProgram(program);
    this.clip(gl, clip);
    const { scale, guess, categories, bilinear } = look;
    gl.uniform1i(uniforms.u_scale, slice.field.bands === 3 ? 4 : scale);
    gl.uniform4fv(uniforms.u_guess, guess);
    gl.uniform1i(uniforms.u_categories, categories);
    gl.uniform1i(uniforms.u_bilinear, bilinear ? 1 : 0);
    gl.uniform1f(uniforms.u_opacity, opacity);
    gl.uniform1f(uniforms.u_closed, slice.field.grid.closed ? 1 : 0);
    if (slice.field.bands === 3) gl.uniform2fv(uniforms.u_ranges, look.ranges.flat());
    for (const [i, name] of ["u_values0", "u_values1", "u_values2", "u_thresholds", "u_palette"].entries()) {
      gl.uniform1i(uniforms[name], i);
    }
    const tables = this.gpu.look(look);
    gl.activeTexture(gl.TEXTURE3);
    gl.bindTexture(gl.TEXTURE_2D, tables.thresholds);
    gl.activeTexture(gl.TEXTURE4);
    gl.bindTexture(gl.TEXTURE_2D, tables.palette);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.CULL_FACE);
    gl.disable(gl.STENCIL_TEST);
    gl.disable(gl.DEPTH_TEST);

    const projection = args.defaultProjectionData;
    // That of the sphere, without what MapLibre corrects in its own for the card's arc tangent.
    const { modelViewProjectionMatrix: sphere } = args;
    // Over one frame of the crossfade between globe and map both are seen.
    const transition = projection.projectionTransition;
    gl.uniform4fv(uniforms.u_projection_clipping_plane ?? null, projection.clippingPlane);
    gl.uniform1f(uniforms.u_projection_transition ?? null, transition);
    const turns = transition > 0 ? [0] : this.turns();
    for (const [i, j] of list) {
      const entry = covering(this.windows, slice, level, i, j);
      if (!entry?.bands) continue;
      this.place(gl, uniforms, slice.field, level, i, j, entry);
      this.gpu.values(entry).forEach((texture, band) => {
        gl.activeTexture(gl.TEXTURE0 + band);
        gl.bindTexture(gl.TEXTURE_2D, texture);
      });
      this.drawMesh(gl, uniforms, slice.field, level, [i, j], projection, sphere, turns);
    }
    gl.bindVertexArray(null);
    gl.activeTexture(gl.TEXTURE0);
    gl.disable(gl.SCISSOR_TEST);
  }

  /** How many turns of the world are in view. */
  turns() {
    const { lng } = this.map.getCenter();
    const half = this.map.transform.width / (512 * 2 ** this.map.getZoom()) / 2
      * (this.map.getPitch() > 30 ? 3 : 1.5);
    const turns = [];
    const middle = lng / 360 + 0.5;
    // The view in world widths; a mesh may reach a turn to either side of its own place.
    for (let k = Math.floor(middle - half) - 1; k <= Math.floor(middle + half) + 1; k += 1) turns.push(k);
    this.span = [middle - half, middle + half];
    return turns;
  }

  place(gl, uniforms, { grid, size, extent }, level, i, j, entry) {
    const side = 2 ** entry.level;
    const shown = extent(level, i, j);
    const held = extent(entry.level, entry.i, entry.j);
    const start = [shown.column * 2 ** level, shown.row * 2 ** level];
    const lasts = [grid.shape(entry.level)[1] - 1, grid.shape(entry.level)[0] - 1];
    const ends = [grid.columns / side, grid.rows / side];
    const firsts = [held.column, held.row];
    const pair = (make) => [make(0), make(1)];
    gl.uniform2fv(uniforms.u_first, pair((k) => start[k] / side - firsts[k]));
    gl.uniform1f(uniforms.u_size, side);
    gl.uniform2fv(uniforms.u_last, pair((k) => lasts[k] - firsts[k]));
    // Grids of other kinds are sampled as if all cells were as large.
    gl.uniform2fv(uniforms.u_lastCentre, pair((k) =>
      (grid.kind === "mesh" ? lasts[k] + 0.5 : (lasts[k] + ends[k]) / 2) - firsts[k]));
    gl.uniform2fv(uniforms.u_start, pair((k) => (firsts[k] === 0 ? 1 : 0)));
    gl.uniform2fv(uniforms.u_end, pair((k) => ends[k] - firsts[k]));
    gl.uniform2fv(uniforms.u_whole, ends);
  }

  drawMesh(gl, uniforms, { grid, entry, document, extent }, level, [i, j], projection, sphere, turns) {
    const { row, column, rows, columns } = extent(level, i, j);
    const side = 2 ** level;
    const part = [
      row * side, column * side, Math.min((row + rows) * side, grid.rows),
      Math.min((column + columns) * side, grid.columns),
    ];
    const isFlat = projection.projectionTransition === 0;
    const curved = grid.kind === "mesh" || !isFlat;
    const mesh = this.gpu.mesh(`${document.id}/${entry.id}/${part}/${curved}`,
      () => buildMesh(grid, entry, part, side, curved));
    gl.bindVertexArray(mesh.array);
    const { start, count } = isFlat ? mesh.flat : mesh.whole;
    if (!isFlat) {
      gl.uniform3fv(uniforms.u_origin ?? null, mesh.origin);
      gl.uniformMatrix4fv(uniforms.u_sphere_matrix ?? null, false, multiply(sphere, mesh.origin, [1, 1]));
    }
    for (const turn of turns) {
      const box = [mesh.box[0] + turn, ...mesh.box.slice(1)];
      if (isFlat && this.span && (box[0] > this.span[1] || box[0] + box[2] < this.span[0])) continue;
      gl.uniform4fv(uniforms.u_projection_tile_mercator_coords ?? null, box);
      gl.uniformMatrix4fv(uniforms.u_projection_matrix ?? null, false, inBox(projection.mainMatrix, box));
      gl.uniformMatrix4fv(uniforms.u_projection_fallback_matrix ?? null, false,
        inBox(projection.fallbackMatrix ?? projection.mainMatrix, box));
      gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_INT, start);
    }
  }

  /** Draws only to one side of the curtain: clip = [from, to] in shares of the map's width. */
  clip(gl, clip) {
    if (!clip) return;
    const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(Math.round(clip[0] * width), 0, Math.round((clip[1] - clip[0]) * width), height);
  }
}
