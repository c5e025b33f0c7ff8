// The picture of the cube: three.js draws its faces, and the outline of what was cut away. Frames are drawn when something
// has changed.

import * as THREE from "three";
import { edgesOf, eyeAxes, facing, fitDistance, Frame } from "../lib/cube/index.js";
import { ENDLESS, MISSING } from "../viewer/layer/shader.js";
import { fragmentShader, vertexShader } from "./shader.js";
import { startEye } from "./state.js";

const VIEW_ANGLE = 28;
/** Pixels that labels need beside the cube, on both sides together, when all of it is in view. */
const LABELS = { horizontal: 150, vertical: 190 };
/** Pixels at the bottom that the legend takes. */
const LEGEND = 70;
const filled = (pixels, labels) => Math.min(0.86, Math.max(0.4, 1 - labels / pixels));

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
  mesh.visible = false;
  return mesh;
};

/** The edges of a box from corner to corner, without those that an eye sees in front of the box. */
const outlinePlaces = (frame, box, eye) => {
  const near = new Set(facing(frame, box, eye).map(({ key }) => key));
  return new Float32Array([0, 1, 2].flatMap(edgesOf).filter(({ sides }) => !sides.every(({ key }) => near.has(key)))
    .flatMap(({ axis, sides }) => box[axis].flatMap((position) => {
      const positions = [];
      positions[axis] = position;
      for (const side of sides) positions[side.axis] = box[side.axis][side.end];
      return frame.place(positions);
    })));
};

/**
 * Draws into a canvas.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} drawn called after each frame
 * @throws where there is no WebGL 2
 */
