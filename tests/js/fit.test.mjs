// The wall fills the screen and no more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit } from '../../dashboards/static/board/fit.js';

const HANOI = [1, 20, 19, 37, 18, 13, 38, 21, 30, 27, 28, 22, 24, 26, 23, 19, 19, 23, 28, 15, 33, 27, 27, 32, 20, 13, 29, 27, 21, 16, 35, 35];

/** What a browser will need below the legend, column by column. */
function tall({ columns, tile, gap }, sizes, width, between, around) {
  const across = Math.floor(((width - (columns - 1) * between) / columns + gap) / (tile + gap));
  const whole = sizes.reduce((sum, size) => sum + around + Math.ceil(size / across) * (tile + gap), 0);
  return whole / columns;
}

test('766 halls are seen at once on a desk of 1440 by 900', () => {
  const found = fit(HANOI, 1052, 570, 38, 162);
  assert.ok(found.tile >= 12);
  assert.ok(tall(found, HANOI, 1052, found.between, 38) <= 570);
});

test('a larger screen gets larger tiles', () => {
  assert.ok(fit(HANOI, 1440, 720, 38, 162).tile > fit(HANOI, 730, 570, 38, 162).tile);
});

test('tiles never shrink below twelve pixels: then the wall is scrolled', () => {
  const many = Array.from({ length: 60 }, () => 50);
  assert.equal(fit(many, 1052, 570, 38, 162).tile, 12);
});

test('no groups and no room make no wall', () => {
  assert.equal(fit([], 1052, 570, 38, 162), null);
  assert.equal(fit(HANOI, 100, 570, 38, 162), null);
});

test('a whole country still stands on one screen of a wall, as small as it must be', () => {
  const sizes = Array.from({ length: 63 }, () => 181);
  const found = fit(sizes, 1344, 640, 39, 160, 2, 64);
  assert.ok(tall(found, sizes, 1344, found.between, 39) <= 640);
  assert.equal(fit([30], 1344, 640, 39, 160, 2, 64).tile, 64);
});

test('forty thousand halls stand on one screen under smaller headings, and sharper on a screen of more pixels', () => {
  const provinces = Array.from({ length: 63 }, (_, i) => 300 + i * 11);
  assert.equal(fit(provinces, 1344, 630, 39, 160, 2, 64).fits, false);
  const found = fit(provinces, 1344, 630, 31, 146, 2, 64);
  assert.ok(found.fits);
  assert.ok(tall(found, provinces, 1344, found.between, 31) <= 630);
  const finer = fit(provinces, 1344, 630, 31, 146, 2, 64, 0.5);
  assert.ok(finer.fits && finer.tile + finer.gap >= found.tile + found.gap);
  for (const side of [finer.tile, finer.gap]) assert.equal((side / 0.5) % 1, 0);
});
