// Damaged and hostile input: whatever bytes a server sends end in values or in an error of ours, soon.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { SiteError } from "../lib/errors.js";
import { openGroup, RangeStore } from "../lib/zarr/index.js";
import { arrayOfV2, arrayOfV3, consolidated } from "../lib/zarr/metadata.js";
import { ShardIndex } from "../lib/zarr/shard.js";
import { decodeChunk } from "../lib/zarr/codecs.js";
import { fetchFrom } from "./serve.js";
import { fixture, objectsOf, randomOf } from "./support.js";

const objects = objectsOf(fixture("zarr").objects);
const random = randomOf(77);
const pick = (list) => list[Math.floor(random() * list.length)];

const STRANGE = [null, true, -1, 0, 1.5, 1e308, 2 ** 53, NaN, "", "gzip", "NaN", "0x", [], [[]], {}, [1e9, 1e9], [0], "__proto__", [-1], { name: 5 },
  { name: "gzip" }, { name: "sharding_indexed", configuration: {} }, "big", ["x"], { name: "regular", configuration: { chunk_shape: [1] } }];

/** A copy of a JSON value with some parts replaced, left out, or added. */
function mutated(value, chance) {
  if (random() < chance) return pick(STRANGE);
  if (Array.isArray(value)) {
    const copy = value.map((item) => mutated(item, chance));
    if (random() < chance) copy.splice(Math.floor(random() * (copy.length + 1)), 1);
    if (random() < chance) copy.push(pick(STRANGE));
    return copy;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(() => random() > chance / 4)
    .map(([key, item]) => [key, mutated(item, chance)]));
}

function survives(run) {
  try {
    run();
    return true;
  } catch (error) {
    assert.ok(error instanceof SiteError, error.stack);
    return false;
  }
}

test("mutated metadata of version 3", () => {
  const members = JSON.parse(objects.get("v3/zarr.json")).consolidated_metadata.metadata;
  const documents = Object.values(members).filter((document) => document.node_type === "array");
  let fine = 0;
  for (let i = 0; i < 20000; i += 1) fine += survives(() => arrayOfV3(mutated(pick(documents), 0.03), "http://test/a"));
  assert.ok(fine > 1000 && fine < 19000, `${fine} of 20000 were understood`);
});

test("mutated metadata of version 2", () => {
  const members = JSON.parse(objects.get("v2/.zmetadata")).metadata;
  const documents = Object.entries(members).filter(([key]) => key.endsWith(".zarray")).map(([, value]) => value);
  for (let i = 0; i < 20000; i += 1) {
    survives(() => arrayOfV2(mutated(pick(documents), 0.05), pick([undefined, {}, null, { _ARRAY_DIMENSIONS: 3 }]), "http://test/a"));
  }
});

test("mutated documents of groups", async () => {
  const whole = { v3: JSON.parse(objects.get("v3/zarr.json")), v2: JSON.parse(objects.get("v2/.zmetadata")) };
  for (let i = 0; i < 300; i += 1) {
    const format = pick(["v3", "v2"]);
    const copy = new Map([[format === "v3" ? "x/zarr.json" : "x/.zmetadata", Buffer.from(JSON.stringify(mutated(whole[format], 0.01)))]]);
    const { fetch } = fetchFrom(copy, "http://test/");
    try {
      const group = await openGroup(new RangeStore("http://test/x", { fetch }));
      for (const path of group.members ?? []) await group.array(path).catch((error) => assert.ok(error instanceof SiteError, error.stack));
    } catch (error) {
      assert.ok(error instanceof SiteError, error.stack);
    }
  }
  for (const strange of STRANGE) survives(() => consolidated(strange, "x"));
});

test("random shard indexes", () => {
  const shard = { chunksIn: [2, 3], indexHasChecksum: false };
  for (let i = 0; i < 5000; i += 1) {
    const bytes = Uint8Array.from({ length: 96 + (random() < 0.1 ? 1 : 0) }, () => (random() < 0.6 ? 0 : Math.floor(random() * 256)));
    survives(() => {
      const place = new ShardIndex(bytes, shard, "x").place([Math.floor(random() * 2), Math.floor(random() * 3)]);
      if (place) assert.ok(Number.isSafeInteger(place.offset + place.length) && place.length > 0);
    });
  }
});

/** Some bytes changed, cut off, or put in. */
function damaged(bytes) {
  const copy = Buffer.from(bytes);
  const kind = random();
  if (kind < 0.2) return copy.subarray(0, Math.floor(random() * copy.length));
  if (kind < 0.3) return Buffer.concat([copy, Buffer.from([1, 2, 3])]);
  for (let i = 0; i < 1 + random() * 4; i += 1) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  return copy;
}

test("damaged chunks and shards", { timeout: 60000 }, async () => {
  const keys = [...objects.keys()].filter((key) => key.startsWith("v3/") && key.includes("/c/"));
  for (let i = 0; i < 300; i += 1) {
    const key = pick(keys);
    const copy = new Map(objects);
    copy.set(key, damaged(objects.get(key)));
    const { fetch } = fetchFrom(copy, "http://test/");
    const group = await openGroup(new RangeStore("http://test/v3", { fetch, sleep: async () => {} }));
    const array = await group.array(key.slice(3, key.indexOf("/c/")));
    try {
      const { data, shape } = await array.getWindow(array.shape.map(() => null));
      assert.equal(data.length, shape.reduce((all, n) => all * n, 1));
    } catch (error) {
      assert.ok(error instanceof SiteError, error.stack);
    }
  }
});

test("a small chunk that unpacks to much is given up", async () => {
  const bomb = gzipSync(Buffer.alloc(64 << 20));
  const layout = { little: true, order: undefined, bytes: [{ name: "gzip" }] };
  await assert.rejects(decodeChunk(bomb, layout, [10, 10], { name: "uint8", size: 1, view: Uint8Array }, "x"), (error) => error.code === "damaged" && /unpacks to more than the 100 bytes/.test(error.message));
});
