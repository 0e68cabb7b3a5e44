// Which place somebody watches over: a unit or a cluster, found by a few letters.
import { html } from '../vendor/html.js';
import { useEffect, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { api } from '../office/asking.js';
import { Finder } from '../office/asks.js';

/** @param {{chosen: import('../office/asks.js').Found | null, choose: (found: import('../office/asks.js').Found | null) => void, clusters?: boolean, required?: boolean}} props */
export function Scope({ chosen, choose, clusters = true, required = true }) {
  const [among, setAmong] = useState(/** @type {import('../office/asks.js').Found[]} */ ([]));
  useEffect(() => {
    if (!clusters) return;
    // Without clusters units are still found.
    api('/clusters').then((told) => setAmong(told.clusters.map((/** @type {any} */ each) => ({ code: each.code, name: each.name, parent: t('Cụm', { n: 1 }) }))), () => {});
  }, []);
  return html`<${Finder} name=${t('Nơi phụ trách')} hint=${t('Tên đơn vị hoặc cụm: ba dinh')} chosen=${chosen} choose=${choose} among=${among} required=${required} />`;
}
