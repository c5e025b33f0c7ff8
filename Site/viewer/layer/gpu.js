// What lies on the graphics card, for each map: programs, meshes, textures. Textures of windows
// are given up when they sum to more than a bound, the least recently drawn first.

import { makeProgram } from "./shader.js";

const BOUND = 192 << 20;
const kept = new WeakMap();

/** The resources of a map's context. */
export const gpuOf = (gl) => {
  if (!kept.has(gl)) {
    kept.set(gl, createGpu(gl));
    // A context that was lost comes back empty.
    gl.canvas.addEventListener("webglcontextrestored", () => kept.delete(gl), { once: true });
  }
  return kept.get(gl);
};

const createGpu = (gl) => {
  const programs = new Map();
  const meshes = new Map();
  const tables = new Map();
  const textures = new Map();
  let bytes = 0;

  /** Uploads go through a unit that nothing is drawn from. */
  const prepare = () => {
    gl.activeTexture(gl.TEXTURE7);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  };
  const texture = () => {
    const made = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, made);
    for (const [name, value] of [
      [gl.TEXTURE_MIN_FILTER, gl.NEAREST], [gl.TEXTURE_MAG_FILTER, gl.NEAREST],
      [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
    ]) gl.texParameteri(gl.TEXTURE_2D, name, value);
    return made;
  };
  const upload = (data, width, height) =>
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, width, height, 0, gl.RED, gl.FLOAT, data);

  return {
    program(shaderData) {
      const name = shaderData.variantName;
      if (!programs.has(name)) programs.set(name, makeProgram(gl, shaderData));
      return programs.get(name);
    },
    /** The buffers of a mesh, made by `build` when first needed. */
    mesh(name, build) {
      const known = meshes.get(name);
      if (known) {
        meshes.delete(name);
        meshes.set(name, known);
        return known;
      }
      const { corners, whole, flat, box, sphere, origin } = build();
      const array = gl.createVertexArray();
      gl.bindVertexArray(array);
      const cornerBuffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, cornerBuffer);
      gl.bufferData(gl.ARRAY_BUFFER, corners, gl.STATIC_DRAW);
      for (const place of [0, 1]) {
        gl.enableVertexAttribArray(place);
        gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 16, 8 * place);
      }
      const sphereBuffer = sphere ? gl.createBuffer() : null;
      if (sphere) {
        gl.bindBuffer(gl.ARRAY_BUFFER, sphereBuffer);
        gl.bufferData(gl.ARRAY_BUFFER, sphere, gl.STATIC_DRAW);
        gl.enableVertexAttribArray(2);
        gl.vertexAttribPointer(2, 3, gl.FLOAT, false, 12, 0);
      }
      const all = new Uint32Array(whole.length + (flat?.length ?? 0));
      all.set(whole);
      if (flat) all.set(flat, whole.length);
      const indexBuffer = gl.createBuffer();
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, indexBuffer);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, all, gl.STATIC_DRAW);
      gl.bindVertexArray(null);
      const made = {
        array, box, origin, buffers: [cornerBuffer, sphereBuffer, indexBuffer],
        whole: { start: 0, count: whole.length },
        flat: flat ? { start: 4 * whole.length, count: flat.length } : { start: 0, count: whole.length },
      };
      meshes.set(name, made);
      if (meshes.size > 400) {
        const [oldest, gone] = meshes.entries().next().value;
        gl.deleteVertexArray(gone.array);
        for (const one of gone.buffers) gl.deleteBuffer(one);
        meshes.delete(oldest);
      }
      return made;
    },
    /** The textures of a window's bands, brought up to date. */
    values(entry) {
      let found = textures.get(entry.key);
      if (found) textures.delete(entry.key);
      if (found?.entry !== entry || found.version !== entry.version) {
        prepare();
        const list = entry.bands.map((data, band) => {
          const one = found?.list[band] ?? texture();
          gl.bindTexture(gl.TEXTURE_2D, one);
          upload(data, entry.columns + 2, entry.rows + 2);
          return one;
        });
        bytes += found ? 0 : entry.bytes;
        found = { entry, version: entry.version, list, bytes: entry.bytes };
      }
      textures.set(entry.key, found);
      for (const [name, one] of textures) {
        if (bytes <= BOUND || name === entry.key) break;
        for (const each of one.list) gl.deleteTexture(each);
        bytes -= one.bytes;
        textures.delete(name);
      }
      return found.list;
    },
    /** Thresholds and palette of a look (colours.js). */
    look(look) {
      const known = tables.get(look.key);
      if (known) return known;
      prepare();
      const thresholds = texture();
      const padded = new Float32Array(256).fill(Infinity);
      padded.set(look.thresholds.subarray(0, 256));
      upload(padded, 256, 1);
      const palette = texture();
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, look.palette);
      const made = { thresholds, palette };
      tables.set(look.key, made);
      if (tables.size > 64) {
        const [oldest, gone] = tables.entries().next().value;
        gl.deleteTexture(gone.thresholds);
        gl.deleteTexture(gone.palette);
        tables.delete(oldest);
      }
      return made;
    },
  };
};
