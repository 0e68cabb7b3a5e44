import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { ENGLISH } from "../../dashboards/static/phone/english.js";
import * as words from "../../dashboards/static/phone/words.js";

const HOME = fileURLToPath(new URL("../../dashboards/static/phone/", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MODULES = readdirSync(HOME, { recursive: true }).filter((name) => name.endsWith(".js"));
const said = new Map(MODULES.filter((name) => name !== "english.js").map((name) => [name, readFileSync(join(HOME, name), "utf8")]));

/** The Vietnamese sentences of the code: what stands in t("...") and in the tables of words. */
function sentences() {
  const found = new Set();
  for (const text of said.values()) for (const [, sentence] of text.matchAll(/\bt\(\s*"((?:[^"\\]|\\.)*)"/g)) found.add(sentence);
  for (const table of [words.STAGE, words.WORD, words.SENSE, words.FAULT, words.TROUBLE, words.ROUND, words.ROUND_SHORT, words.REASON, words.CATEGORY, words.PARTS]) {
    for (const sentence of Object.values(table)) found.add(sentence);
  }
  return found;
}

test("every sentence of the page has its English, and no English is left over", () => {
  const vietnamese = sentences();
  assert.deepEqual([...vietnamese].filter((sentence) => !(sentence in ENGLISH)), []);
  assert.deepEqual(Object.keys(ENGLISH).filter((sentence) => !vietnamese.has(sentence)), []);
});

test("a translation keeps the places where values go", () => {
  const places = (sentence) => [...sentence.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [vietnamese, english] of Object.entries(ENGLISH)) assert.deepEqual(places(english), places(vietnamese), vietnamese);
});

test("the code speaks no younger language than a phone of 2018 understands", { timeout: 120_000 }, () => {
  const room = mkdtempSync(join(tmpdir(), "phone-"));
  const emitted = (target) => {
    const out = join(room, target);
    const files = MODULES.map((name) => join(HOME, name));
    execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/lib/tsc.js"), "--allowJs", "--ignoreConfig", "--noCheck", "--removeComments", "--module", "esnext", "--moduleResolution", "bundler", "--target", target, "--outDir", out, ...files]);
    return Object.fromEntries(MODULES.map((name) => [name, readFileSync(join(out, name), "utf8")]));
  };
  try {
    // What has to be rewritten for ES2018 is what a browser of 2018 cannot read.
    assert.deepEqual(emitted("es2018"), emitted("esnext"));
  } finally {
    rmSync(room, { recursive: true });
  }
});

test("the code calls nothing that a browser of 2018 does not have", () => {
  const young = /\b(randomUUID|replaceAll|structuredClone|queueMicrotask|globalThis|replaceChildren|allSettled|fromEntries|toSorted|findLast|matchAll|toggleAttribute)\b|\.(at|flat|flatMap|hasOwn)\(|AbortSignal\.timeout|IntersectionObserver/;
  for (const [name, text] of said) assert.doesNotMatch(text.replace(/\/\*[^]*?\*\//g, ""), young, name);
});

test("the styles use nothing that a browser of 2018 would drop", () => {
  const styles = readdirSync(HOME, { recursive: true }).filter((name) => name.endsWith(".css")).map((name) => readFileSync(join(HOME, name), "utf8")).join("\n");
  assert.doesNotMatch(styles, /(^|[\s{;])(gap|row-gap|inset|aspect-ratio|margin-inline|padding-inline|margin-block|padding-block)\s*:|\b(clamp|min|max)\(|:has\(|:is\(|:where\(|\d(dvh|svh)\b/m);
});
