// A static server for tests: ranges, ETags, and faults to order. Not a test itself.

import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize } from "node:path";

/** Answers a request as a bucket would; `bytes` undefined is 404. */
export function answerFor(bytes, { method = "GET", range, etag } = {}) {
  if (bytes === undefined) return { status: 404, headers: {}, body: Buffer.from("Not found") };
  const headers = { ETag: etag ?? `"${createHash("md5").update(bytes).digest("hex")}"`, "Accept-Ranges": "bytes" };
  const parts = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  if (!parts) {
    headers["Content-Length"] = String(bytes.length);
    return { status: 200, headers, body: method === "HEAD" ? undefined : bytes };
  }
  const [, first, last] = parts;
  const start = first === "" ? Math.max(0, bytes.length - Number(last)) : Number(first);
  const end = first === "" || last === "" ? bytes.length : Math.min(bytes.length, Number(last) + 1);
  if (start >= end) return { status: 416, headers: { "Content-Range": `bytes */${bytes.length}` }, body: undefined };
  headers["Content-Range"] = `bytes ${start}-${end - 1}/${bytes.length}`;
  headers["Content-Length"] = String(end - start);
  return { status: 206, headers, body: bytes.subarray(start, end) };
}

/** A `fetch` over objects in memory, which remembers what it was asked. */
export function fetchFrom(objects, address = "http://test/") {
  const log = [];
  const fetch = async (url, { method = "GET", headers = {}, signal } = {}) => {
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 1));
    signal?.throwIfAborted();
    const key = decodeURIComponent(url.slice(address.length));
    log.push({ key, method, range: headers.Range });
    const answer = answerFor(objects.get(key), { method, range: headers.Range });
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };
  return { fetch, log };
}

/** Serves a folder on a free port of this machine; returns {address, close, log}. */
export async function serveFolder(folder) {
  const log = [];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    log.push({ path, range: request.headers.range });
    let file;
    try {
      const full = join(folder, path);
      const { size, mtimeMs } = await stat(full);
      file = await open(full);
      const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
      const [start, end] = !range ? [0, size]
        : range[1] === "" ? [Math.max(0, size - Number(range[2])), size]
          : [Number(range[1]), range[2] === "" ? size : Math.min(size, Number(range[2]) + 1)];
      const headers = { ETag: `"${size}-${mtimeMs}"`, "Content-Length": end - start };
      if (range) headers["Content-Range"] = `bytes ${start}-${end - 1}/${size}`;
      if (start >= end && size) {
        response.writeHead(416).end();
        return;
      }
      const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      response.writeHead(range ? 206 : 200, headers).end(request.method === "HEAD" ? undefined : buffer);
    } catch {
      response.writeHead(404).end("Not found");
    } finally {
      await file?.close();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`, log,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
