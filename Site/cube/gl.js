// Draws the cube with the graphics card, by three.js.

import * as THREE from "three";
import { VIEW_ANGLE } from "../lib/cube/index.js";
import { ENDLESS, MISSING } from "../viewer/layer/shader.js";
import { fragmentShader, vertexShader } from "./shader.js";

/** Coordinates of the ends of all edges of a box. */
const EDGES = 12 * 2 * 3;

const nearest = (texture) => {
  Object.assign(texture, { minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter, generateMipmaps: false, needsUpdate: true });
  return texture;
};

const valueTexture = ({ data, width, height }) => {
  // NaN is not safe in every shader compiler.
  const safe = Float32Array.from(data, (value) =>
    (value === value ? Math.min(Math.max(value, -ENDLESS), ENDLESS) : MISSING));
  return nearest(new THREE.DataTexture(safe, width, height, THREE.RedFormat, THREE.FloatType));
};

const tableTextures = ({ thresholds, palette }) => {
  const padded = new Float32Array(256).fill(Infinity);
  padded.set(thresholds.subarray(0, 256));
  return {
    thresholds: nearest(new THREE.DataTexture(padded, 256, 1, THREE.RedFormat, THREE.FloatType)),
    palette: nearest(new THREE.DataTexture(new Uint8Array(palette), 256, 1, THREE.RGBAFormat, THREE.UnsignedByteType)),
  };
};

const makeFace = () => {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(12), 3));
  geometry.setAttribute("place", new THREE.BufferAttribute(new Float32Array(8), 2));
  geometry.setIndex([0, 1, 2, 2, 1, 3]);
  const uniforms = Object.fromEntries(["u_values", "u_first", "u_cell", "u_size", "u_smooth", "u_opacity", "u_thresholds",
    "u_palette", "u_scale", "u_guess", "u_categories"].map((name) => [name, { value: null }]));
  const material = new THREE.RawShaderMaterial({
    glslVersion: THREE.GLSL3, vertexShader, fragmentShader, uniforms, side: THREE.DoubleSide, transparent: true,
    blending: THREE.CustomBlending, blendSrc: THREE.OneFactor, blendDst: THREE.OneMinusSrcAlphaFactor,
  });
  const mesh = new THREE.Mesh(geometry, material);
  mesh.frustumCulled = false;
  return mesh;
};

const makeOutline = () => {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(EDGES), 3));
  const outline = new THREE.LineSegments(geometry, new THREE.LineBasicMaterial({ transparent: true }));
  outline.frustumCulled = false;
  return outline;
};

const placeFace = (mesh, { axis, end, across, down }, { frame, box }) => {
  const { position, place } = mesh.geometry.attributes;
  for (let corner = 0; corner < 4; corner += 1) {
    const positions = [];
    positions[axis] = box[axis][end];
    positions[across] = box[across][corner & 1];
    positions[down] = box[down][corner >> 1];
    position.array.set(frame.place(positions), 3 * corner);
    place.array.set([positions[across], positions[down]], 2 * corner);
  }
  position.needsUpdate = true;
  place.needsUpdate = true;
};

const colourFace = ({ material: { uniforms } }, { axis }, { tables, opacity }, textures) => {
  uniforms.u_thresholds.value = textures.thresholds;
  uniforms.u_palette.value = textures.palette;
  uniforms.u_scale.value = tables.scale;
  uniforms.u_guess.value = new THREE.Vector4(...tables.guess);
  uniforms.u_categories.value = tables.categories;
  uniforms.u_opacity.value = opacity;
  // Between two times nothing is blended: there was weather.
  uniforms.u_smooth.value = new THREE.Vector2(Number(tables.bilinear), Number(tables.bilinear && axis === 0));
};

/**
 * What draws a view (scene.js) into a canvas.
 *
 * @throws where there is no WebGL 2
 */
export const createGL = (canvas) => {
  const renderer = new THREE.WebGLRenderer({ canvas, antialias: true, alpha: true, powerPreference: "high-performance" });
  renderer.setClearColor(0, 0);
  // Colours of tables go to the screen as they are.
  renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
  const camera = new THREE.PerspectiveCamera(VIEW_ANGLE, 1, 0.01, 200);
  const scene = new THREE.Scene();
  const outline = makeOutline();
  scene.add(outline);
  const meshes = new Map();
  let [colours, size] = [null, ""];

  const aim = ({ position, up, towards, size: { width, height } }) => {
    camera.position.set(...position);
    camera.up.set(...up);
    camera.lookAt(...position.map((one, i) => one - towards[i]));
    const distance = Math.hypot(...position);
    Object.assign(camera, { aspect: width / height, near: Math.max(0.01, distance - 8), far: distance + 8 });
    camera.updateProjectionMatrix();
  };

  const texturesOf = (tables) => {
    if (colours?.key !== tables.key) {
      for (const one of Object.values(colours?.textures ?? {})) one.dispose();
      colours = { key: tables.key, textures: tableTextures(tables) };
    }
    return colours.textures;
  };

  const showFace = (view, { side, face }) => {
    let mesh = meshes.get(side.key);
    if (!mesh) {
      mesh = makeFace();
      meshes.set(side.key, mesh);
      scene.add(mesh);
    }
    const { uniforms } = mesh.material;
    if (mesh.userData.name !== face.name) {
      mesh.userData.name = face.name;
      uniforms.u_values.value?.dispose();
      uniforms.u_values.value = valueTexture(face);
      uniforms.u_first.value = new THREE.Vector2(...face.first);
      uniforms.u_cell.value = new THREE.Vector2(...face.cell);
      uniforms.u_size.value = new THREE.Vector2(face.width, face.height);
    }
    placeFace(mesh, side, view);
    colourFace(mesh, side, view.look, texturesOf(view.look.tables));
    mesh.visible = true;
  };

  return {
    canvas,
    draw(view) {
      const wanted = JSON.stringify([view.size, view.ratio]);
      if (wanted !== size) {
        renderer.setDrawingBufferSize(view.size.width, view.size.height, view.ratio);
        size = wanted;
      }
      aim(view.camera);
      for (const mesh of meshes.values()) mesh.visible = false;
      if (view.look) for (const one of view.faces) showFace(view, one);
      const { places, colour, opacity } = view.outline;
      outline.geometry.attributes.position.array.set(places.flat(2));
      outline.geometry.attributes.position.needsUpdate = true;
      outline.geometry.setDrawRange(0, 2 * places.length);
      outline.material.color.setRGB(...colour.map((one) => one / 255));
      outline.material.opacity = opacity;
      renderer.render(scene, camera);
    },
  };
};
