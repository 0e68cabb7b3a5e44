// The incidents: what goes wrong, why it is one matter, how long it goes on, and who has it in hand.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { gravity, incidentLook, lasted, over } from './affairs.js';
import { ask } from './conference.js';
import { figure, lasting } from './format.js';
import { toSide } from './go.js';
import { may, session } from './reader.js';
import { Bars, Shape } from './shape.js';
import { Beside } from './side.js';
import { acting, cell, hallSecond, incidents, parentName, state } from './store.js';
import { bondWords, causeSums, handWords, incidentSums, SEVERITIES, titleWords, upper, wrongWords } from './troubles.js';

/** @typedef {import('./affairs.js').Incident} Incident */

const BESIDE = 4;
const MORE = 20;

export const me = () => session.value?.user.username ?? '';

/** Names repeat in a city: with one hall the place is said too. @param {Incident} incident */
export function whereWords({ count, points }) {
  const only = count === 1 && points[0] ? cell(points[0].code)?.peek() : undefined;
  return only ? parentName(only) : '';
}

/** Counts on while it is not over. @param {{incident: Incident}} props */
export const Running = ({ incident }) => html`<span class="running">${lasting(lasted(incident, hallSecond.value))}</span>`;

/** @param {{incident: Incident}} props */
export const Severity = ({ incident }) => html`<span class="severity" data-severity=${incident.severity}><${Bars} n=${gravity(incident)} />${t(SEVERITIES[incident.severity] ?? '')}</span>`;

/** Does something about an incident, and says why not. */
export function useDeed() {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  /** @param {number} number @param {Record<string, string>} deed */
  const does = async (number, deed) => {
    if (busy) return false;
    setBusy(true);
    setWrong('');
    try {
      await ask('POST', `/incidents/${number}`, deed);
      return true;
    } catch (error) {
      setWrong(wrongWords(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, wrong, does };
}

/** The one that wants somebody first: in full, with what can be done at once. @param {{incident: Incident}} props */
function First({ incident }) {
  const { busy, wrong, does } = useDeed();
  const where = whereWords(incident);
  return html`
    <div class="first-incident">
      <h3><${Shape} look=${incidentLook(incident)} /><a href=${toSide('incidents', incident.number)}>${titleWords(incident)}</a></h3>
      <p class="soft">${upper([where, bondWords(incident)].filter(Boolean).join(', '))}${(where || bondWords(incident)) && '. '}<b>${handWords(incident, me())}.</b></p>
      <p class="incident-facts"><${Severity} incident=${incident} /><${Running} incident=${incident} /></p>
      <div class="pills">
        ${may('coordinate') && !incident.owner && html`<button type="button" class="pill strong" aria-disabled=${busy} onClick=${() => does(incident.number, { do: 'acknowledge' })}>${t('Tiếp nhận')}</button>`}
        <a class="pill" href=${toSide('incidents', incident.number)}>${incident.count > 1 ? t('Xem {n} điểm', { n: figure(incident.count) }) : t('Xem')}</a>
      </div>
      <p class="wrong" role="status">${wrong}</p>
    </div>
  `;
}

/** @param {{incident: Incident, brief?: boolean}} props */
function Row({ incident, brief = false }) {
  const { busy, wrong, does } = useDeed();
  const where = whereWords(incident);
  return html`
    <li class="incident" data-status=${incident.status}>
      <div class="call-row">
        <a class="call-who" href=${toSide('incidents', incident.number)}>
          <${Shape} look=${incidentLook(incident)} />
          <span>
            <b>${titleWords(incident)}</b>${where && html`<span class="parent"> · ${where}</span>`}
            ${!brief && bondWords(incident) && html`<small>${upper(bondWords(incident))}</small>`}
            <small><${Running} incident=${incident} /> · <span class="hand" data-nobody=${!over(incident) && !incident.owner}>${handWords(incident, me())}</span>${incident.cause ? ` · ${t(incident.cause)}` : ''}</small>
            ${!brief && !over(incident) && html`<small class="incident-facts"><${Severity} incident=${incident} />${incident.count > 1 ? t('{n} điểm còn mất', { n: figure(incident.failing) }) : ''}${incident.level > 0 ? html`<span>${t('đã báo lên cấp {n}', { n: incident.level })}</span>` : ''}</small>`}
          </span>
        </a>
        ${!brief && may('coordinate') && !over(incident) && !incident.owner && html`<button type="button" class="dial" aria-disabled=${busy} aria-label=${t('Tiếp nhận sự cố {n}', { n: incident.number })} onClick=${() => does(incident.number, { do: 'acknowledge' })}>${t('Tiếp nhận')}</button>`}
      </div>
      <p class="wrong" role="status">${wrong}</p>
    </li>
  `;
}

/** Beside the wall: the one that wants somebody, and the others in a line each. */
export function Incidents() {
  const all = incidents.value;
  const open = all.filter((each) => !over(each));
  const [first, ...others] = open;
  const sums = incidentSums(state.value?.totals.incidents);
  return html`
    <section class="incidents" aria-labelledby="incidents-title">
      <h2 id="incidents-title"><a href=${toSide('incidents')}><b>${t('Sự cố')}</b>${sums && ` · ${sums}`}</a></h2>
      ${first && html`<${First} key=${first.number} incident=${first} />`}
      ${others.length > 0 && html`<ul>${others.slice(0, BESIDE).map((each) => html`<${Row} key=${each.number} incident=${each} brief />`)}</ul>`}
      ${others.length > BESIDE && html`<a class="more" href=${toSide('incidents')}>${t('Xem tất cả {n} sự cố', { n: figure(open.length) })}</a>`}
      ${!first && html`<p class="empty">${t('Không có sự cố nào đang mở.')}${all.length > 0 ? ` ${t('{n} đã khắc phục trong 6 giờ qua', { n: figure(all.length) })}.` : ''}</p>`}
    </section>
  `;
}

/** All of them: those that go on, then those that are over. */
export function IncidentList() {
  const [most, setMost] = useState(MORE);
  const all = incidents.value;
  const open = all.filter((each) => !over(each));
  const done = all.filter(over);
  const sums = incidentSums(state.value?.totals.incidents);
  return html`
    <${Beside} title=${t('Sự cố')} name="incidents">
      <p class="soft">${sums || t('Không có sự cố nào đang mở.')}</p>
      ${may('coordinate') && acting.value && html`<p class="list-deed"><a class="pill" href=${toSide('incidents', 'new')}>${t('Mở sự cố')}</a></p>`}
      ${open.length > 0 && html`<ul class="incident-list" aria-label=${t('Đang mở')}>${open.map((each) => html`<${Row} key=${each.number} incident=${each} />`)}</ul>`}
      ${
        done.length > 0 &&
        html`<section>
          <h3>${t('{n} đã khắc phục trong 6 giờ qua', { n: figure(done.length) })}</h3>
          ${causeSums(done) && html`<p class="soft causes">${t('Nguyên nhân: {said}', { said: causeSums(done) })}</p>`}
          <ul class="incident-list">${done.slice(0, most).map((each) => html`<${Row} key=${each.number} incident=${each} />`)}</ul>
          ${done.length > most && html`<button type="button" class="more" onClick=${() => setMost(most + MORE)}>${t('Xem thêm {n}', { n: figure(Math.min(MORE, done.length - most)) })}</button>`}
        </section>`
      }
      ${all.length === 0 && html`<p class="empty">${t('Khi nhiều điểm cùng mất vì một nguyên nhân, chúng hiện ở đây thành một sự cố, kèm lý do gộp.')}</p>`}
    <//>
  `;
}
