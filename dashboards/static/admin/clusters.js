// Clusters: which units somebody of ours watches together, and who that is.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { Cross } from '../board/shape.js';
import { figure } from '../board/format.js';
import { inOrder } from '../board/vietnamese.js';
import { api, query, why } from '../office/asking.js';
import { Finder, Line } from '../office/asks.js';
import { Dialog } from '../office/dialog.js';
import { Awaited, Rows, useTold } from '../office/listing.js';
import { appoints, tell } from '../office/store.js';
import { sure } from '../office/sure.js';
import { roleWords } from './roles.js';

/** @typedef {{code: string, name: string, parent_name: string}} Unit @typedef {{code: string, name: string, units: Unit[], accounts: number}} Told */

/** @param {{cluster: Told | null, close: () => void, changed: () => void}} props null makes a new one */
function Cluster({ cluster, close, changed }) {
  const [name, setName] = useState(cluster?.name ?? '');
  const [units, setUnits] = useState(cluster?.units ?? []);
  const [wrong, setWrong] = useState('');
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (!units.length) return setWrong(t('Hãy chọn ít nhất một đơn vị.'));
    const body = { name: name.trim(), units: units.map(({ code }) => code) };
    try {
      const told = cluster ? await api(`/clusters/${cluster.code}`, { method: 'PUT', body }) : await api('/clusters', { method: 'POST', body });
      tell(cluster ? t('Đã lưu cụm {name}.', { name: told.name }) : t('Đã lập cụm {name}.', { name: told.name }));
      changed();
      close();
    } catch (error) {
      setWrong(why(error));
    }
  };
  const dissolve = () =>
    cluster &&
    sure({
      title: t('Bỏ cụm {name}?', { name: cluster.name }),
      says: [t('Các đơn vị và điểm cầu trong cụm vẫn còn nguyên; chỉ việc phân công theo cụm mất đi.')],
      does: t('Bỏ cụm'),
      done: t('Đã bỏ cụm {name}.', { name: cluster.name }),
      act: async (reason) => {
        await api(`/clusters/${cluster.code}`, { method: 'DELETE', reason });
        changed();
        close();
      },
    });
  return html`
    <${Dialog} title=${cluster ? cluster.name : t('Lập cụm')} close=${close} wide>
      <form onSubmit=${go}>
        <${Line} name=${t('Tên cụm')} value=${name} set=${setName} required maxlength="300" hint=${t('Ví dụ: Cụm số 1, nội thành phía bắc')} />
        <${Finder} name=${t('Thêm đơn vị')} stays chosen=${null} choose=${(/** @type {any} */ one) =>
          one && !units.some(({ code }) => code === one.code) && setUnits([...units, { code: one.code, name: one.name, parent_name: one.parent }])} />
        <p class="soft">${units.length ? t('{n} đơn vị, kể cả mọi điểm cầu bên dưới', { n: figure(units.length) }) : t('Chưa có đơn vị nào. Gõ vài chữ ở trên để tìm.')}</p>
        ${
          units.length > 0 &&
          html`<ul class="chosen-units">
            ${[...units]
              .sort((one, other) => inOrder(one.name, other.name))
              .map(
                (unit) => html`<li key=${unit.code} class="picked"><span><b>${unit.name || unit.code}</b> <span class="parent">${unit.parent_name}</span></span>
                  <button type="button" class="close" aria-label=${t('Bỏ {name} khỏi cụm', { name: unit.name || unit.code })} onClick=${() => setUnits(units.filter(({ code }) => code !== unit.code))}><${Cross} /></button></li>`,
              )}
          </ul>`
        }
        <p class="wrong" role="alert">${wrong}</p>
        <div class="pills">
          <button type="submit" class="pill strong">${cluster ? t('Lưu') : t('Lập cụm')}</button>
          ${cluster && html`<button type="button" class="pill" onClick=${dissolve}>${t('Bỏ cụm')}</button>`}
        </div>
      </form>
      ${cluster && html`<${Watchers} cluster=${cluster} changed=${changed} />`}
    <//>
  `;
}

