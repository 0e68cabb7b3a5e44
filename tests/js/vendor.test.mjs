// What the pages load is what the packages hold, and nobody has touched it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { vendored } from '../../dashboards/static/vendor/make.mjs';

const here = new URL('../../dashboards/static/vendor/', import.meta.url);

test('every vendored library is its package, with its licence beside it', () => {
  for (const [name, text] of vendored()) assert.equal(readFileSync(new URL(name, here), 'utf8'), text, `${name}: run make.mjs`);
});

test('no vendored module asks a browser for a bare name', () => {
  for (const [name, text] of vendored())
    if (name.endsWith('.mjs') && !name.endsWith('.d.mts')) assert.doesNotMatch(text, /(?:from|import)\s*["'][^."']/, name);
});
