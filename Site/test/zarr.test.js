// The reader beside zarr-python: the same values from the same bytes, and few requests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeValues, decodingOf, openGroup, RangeStore } from "../lib/zarr/index.js";
import { crc32c } from "../lib/zarr/codecs.js";
import { answerFor, fetchFrom } from "./serve.js";
import { assertNear, fixture, numberOf, objectsOf } from "./support.js";

const { objects: record, expected } = fixture("zarr");
const objects = objectsOf(record);
const quiet = { sleep: async () => {} };

function storeOf(name, options = {}) {
  const address = `http://test/${name}/`;
  const { fetch, log } = fetchFrom(options.objects ?? objects, "http://test/");
  return { store: new RangeStore(address, { fetch, ...quiet, ...options }), log };
}

const same = (data, values) => {
  assert.equal(data.length, values.length);
  values.forEach((value, i) => {
    const want = numberOf(value);
    assert.ok(Object.is(Number(data[i]), want) || Number(data[i]) === want, `value ${i}: ${data[i]} is not ${value}`);
  });
};

for (const [format, arrays] of Object.entries(expected)) {
  for (const [path, { shape, type, values }] of Object.entries(arrays)) {
    test(`reads ${format}/${path} as zarr-python does`, async () => {
      const { store } = storeOf(format);
      const array = await (await openGroup(store)).array(path);
      assert.deepEqual(array.shape, shape);
      assert.equal(array.dataType, type);
      same((await array.getWindow(shape.map(() => null))).data, values);
    });
  }
}

test("windows are what slices of the whole are", async () => {
  const { store } = storeOf("v3");
  const group = await openGroup(store);
  for (const path of ["sharded_start", "transposed", "type_int16", "series"]) {
    const array = await group.array(path);
    const whole = await array.getWindow(array.shape.map(() => null));
    const selection = array.shape.map((n, axis) => (axis === 0 && array.shape.length > 2 ? n - 1 : [1, n - 1]));
    const { data, shape } = await array.getWindow(selection);
    const [rows, columns] = array.shape.slice(-2);
    const offset = array.shape.length > 2 ? (array.shape[0] - 1) * rows * columns : 0;
    assert.deepEqual(shape.slice(-1), [columns - 2]);
    for (let i = 0; i < data.length; i += 1) {
      const [r, c] = array.shape.length > 2
        ? [Math.floor(i / (columns - 2)) + 1, (i % (columns - 2)) + 1]
        : [Math.floor(i / (columns - 2)) + 1, (i % (columns - 2)) + 1];
      assert.equal(data[i], whole.data[offset + r * columns + c]);
    }
  }
});

test("an open group costs one request, a tile two, one more of the same shard one", async () => {
  const { store, log } = storeOf("v3");
  const array = await (await openGroup(store)).array("sharded_start");
  assert.equal(log.length, 1);
  await array.getChunk([0, 0, 0]);
  assert.equal(log.length, 3);
  assert.equal(log[1].range, "bytes=0-259");
  await array.getChunk([0, 2, 3]);
  assert.equal(log.length, 4);
  await array.getChunk([0, 2, 3]);
  assert.equal(log.length, 4, "what is held is not asked for again");
  assert.equal(store.counters.requests, 4);
  assert.ok(array.hasChunk([0, 2, 3]) && !array.hasChunk([0, 3, 3]));
});

test("near parts of one object are one request, the same part is asked for once", async () => {
  const { store, log } = storeOf("v3");
  const array = await (await openGroup(store)).array("series");
  await Promise.all([array.getWindow([null, 3, 3]), array.getWindow([null, 3, 3]), array.getWindow([null, 2, 1])]);
  assert.deepEqual(log.map(({ key }) => key), ["v3/zarr.json", "v3/series/c/0/0/0", "v3/series/c/0/0/0"]);
  assert.equal(store.counters.merged, 3);
});

test("a chunk or shard that is not there is fill value, decoded as missing", async () => {
  const { store } = storeOf("v3");
  const array = await (await openGroup(store)).array("sharded_end");
  const chunk = await array.getChunk([1, 4, 5]);
  assert.equal(chunk.missing, true);
  const { data, missing } = await array.getValues([1, [32, 40], [40, 50]]);
  assert.equal(missing, true);
  assert.ok(data.every(Number.isNaN));
  const inside = await array.getValues([0, 20, [0, 4]], { wide: true });
  const raw = await array.getWindow([0, 20, [0, 4]]);
  raw.data.forEach((stored, i) => assertNear(inside.data[i], stored * 0.01 + 273.15));
});

