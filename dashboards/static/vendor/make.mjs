// Copies the few libraries of the pages out of node_modules, so that browsers load them from us without a build.
// Run after `npm ci` whenever a version in package.json changes:  node dashboards/static/vendor/make.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, '..', '..', '..', 'node_modules');

const TAKEN = [
  { as: 'preact', from: 'preact', file: 'dist/preact.mjs', types: 'preact' },
  { as: 'hooks', from: 'preact', file: 'hooks/dist/hooks.mjs', types: 'preact/hooks' },
  { as: 'signals-core', from: '@preact/signals-core', file: 'dist/signals-core.mjs', types: '@preact/signals-core' },
  { as: 'signals', from: '@preact/signals', file: 'dist/signals.mjs', types: '@preact/signals' },
  { as: 'htm', from: 'htm', file: 'dist/htm.mjs', types: 'htm' },
];

// A strict content policy allows no inline import map, so the bare names inside the files become neighbours' paths.
const NEIGHBOURS = {
  preact: './preact.mjs',
  'preact/hooks': './hooks.mjs',
  '@preact/signals-core': './signals-core.mjs',
};

/** @param {string} source */
export const neighbourly = (source) =>
  Object.entries(NEIGHBOURS).reduce(
    (text, [bare, path]) => text.replaceAll(`from"${bare}"`, `from"${path}"`).replaceAll(`from "${bare}"`, `from "${path}"`),
    source.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n'),
  );

/** @returns {Map<string, string>} file name -> what it should hold */
export function vendored() {
  const files = new Map();
  for (const { as, from, file, types } of TAKEN) {
    const { version, license } = JSON.parse(readFileSync(join(packages, from, 'package.json'), 'utf8'));
    const said = `/* ${from} ${version}, ${license}, ${file}; bare imports rewritten to neighbours by make.mjs */\n`;
    files.set(`${as}.mjs`, said + neighbourly(readFileSync(join(packages, from, file), 'utf8')));
    const byDefault = as === 'htm' ? `export { default } from '${types}';\n` : '';
    files.set(`${as}.d.mts`, `export * from '${types}';\n${byDefault}`);
    files.set(`${from.replace('@', '').replace('/', '-')}.LICENSE.txt`, readFileSync(join(packages, from, 'LICENSE'), 'utf8'));
  }
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of vendored()) writeFileSync(join(here, name), text);
}