export const createScene = (canvas, drawn) => {
  const renderer = new THREE.WebGLRenderer({ canvas, antialias: true, alpha: true, powerPreference: "high-performance" });
  renderer.setClearColor(0, 0);
  // Colours of tables go to the screen as they are.
  renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
  const camera = new THREE.PerspectiveCamera(VIEW_ANGLE, 1, 0.01, 200);
  const scene = new THREE.Scene();
  const outline = new THREE.LineSegments(new THREE.BufferGeometry(), new THREE.LineBasicMaterial({ transparent: true, opacity: 0.55 }));
  outline.frustumCulled = false;
  scene.add(outline);
  const faces = new Map();
  let [size, frame, box, eye, requested] = [{ width: 1, height: 1 }, null, null, null, 0];
  let look = null;

  const render = () => {
    cancelAnimationFrame(requested);
    requested = 0;
    if (!frame) return;
    renderer.render(scene, camera);
    drawn();
  };
  const schedule = () => { requested ||= requestAnimationFrame(render); };

  const aim = () => {
    const tangent = Math.tan(VIEW_ANGLE / 360 * Math.PI);
    const reach = {
      vertical: tangent * filled(size.height, LABELS.vertical),
      horizontal: tangent * size.width / size.height * filled(size.width, LABELS.horizontal),
    };
    // The size stays while the eye goes around, so it is that of the first view.
    const distance = fitDistance(frame.half, startEye, reach) / eye.zoom;
    const { right, up, towards } = eyeAxes(eye.turn, eye.tilt);
    const span = 2 * distance * tangent;
    const target = right.map((_, i) => -span * (eye.x * right[i] + (eye.y + LEGEND / 2 / size.height) * up[i]));
    camera.position.set(...target.map((one, i) => one + distance * towards[i]));
    camera.up.set(...up);
    camera.lookAt(...target);
    camera.aspect = size.width / size.height;
    camera.near = Math.max(0.01, distance - 8);
    camera.far = distance + 8;
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
  };

  const dispose = (mesh) => mesh.material.uniforms.u_values.value?.dispose();

  const applyLook = (mesh) => {
    if (!look) return;
    const { uniforms } = mesh.material;
    const { textures, tables, opacity } = look;
    uniforms.u_thresholds.value = textures.thresholds;
    uniforms.u_palette.value = textures.palette;
    uniforms.u_scale.value = tables.scale;
    uniforms.u_guess.value = new THREE.Vector4(...tables.guess);
    uniforms.u_categories.value = tables.categories;
    uniforms.u_opacity.value = opacity;
    const { side } = mesh.userData;
    // Between two times nothing is blended: there was weather.
    uniforms.u_smooth.value = new THREE.Vector2(Number(tables.bilinear), Number(tables.bilinear && side.axis === 0));
  };

  const placeFace = (mesh, side) => {
    const { across, down, axis, end } = side;
    const [position, place] = [mesh.geometry.attributes.position, mesh.geometry.attributes.place];
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

  const api = {
    canvas, schedule, render,
    get frame() { return frame; },
    get box() { return box; },
    resize(width, height, ratio = devicePixelRatio) {
      size = { width: Math.max(1, width), height: Math.max(1, height) };
      renderer.setPixelRatio(ratio);
      renderer.setSize(size.width, size.height, false);
      if (frame) aim();
      schedule();
    },
    /** Where things stand: `range` and `standing` as of `Frame`, what is left of the cube, the eye. */
    set(range, standing, nextBox, nextEye) {
      frame = new Frame(range, standing);
      box = nextBox;
      eye = nextEye;
      aim();
      outline.geometry.setAttribute("position", new THREE.BufferAttribute(outlinePlaces(frame, range, camera.position.toArray()), 3));
      outline.visible = JSON.stringify(range) !== JSON.stringify(box);
      for (const mesh of faces.values()) placeFace(mesh, mesh.userData.side);
      schedule();
    },
    /** The sides of the box that are seen. */
    facing: () => facing(frame, box, camera.position.toArray()),
    /** Shows a face on its side; null shows nothing there. */
    show(side, face) {
      let mesh = faces.get(side.key);
      if (!mesh) {
        mesh = makeFace();
        mesh.userData.side = side;
        faces.set(side.key, mesh);
        scene.add(mesh);
        placeFace(mesh, side);
      }
      mesh.visible = Boolean(face && look);
      if (face && mesh.userData.name !== face.name) {
        dispose(mesh);
        mesh.userData.name = face.name;
        const { uniforms } = mesh.material;
        uniforms.u_values.value = valueTexture(face);
        uniforms.u_first.value = new THREE.Vector2(...face.first);
        uniforms.u_cell.value = new THREE.Vector2(...face.cell);
        uniforms.u_size.value = new THREE.Vector2(face.width, face.height);
      }
      if (!face) mesh.userData.name = null;
      applyLook(mesh);
      schedule();
    },
    hide(side) {
      const mesh = faces.get(side.key);
      if (mesh) mesh.visible = false;
    },
    /** The colours: tables as of viewer/layer/colours.js. */
    colour(tables, opacity) {
      if (look?.tables.key !== tables.key) {
        const before = look?.textures;
        look = { textures: tableTextures(tables), tables };
        before?.thresholds.dispose();
        before?.palette.dispose();
      }
      Object.assign(look, { tables, opacity });
      for (const mesh of faces.values()) applyLook(mesh);
      schedule();
    },
    outlineColour(colour) {
      outline.material.color.setRGB(...colour.map((one) => one / 255));
      schedule();
    },
    /** Where a place of the world is on the canvas, in CSS pixels. */
    project(place) {
      const at = new THREE.Vector3(...place).project(camera);
      return { x: (at.x + 1) / 2 * size.width, y: (1 - at.y) / 2 * size.height };
    },
    /** The ray through a point of the canvas. */
    ray({ x, y }) {
      const at = new THREE.Vector3(2 * x / size.width - 1, 1 - 2 * y / size.height, 0.5).unproject(camera);
      return { origin: camera.position.toArray(), direction: at.sub(camera.position).normalize().toArray() };
    },
    /** How long an axis of the frame is on the screen where it is nearest, in pixels of the device. */
    pixels() {
      const tangent = Math.tan(VIEW_ANGLE / 360 * Math.PI);
      const distance = Math.max(0.5, camera.position.length() - Math.max(...frame.half));
      const scale = size.height / (2 * tangent * distance) * renderer.getPixelRatio();
      return frame.axes.map(({ length }) => Math.ceil(length * scale));
    },
    size: () => size,
    get lost() { return renderer.getContext().isContextLost(); },
  };
  canvas.addEventListener("webglcontextrestored", schedule);
  return api;
};
