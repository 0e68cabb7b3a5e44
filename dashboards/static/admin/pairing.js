// A screen that shows a code is taken in by it: first one sees which screen it is, then says what it is to show.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { api, why } from '../office/asking.js';
import { Line, Select } from '../office/asks.js';
import { Dialog } from '../office/dialog.js';
import { clock, instant } from '../board/format.js';
import { tell } from '../office/store.js';
import { browserWords } from './sessions.js';
import { WallForm } from './wallform.js';

/** @typedef {{code: string, address: string, browser: string, since: string}} Screen
 * @typedef {import('./wallform.js').Wall} Wall @typedef {import('./wallform.js').Look} Look */

const NEW = '';

/** @param {{found: (screen: Screen) => void, close: () => void}} props */
function Code({ found, close }) {
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      found(await api('/registry/pairings', { method: 'POST', body: { code } }));
    } catch (error) {
      setWrong(why(error));
      setBusy(false);
    }
  };
  return html`
    <form onSubmit=${go}>
      <p>${t('Mở {address} trên trình duyệt của màn hình: màn hình hiện một mã 8 chữ và số.', { address: `${location.host}/wall` })}</p>
      <${Line} name=${t('Mã trên màn hình')} value=${code} set=${setCode} required maxlength="20" class="digits capitals" autocomplete="off" autocapitalize="characters" spellcheck=${false} hint=${t('Gõ hoa hay thường, có hay không có dấu cách đều được.')} />
      <p class="wrong" role="alert">${wrong}</p>
      <div class="pills"><button type="submit" class="pill strong" aria-disabled=${busy}>${t('Tìm màn hình')}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
    </form>
  `;
}

/** @param {{screen: Screen, walls: readonly Wall[], close: () => void, changed: () => void}} props */
function Found({ screen, walls, close, changed }) {
  const [handle, setHandle] = useState(NEW);
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  /** @param {string} to */
  const takeIn = async (to) => {
    await api(`/registry/walls/${to}/screens`, { method: 'POST', body: { code: screen.code } });
    close();
    tell(t('Đã ghép; màn hình tự vào trong vài giây.'));
  };
  /** @param {Look} look */
  const make = async (look) => {
    const made = await api('/registry/walls', { method: 'POST', body: look });
    changed();
    // What was made stays, should the code have gone meanwhile: another try takes the screen in there.
    setHandle(made.handle);
    await takeIn(made.handle).catch((error) => setWrong(why(error)));
  };
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    await takeIn(handle).catch((error) => {
      setWrong(why(error));
      setBusy(false);
    });
  };
  return html`
    <div class="seen-screen">
      <p class="written large">${screen.code.slice(0, 4)} ${screen.code.slice(4)}</p>
      <p>${t('{browser}, từ địa chỉ {address}, hiện mã từ {time}.', { browser: browserWords(screen.browser), address: screen.address || '–', time: clock(instant(screen.since) ?? 0) })}</p>
      <p class="soft">${t('Chỉ ghép màn hình mà bạn đang thấy.')}</p>
    </div>
    ${walls.length > 0 && html`<${Select} name=${t('Ghép vào')} value=${handle} set=${setHandle} choices=${[[NEW, t('Màn hình mới')], ...walls.map((wall) => [wall.handle, wall.name])]} />`}
    ${
      handle === NEW
        ? html`<${WallForm} does=${t('Ghép màn hình')} close=${close} act=${make} />`
        : html`<form onSubmit=${go}>
            <p class="wrong" role="alert">${wrong}</p>
            <div class="pills"><button type="submit" class="pill strong" aria-disabled=${busy}>${t('Ghép màn hình')}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
          </form>`
    }
  `;
}

/** @param {{walls: readonly Wall[], close: () => void, changed: () => void}} props  `changed`: there is another wall in the list */
export function Pair({ walls, close, changed }) {
  const [screen, setScreen] = useState(/** @type {Screen | null} */ (null));
  return html`
    <${Dialog} title=${t('Ghép màn hình bằng mã')} close=${close}>
      ${screen ? html`<${Found} screen=${screen} walls=${walls} close=${close} changed=${changed} />` : html`<${Code} found=${setScreen} close=${close} />`}
    <//>
  `;
}
