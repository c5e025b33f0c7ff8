import { make } from "../dom.js";

/** Offers a file to save. `content` is text or a Blob. */
export const offer = (name, content, type) => {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  make("a", { href: address, download: name }).click();
  // The browser reads it after the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

/** A name for a file from words: lower case, joined by dashes. */
export const fileName = (words, ending) => {
  const name = words.filter(Boolean).join("-").toLowerCase().normalize("NFKD")
    .replace(/[^\p{Letter}\p{Number}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 100);
  return `${name || "cubepress"}.${ending}`;
};