/** Who watches over the cluster; somebody more may be put there. @param {{cluster: Told, changed: () => void}} props */
function Watchers({ cluster, changed }) {
  const mine = useTold(`/accounts${query({ scope: cluster.code, per_page: 200 })}`);
  const free = useTold(`/accounts${query({ per_page: 1000, disabled: 'false' })}`);
  const [who, setWho] = useState('');
  const [wrong, setWrong] = useState('');
  const here = /** @type {any[]} */ (mine.told?.accounts ?? []);
  const others = /** @type {any[]} */ (free.told?.accounts ?? []).filter((each) => each.scope && each.scope !== cluster.code);
  const put = async () => {
    setWrong('');
    try {
      await api(`/accounts/${encodeURIComponent(who)}`, { method: 'PATCH', body: { scope: cluster.code } });
      tell(t('Đã giao cụm cho {name}.', { name: who }));
      setWho('');
      mine.again();
      free.again();
      changed();
    } catch (error) {
      setWrong(why(error));
    }
  };
  return html`
    <section class="part">
      <h3>${t('Người phụ trách')}</h3>
      ${
        mine.told === null
          ? html`<${Awaited} wrong=${mine.wrong} again=${mine.again} />`
          : here.length === 0
            ? html`<p class="empty">${t('Chưa giao cho ai.')}</p>`
            : html`<ul class="things">${here.map((each) => html`<li key=${each.username}><p><b>${each.name}</b><small>${each.username} · ${roleWords(each.role)}</small></p></li>`)}</ul>`
      }
      ${
        appoints('coordinator') &&
        others.length > 0 &&
        html`<div class="put">
          <label class="asked"><span>${t('Giao cho người đang phụ trách nơi khác')}</span>
            <select value=${who} onChange=${(/** @type {any} */ event) => setWho(event.target.value)}>
              <option value="">${t('Chọn người')}</option>
              ${others.map((each) => html`<option key=${each.username} value=${each.username}>${each.name} (${each.username}), ${each.scope_name}</option>`)}
            </select></label>
          <button type="button" class="pill" disabled=${!who} onClick=${put}>${t('Giao cụm này')}</button>
        </div>
        ${who && html`<p class="soft">${t('Người này thôi phụ trách nơi cũ ngay khi nhận cụm.')}</p>`}`
      }
      <p class="wrong" role="alert">${wrong}</p>
    </section>
  `;
}

export function Clusters() {
  const { told, wrong, again } = useTold('/clusters');
  const [open, setOpen] = useState(/** @type {Told | 'new' | null} */ (null));
  const clusters = /** @type {Told[]} */ (told?.clusters ?? []);
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Cụm')}</h2>
      ${told && html`<p class="soft">${t('{n} cụm', { n: figure(clusters.length) })}</p>`}
      <div class="pills"><button type="button" class="pill strong" onClick=${() => setOpen('new')}>${t('Lập cụm')}</button></div>
    </div>
    <p class="soft lead">${t('Cụm là phân công công việc: vài đơn vị mà một người theo dõi cùng nhau. Cụm không thay đổi đơn vị hành chính.')}</p>
    ${
      told === null || wrong
        ? html`<${Awaited} wrong=${wrong} again=${again} />`
        : clusters.length === 0
          ? html`<p class="empty">${t('Chưa có cụm nào. Lập cụm rồi giao cho người điều phối.')}</p>`
          : html`<${Rows}
              look="clusters"
              heads=${[t('Cụm', { n: 1 }), t('Đơn vị'), t('Người phụ trách')]}
              rows=${clusters.map((each) => ({
                key: each.code,
                title: each.name,
                under: each.code,
                open: () => setOpen(each),
                cells: [
                  html`${t('{n} đơn vị', { n: figure(each.units.length) })} <small>${each.units.slice(0, 4).map(({ name, code }) => name || code).join(', ')}${each.units.length > 4 ? '…' : ''}</small>`,
                  each.accounts ? t('{n} người', { n: figure(each.accounts) }) : t('Chưa giao'),
                ],
              }))}
            />`
    }
    ${open && html`<${Cluster} key=${open === 'new' ? '' : open.code} cluster=${open === 'new' ? null : open} close=${() => setOpen(null)} changed=${again} />`}
  `;
}
