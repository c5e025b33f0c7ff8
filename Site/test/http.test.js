// The reader over a real connection: a folder on a local server, replaced and taken away while open.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { openGroup, RangeStore } from "../lib/zarr/index.js";
import { serveFolder } from "./serve.js";
import { fixture, numberOf, objectsOf } from "./support.js";

const { objects: record, expected } = fixture("zarr");

test("reads, notices replaced data, goes on after them, and says when the server is gone", { timeout: 30000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "zarr-"));
  const objects = objectsOf(record);
  for (const [key, bytes] of objects) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), bytes);
  }
  const server = await serveFolder(folder);
  t.after(async () => {
    await server.close().catch(() => {});
    await rm(folder, { recursive: true });
  });
  const store = new RangeStore(`${server.address}v3`, { sleep: async () => {} });
  const group = await openGroup(store);
  for (const path of ["sharded_start", "sharded_end", "type_int16", "series"]) {
    const array = await group.array(path);
    const { data } = await array.getWindow(array.shape.map(() => null));
    assert.ok(data.every((value, i) => Object.is(value, numberOf(expected.v3[path].values[i]))), path);
  }
  assert.equal(store.counters.requests, server.log.length);
  const shard = "v3/big_endian/c/0/0";
  const array = await group.array("big_endian");
  await array.getChunk([0, 0]);
  const size = objects.get(shard).length;
  assert.equal(store.counters.bytes > size, true);
  await writeFile(join(folder, "v3/sharded_start/c/0/0/0"), Buffer.concat([objects.get("v3/sharded_start/c/0/0/0"), Buffer.from([0])]));
  const fresh = (await openGroup(store)).array("sharded_start");
  await assert.rejects((await fresh).getChunk([0, 3, 3]), { code: "replaced" });
  store.refresh();
  assert.equal((await (await (await openGroup(store)).array("sharded_start")).getChunk([0, 3, 3])).missing, false);
  await server.close();
  await assert.rejects(array.getChunk([1, 0]), (error) => error.code === "network" && /cannot be reached/.test(error.message));
});
