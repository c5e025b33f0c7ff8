// How a face is coloured: its values are a texture, its colours the tables that the map is drawn with.

import { colouring, colouringUniforms } from "../viewer/layer/shader.js";

export const vertexShader = `
in vec3 position;
in vec2 place;
uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
out highp vec2 v_place;
void main() {
  v_place = place;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

export const fragmentShader = `
precision highp float;
precision highp int;
in highp vec2 v_place;      // positions along the face's two axes, in cells of level 0
out vec4 colour;

uniform sampler2D u_values; // texels of the face
uniform vec2 u_first;       // position of the first texel's edge
uniform vec2 u_cell;        // cells of level 0 in a texel
uniform vec2 u_size;        // how many texels
uniform vec2 u_smooth;      // 1 along axes on which values are blended between texels
uniform float u_opacity;
${colouringUniforms}

float fetch(vec2 texel) { return texelFetch(u_values, ivec2(texel), 0).r; }

float valueAt(vec2 p) {
  vec2 last = u_size - 1.0;
  vec2 nearest = clamp(floor(p), vec2(0.0), last);
  float near = fetch(nearest);
  if (near > missing || u_smooth == vec2(0.0)) return near;
  vec2 from = mix(nearest, clamp(floor(p - 0.5), vec2(0.0), last), u_smooth);
  vec2 to = mix(nearest, clamp(floor(p - 0.5) + 1.0, vec2(0.0), last), u_smooth);
  vec2 part = clamp(p - 0.5 - from, 0.0, 1.0) * u_smooth;
  vec4 four = vec4(fetch(from), fetch(vec2(to.x, from.y)), fetch(vec2(from.x, to.y)), fetch(to));
  vec4 weights = vec4((1.0 - part.x) * (1.0 - part.y), part.x * (1.0 - part.y), (1.0 - part.x) * part.y, part.x * part.y);
  vec4 valid = vec4(lessThan(four, vec4(missing)));
  four = mix(vec4(0.0), four, valid);
  return dot(four, weights * valid) / dot(weights, valid);
}
${colouring}
void main() {
  vec4 found = texelFetch(u_palette, ivec2(indexOf(valueAt((v_place - u_first) / u_cell)), 0), 0);
  if (found.a == 0.0) discard;
  colour = vec4(found.rgb * found.a, found.a) * u_opacity;
}`;
