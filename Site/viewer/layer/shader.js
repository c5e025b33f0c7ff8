// The shader that draws values: position in the grid → value of the cells around → colour.
//
// It follows the picture tiles to the letter: a pixel is missing where its nearest cell is; a
// bilinear one is the weighted mean of the valid ones of its four cells; the last cell of a
// coarser level is narrower where the source does not divide evenly. A value's colour is that of
// its bin: the number of thresholds at or below it, out of 254 (colours.js).

/** Stands for "no value" in textures: NaN is not safe in every shader compiler. */
export const MISSING = 3.4e38;
/** Infinite values, which have a colour, become these. */
export const ENDLESS = 3.2e38;

// On the globe MapLibre takes latitudes from Mercator with the arc tangent of the graphics card,
// which in places is half a pixel off. Places on the sphere come from the mesh instead; between
// globe and flat map they move as MapLibre's own do.
const vertex = ({ vertexShaderPrelude, define }) => `#version 300 es
${vertexShaderPrelude}
${define}
in vec2 a_place;
in vec2 a_cell;
in vec3 a_sphere;
out highp vec2 v_cell;
#ifdef GLOBE
uniform mat4 u_sphere_matrix;  // from the mesh's origin on the sphere to the screen
uniform vec3 u_origin;
vec4 placed() {
  vec4 place = u_sphere_matrix * vec4(a_sphere, 1.0);
  place.z = globeComputeClippingZ(u_origin + a_sphere) * place.w;
  if (u_projection_transition > 0.999) return place;
  vec4 flat_place = u_projection_fallback_matrix * vec4(a_place, 0.0, 1.0);
  float z = mix(0.0, place.z, clamp((u_projection_transition - 0.2) / 0.8, 0.0, 1.0));
  place = mix(flat_place, place, u_projection_transition);
  place.z = z;
  return place;
}
#else
vec4 placed() { return projectTile(a_place); }
#endif
void main() {
  v_cell = a_cell;
  gl_Position = placed();
}`;

/** What a shader needs to colour values as the tiles are coloured; the cube (Site/cube) has it too. */
export const colouringUniforms = `
uniform sampler2D u_thresholds;  // 256 × 1: ascending, 254 used (or the categories' values)
uniform sampler2D u_palette;     // 256 × 1: missing, below, above, 253 bins (or categories)
uniform int u_scale;     // 0 linear, 1 logarithmic, 2 symmetric, 3 categorical, 4 red-green-blue
uniform vec4 u_guess;    // transformed low end, bins for a unit of transformed value, threshold
uniform int u_categories;
const float missing = 3.3e38;`;

/** The entry of the palette that a value has: `indexOf`. */
export const colouring = `
float threshold(int i) { return texelFetch(u_thresholds, ivec2(i, 0), 0).r; }

int categoryOf(float value) {
  int found = 0;
  for (int step = 128; step > 0; step >>= 1) {
    if (found + step <= u_categories && value >= threshold(found + step - 1)) found += step;
  }
  return found > 0 && value == threshold(found - 1) ? found : 0;
}

int indexOf(float value) {
  if (value > missing) return 0;
  if (u_scale == 3) return categoryOf(value);
  float moved = value;
  if (u_scale == 1) moved = value > 0.0 ? log(value) : -1e30;
  if (u_scale == 2) {
    float size = abs(value) / u_guess.z;
    moved = sign(value) * (size <= 1.0 ? size * 10.0 / 9.0 : 10.0 / 9.0 + log(size) / 2.302585093);
  }
  int bin = int(clamp((moved - u_guess.x) * u_guess.y, 0.0, 252.0));
  // How many thresholds the value has passed: none below the range, 254 above it.
  int passed = bin + 1 + int(value >= threshold(bin + 1)) - int(value < threshold(bin));
  return passed == 0 ? 1 : passed == 254 ? 2 : passed + 2;
}`;

