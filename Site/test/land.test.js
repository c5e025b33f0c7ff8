// Land from the finer coast: the same land as the rough polygons have, the Caspian Sea left out.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { landWithin } from "../viewer/land.js";

const read = (name) => JSON.parse(readFileSync(new URL(`../viewer/basemap/${name}.json`, import.meta.url)));
const around = (ring, [x, y]) => ring.slice(1).reduce((inside, [bx, by], i) => {
  const [ax, ay] = ring[i];
  return (ay > y) !== (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay) ? !inside : inside;
}, false);
const isLand = ({ coordinates }, place) => coordinates.some((rings) =>
  rings.reduce((inside, ring) => (around(ring, place) ? !inside : inside), false));

test("finer and rough land agree away from coasts", () => {
  const [fine, rough] = [landWithin(read("coast-near").coordinates), read("land")];
  const differ = [];
  for (let lon = -177.3; lon < 180; lon += 14.3) {
    for (let lat = -88; lat < 84; lat += 5.3) {
      const near = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]].map(([dx, dy]) => isLand(rough, [lon + dx, lat + dy]));
      if (new Set(near).size === 1 && isLand(fine, [lon, lat]) !== near[0]) differ.push([lon, lat]);
    }
  }
  // Small islands and ice shelves are in one of them only.
  assert.ok(differ.length < 5, JSON.stringify(differ));
});

test("lakes of the largest land are holes, poles are filled", () => {
  const land = landWithin(read("coast-near").coordinates);
  for (const [place, wanted] of [[[51, 41.5], false], [[60, 50], true], [[-100, 45], true], [[10, -87], true], [[0, 0], false], [[179.2, 66.9], true]]) {
    assert.equal(isLand(land, place), wanted, place.join());
  }
});
