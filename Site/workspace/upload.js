// Uploads a cube by tus 1.0 in pieces, goes on where it was, and tells how far it is; without it the form is sent as
// it stands there.

const form = document.getElementById("upload");
// Not form.dataset: a field of the form is called so.
const uploads = form.getAttribute("action");
const progress = document.getElementById("progress");
const bar = progress.querySelector("progress");
const told = document.getElementById("told");
const pause = document.getElementById("pause");
const pieceSize = 8 * 2 ** 20;
const fields = { "Tus-Resumable": "1.0.0", "X-Form": form.elements.form.value };
const replaces = form.elements.replace?.value === "yes";
/** What a server says that is on its way back. */
const passing = [502, 503, 504];
let isPaused = false;

// Here the order of the fields tells the server nothing, and the file proposes the id.
form.prepend(form.elements.file.closest("label"));

form.elements.file.addEventListener("change", () => {
  if (form.elements.dataset.readOnly) return;
  const name = form.elements.file.files[0]?.name ?? "";
  form.elements.dataset.value = name.toLowerCase().replace(/(\.zarr)?(\.zip|\.nc4?|\.cdf|\.tiff?)$/, "")
    .replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 64);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  isPaused = false;
  progress.hidden = false;
  form.querySelector("button").disabled = true;
  try {
    await upload(form.elements.file.files[0]);
  } catch (error) {
    say(error.message);
  } finally {
    form.querySelector("button").disabled = false;
  }
});

pause.addEventListener("click", () => {
  isPaused = true;
  say(`Paused after this piece. Press ${form.querySelector("button").textContent} to go on.`);
});

async function upload(file) {
  // The same file for the same place is the same upload, also after the page was closed.
  const key = ["upload", uploads, form.elements.dataset.value, file.name, file.size, file.lastModified].join("|");
  let address = localStorage.getItem(key);
  let offset = address ? await offsetOf(address) : null;
  if (offset === null) {
    address = await begin(file);
    localStorage.setItem(key, address);
    offset = 0;
  }
  while (offset < file.size) {
    if (isPaused) return;
    show(offset, file.size);
    offset = await send(address, file, offset);
  }
  show(file.size, file.size);
  localStorage.removeItem(key);
  await checked(address);
}

async function begin(file) {
  const metadata = { filename: file.name, dataset: form.elements.dataset.value, title: form.elements.title.value };
  if (replaces) metadata.replace = "yes";
  const answer = await ask(uploads, {
    method: "POST",
    headers: {
      ...fields, "Upload-Length": String(file.size),
      "Upload-Metadata": Object.entries(metadata).map(([key, text]) => `${key} ${base64(new TextEncoder().encode(text))}`).join(","),
    },
  });
  return new URL(answer.headers.get("Location")).pathname;
}

async function offsetOf(address) {
  const answer = await fetch(address, { method: "HEAD", headers: fields });
  return answer.ok ? Number(answer.headers.get("Upload-Offset")) : null;
}

// A piece with its checksum; after a broken connection it asks where the server is, and waits longer each time.
async function send(address, file, offset) {
  const piece = await file.slice(offset, offset + pieceSize).arrayBuffer();
  const headers = { ...fields, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
  if (globalThis.crypto?.subtle) {
    headers["Upload-Checksum"] = "sha256 " + base64(new Uint8Array(await crypto.subtle.digest("SHA-256", piece)));
  }
  for (let wait = 1; ; wait = Math.min(wait * 2, 60)) {
    try {
      const answer = await fetch(address, { method: "PATCH", headers, body: piece });
      if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
      if (![409, 423, 460, ...passing].includes(answer.status)) throw new Refusal(await answer.text());
    } catch (error) {
      if (error instanceof Refusal) throw error;
    }
    say(`The connection broke; trying again in ${wait} s.`);
    await new Promise((done) => setTimeout(done, wait * 1000));
    const now = await offsetOf(address).catch(() => null);
    if (now !== null && now !== offset) return now;
  }
}

// Waits until the server has read the cube.
async function checked(address) {
  pause.hidden = true;
  say("All has arrived. The server is reading it.");
  for (;;) {
    // It goes on reading where a question gets no answer.
    const answer = await fetch(address).catch(() => null);
    if (answer && !answer.ok && !passing.includes(answer.status)) throw new Refusal(await answer.text());
    const state = answer?.ok ? await answer.json() : {};
    if (state.state === "accepted") {
      say(replaces ? "It has taken the place of the old content." : "It is a dataset now.");
      location.href = uploads.replace(/\/uploads$/, "");
      return;
    }
    if (state.state === "refused") throw new Refusal(state.problem);
    await new Promise((done) => setTimeout(done, 1000));
  }
}

class Refusal extends Error {}

async function ask(address, options) {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Refusal(await answer.text());
  return answer;
}

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

function show(offset, size) {
  bar.value = offset / size;
  say(`${Math.floor((100 * offset) / size)} % of ${(size / 1e6).toFixed(1)} MB`);
}

function say(text) {
  if (told.textContent !== text) told.textContent = text;
}