const fragment = `#version 300 es
precision highp float;
precision highp int;
in highp vec2 v_cell;
out vec4 colour;

uniform sampler2D u_values0, u_values1, u_values2; // cells of a window with one more all around
uniform vec2 u_first;    // position of the mesh's corner in cells of the window's level
uniform float u_size;    // cells of level 0 in one of the level, along an axis
uniform vec2 u_last;     // index of the level's last cell, counted in the window
uniform vec2 u_lastCentre;
uniform vec2 u_start;    // 1 where the window begins with the level's first cell
uniform vec2 u_end;      // where the level ends, in the window's cells
uniform vec2 u_whole;    // how many cells the level's axis is long, with a part of the last
uniform float u_closed;
uniform int u_bilinear;
uniform vec2 u_ranges[3];
uniform float u_opacity;

${colouringUniforms}

struct Spot { ivec2 cell; float part; };

// Between which two cells a position lies, and how far from the first to the second.
Spot spot(float p, float last, float lastCentre, float start, float end, float whole, float closed) {
  if (p >= lastCentre) {
    float part = closed > 0.5 ? (p - lastCentre) / (end + 0.5 - lastCentre) : 0.0;
    return Spot(ivec2(int(last), int(last) + 1), clamp(part, 0.0, 1.0));
  }
  if (start > 0.5 && p < 0.5) {
    float gap = end + 0.5 - lastCentre;
    float part = closed > 0.5 ? (p + whole - lastCentre) / gap : 1.0;
    return Spot(ivec2(-1, 0), clamp(part, 0.0, 1.0));
  }
  float before = min(last - 1.0, floor(p - 0.5));
  float centre = before + 0.5;
  float next = before == last - 1.0 ? lastCentre : centre + 1.0;
  return Spot(ivec2(int(before), int(before) + 1), clamp((p - centre) / (next - centre), 0.0, 1.0));
}

float fetch(sampler2D values, int column, int row) {
  return texelFetch(values, ivec2(column + 1, row + 1), 0).r;
}

float valueOf(sampler2D values, Spot x, Spot y) {
  float near = fetch(values, x.part < 0.5 ? x.cell.x : x.cell.y, y.part < 0.5 ? y.cell.x : y.cell.y);
  if (u_bilinear == 0 || near > missing) return near;
  float a = fetch(values, x.cell.x, y.cell.x), b = fetch(values, x.cell.y, y.cell.x);
  float c = fetch(values, x.cell.x, y.cell.y), d = fetch(values, x.cell.y, y.cell.y);
  if (max(max(a, b), max(c, d)) < missing) {
    float upper = a + (b - a) * x.part, lower = c + (d - c) * x.part;
    return upper + (lower - upper) * y.part;
  }
  vec4 weights = vec4((1.0 - x.part) * (1.0 - y.part), x.part * (1.0 - y.part),
    (1.0 - x.part) * y.part, x.part * y.part);
  vec4 four = vec4(a, b, c, d);
  vec4 valid = vec4(lessThan(four, vec4(missing)));
  four = mix(vec4(0.0), four, valid);
  return dot(four, weights * valid) / dot(weights, valid);
}

${colouring}
void main() {
  vec2 p = u_first + v_cell / u_size;
  Spot x = spot(p.x, u_last.x, u_lastCentre.x, u_start.x, u_end.x, u_whole.x, u_closed);
  Spot y = spot(p.y, u_last.y, u_lastCentre.y, u_start.y, u_end.y, u_whole.y, 0.0);
  if (u_scale == 4) {
    vec3 rgb = vec3(valueOf(u_values0, x, y), valueOf(u_values1, x, y), valueOf(u_values2, x, y));
    if (any(greaterThan(rgb, vec3(missing)))) discard;
    for (int i = 0; i < 3; i++) {
      rgb[i] = clamp((rgb[i] - u_ranges[i].x) / (u_ranges[i].y - u_ranges[i].x), 0.0, 1.0);
    }
    colour = vec4(rgb, 1.0) * u_opacity;
    return;
  }
  vec4 found = texelFetch(u_palette, ivec2(indexOf(valueOf(u_values0, x, y)), 0), 0);
  if (found.a == 0.0) discard;
  colour = vec4(found.rgb * found.a, found.a) * u_opacity;
}`;

const compile = (gl, kind, source) => {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getShaderInfoLog(shader));
  }
  return shader;
};

/** The program for one way of projecting; MapLibre names it by `variantName`. */
export const makeProgram = (gl, shaderData) => {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, vertex(shaderData)));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, fragment));
  gl.bindAttribLocation(program, 0, "a_place");
  gl.bindAttribLocation(program, 1, "a_cell");
  gl.bindAttribLocation(program, 2, "a_sphere");
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(program));
  }
  const uniforms = {};
  const count = gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS);
  for (let i = 0; i < count; i += 1) {
    const { name } = gl.getActiveUniform(program, i);
    uniforms[name.replace("[0]", "")] = gl.getUniformLocation(program, name);
  }
  return { program, uniforms };
};