test("a 403 says what may be wrong, once", async () => {
  let asked = 0;
  const store = new RangeStore("http://test/", { ...quiet, fetch: async () => { asked += 1; return new Response("", { status: 403 }); } });
  await assert.rejects(store.get("x"), (error) => error.code === "network" && /404 for missing files/.test(error.message));
  assert.equal(asked, 1);
});

test("what may pass is tried again, and no longer than it is worth", async () => {
  for (const [failures, status] of [[2, 503], [2, 429], [2, "throws"], [9, 500]]) {
    let asked = 0;
    const fetch = async () => {
      asked += 1;
      if (asked > failures) return new Response("ok");
      if (status === "throws") throw new TypeError("Failed to fetch");
      return new Response("", { status });
    };
    const got = new RangeStore("http://test/", { fetch, ...quiet }).get("x");
    if (failures < 3) assert.equal(new TextDecoder().decode(await got), "ok");
    else await assert.rejects(got, { code: "network" });
    assert.equal(asked, 3);
  }
});

test("a server without ranges is asked for the whole object once", async () => {
  let asked = 0;
  const fetch = async () => { asked += 1; return new Response(new Uint8Array(100).map((_, i) => i)); };
  const store = new RangeStore("http://test/", { fetch });
  assert.deepEqual([...await store.getRange("x", 10, 3)], [10, 11, 12]);
  assert.deepEqual([...await store.getSuffix("x", 2)], [98, 99]);
  assert.equal(asked, 1);
  await assert.rejects(store.getRange("x", 98, 5), { code: "damaged" });
});

test("callers share a request, which ends only when all have gone", async () => {
  let aborted = false;
  const fetch = (_, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => { aborted = true; reject(signal.reason); });
    setTimeout(() => resolve(new Response("ok")), 30);
  });
  const store = new RangeStore("http://test/", { fetch });
  const [one, two] = [new AbortController(), new AbortController()];
  const first = store.get("x", { signal: one.signal });
  const second = store.get("x", { signal: two.signal });
  await new Promise((resolve) => setTimeout(resolve, 5));
  one.abort();
  await assert.rejects(first, { name: "AbortError" });
  assert.equal(aborted, false);
  assert.equal((await second).length, 2);
  assert.equal(store.counters.requests, 1);
  const third = store.get("y", { signal: two.signal });
  await new Promise((resolve) => setTimeout(resolve, 5));
  two.abort();
  await assert.rejects(third, { name: "AbortError" });
  assert.equal(aborted, true);
});

test("a caller that comes after all others have gone starts anew", async () => {
  const { store } = storeOf("v3");
  const gone = new AbortController();
  const first = store.get("zarr.json", { signal: gone.signal });
  gone.abort();
  const second = store.get("zarr.json");
  await assert.rejects(first, { name: "AbortError" });
  assert.ok((await second).length > 0);
});

