// Texts in the language of the reader. Each module of texts is one JSON file of key → text with
// {words} to fill in. Panels of other authors add theirs by `texts.add(language, {key: text})`.

import { createLatest } from "./latest.js";

const FALLBACK = "en";
export const languages = { en: "English", de: "Deutsch" };

/** The language to begin with: the chosen one, else the browser's, else English. */
export const preferredLanguage = (chosen) =>
  [chosen, ...navigator.languages.map((one) => one.slice(0, 2))].find((one) => one in languages)
    ?? FALLBACK;

/** Texts of JSON files in folders, of which a later one goes before the ones that come first. */
export const createTexts = (language, folders) => {
  const tables = {};
  const choosing = createLatest();
  const add = (code, more) => { tables[code] = { ...tables[code], ...more }; };
  const load = async (code) => {
    if (tables[code]?.[""]) return;
    const read = await Promise.all(folders.map(async (folder) => (await fetch(new URL(`${code}.json`, folder))).json()));
    add(code, Object.assign({ "": code }, ...read));
  };
  const texts = {
    language,
    add,
    /** Takes another language, once its texts have come; of several the one chosen last. */
    async use(code) {
      const isLatest = choosing();
      await Promise.all([...new Set([code, FALLBACK])].map(load));
      if (!isLatest()) return;
      texts.language = code;
      document.documentElement.lang = code;
    },
    /** The locale for dates; in English they are written day first, as everywhere in the viewer. */
    get locale() { return texts.language === "en" ? "en-GB" : texts.language; },
    /** The text of a key; the key itself where there is none. */
    t(key, vars = {}) {
      const text = tables[texts.language]?.[key] ?? tables[FALLBACK]?.[key] ?? key;
      return text.replace(/\{(\w+)\}/g, (word, name) => (name in vars ? vars[name] : word));
    },
    /** A number as the reader writes it. */
    number: (value, options) => new Intl.NumberFormat(texts.language, options).format(value),
  };
  return texts;
};
