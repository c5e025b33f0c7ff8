// Sends a token along with what xcube's viewer asks of a server for private cubes, also with tiles, to
// which pages cannot add header fields. A service worker: sign-in.html keeps the token and starts it.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function server() {
  const kept = await (await caches.open("cubepress-token")).match("server");
  return kept?.json();
}

async function answer(request) {
  const known = await server();
  if (!known || !request.url.startsWith(`${known.address}/`)) return fetch(request);
  const headers = new Headers(request.headers);
  headers.set("Authorization", `Bearer ${known.token}`);
  return fetch(new Request(request, { headers, mode: "cors", credentials: "omit" }));
}

self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") event.respondWith(answer(event.request));
});