test("looking ahead leaves room for what is asked for now", async () => {
  const order = [];
  const fetch = async (url) => {
    order.push(url.at(-1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return new Response("ok");
  };
  const store = new RangeStore("http://test/", { fetch, parallel: 3 });
  await Promise.all([..."abcd"].map((key) => store.get(key, { priority: "low" })).concat(store.get("z")));
  assert.deepEqual(order.slice(0, 2), ["a", "z"]);
});

const replacedObjects = (change) => {
  const changed = new Map(objects);
  const { fetch } = fetchFrom(changed, "http://test/");
  const store = new RangeStore("http://test/v3/", { fetch, ...quiet });
  return { store, replace: () => change(changed) };
};

test("a cube replaced while open is told from a damaged one", async () => {
  const key = "v3/sharded_start/c/0/0/0";
  const { store, replace } = replacedObjects((all) => all.set(key, Buffer.concat([all.get(key), Buffer.from([1])])));
  const array = await (await openGroup(store)).array("sharded_start");
  await array.getChunk([0, 0, 0]);
  replace();
  await assert.rejects(array.getChunk([0, 3, 3]), { code: "replaced" });
  store.refresh();
  const again = await (await openGroup(store)).array("sharded_start");
  assert.equal((await again.getChunk([0, 3, 3])).missing, false);
});

test("damage to a shard is damage, with other metadata it is a replaced cube", async () => {
  const key = "v3/sharded_start/c/0/0/0";
  for (const [metadataToo, code] of [[false, "damaged"], [true, "replaced"]]) {
    const { store, replace } = replacedObjects((all) => {
      all.set(key, Buffer.from(all.get(key)).fill(7, 100, 110));
      if (metadataToo) all.set("v3/zarr.json", Buffer.concat([all.get("v3/zarr.json"), Buffer.from(" ")]));
    });
    const array = await (await openGroup(store)).array("sharded_start");
    replace();
    await assert.rejects(array.getChunk([0, 0, 0]), { code });
  }
});

test("headers hidden from other origins are no replaced cube", async () => {
  const fetch = async (url, { headers = {}, method } = {}) => {
    const { status, body } = answerFor(objects.get(url.slice("http://test/".length)), { method, range: headers.Range });
    return new Response(body, { status });
  };
  const store = new RangeStore("http://test/v3/", { fetch });
  const array = await (await openGroup(store)).array("sharded_end");
  assert.equal((await array.getWindow([null, null, null])).data.length, 6000);
});

test("an object compressed on the way is the same object", async () => {
  const tags = ['"abc"', 'W/"abc"', '"abc-gzip"', '"abd"'];
  const store = new RangeStore("http://test/", { fetch: async () => new Response("x", { headers: { ETag: tags.shift() } }) });
  for (let i = 0; i < 3; i += 1) await store.get("x");
  await assert.rejects(store.get("x"), { code: "replaced" });
});

test("another length is another object, where a server has no ETag", async () => {
  let length = 10;
  const fetch = async () => new Response(new Uint8Array(1), { status: 206, headers: { "Content-Range": `bytes 0-0/${length}` } });
  const store = new RangeStore("http://test/", { fetch });
  await store.getRange("x", 0, 1);
  length = 11;
  await assert.rejects(store.getRange("x", 0, 1), { code: "replaced" });
});

test("what is missing or unknown says so", async () => {
  const { store } = storeOf("v3");
  const group = await openGroup(store);
  await assert.rejects(group.array("nothing"), { code: "not-found" });
  await assert.rejects(group.array("inner"), { code: "not-found" });
  await assert.rejects(group.group("whole"), { code: "not-found" });
  await assert.rejects(openGroup(storeOf("nowhere").store), { code: "not-found" });
  const array = await group.array("whole");
  await assert.rejects(array.getChunk([1, 0]), { code: "invalid" });
  await assert.rejects(array.getWindow([0]), { code: "invalid" });
  await assert.rejects(array.getWindow([[0, 10], 0]), { code: "invalid" });
});

test("groups know their members", async () => {
  const { store } = storeOf("v3");
  const group = await openGroup(store);
  assert.equal(group.attributes.title, "Fixture");
  assert.ok(await group.has("inner/deep") && !(await group.has("inner/no")));
  assert.deepEqual((await group.group("inner")).members, ["deep"]);
  const v2 = await openGroup(storeOf("v2").store);
  assert.equal(v2.format, 2);
  assert.deepEqual((await v2.array("zlib")).dimensions, ["y", "x"]);
});

test("decoding follows CF, whatever way the fill value is written", () => {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(new Float64Array([1e20]).buffer)));
  for (const fill of [1e20, [1e20], base64]) {
    const decoding = decodingOf({ _FillValue: fill });
    assert.deepEqual([...decodeValues(Float32Array.of(1, 1e20, NaN), decoding)], [1, NaN, NaN]);
  }
  assert.deepEqual(decodingOf({ _FillValue: "NaN" }).missing, []);
  const packed = decodingOf({ scale_factor: 0.5, add_offset: 10, _FillValue: -1, missing_value: [7, 8] });
  assert.deepEqual([...decodeValues(Int16Array.of(-1, 2, 7, 8), packed)], [NaN, 11, NaN, NaN]);
  assert.deepEqual([...decodeValues(BigInt64Array.of(5n, -1n), packed)], [12.5, NaN]);
});

test("checksums are those of RFC 3720", () => {
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});
