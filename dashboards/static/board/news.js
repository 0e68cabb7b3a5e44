// What just happened, newest first.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { minute } from './format.js';
import { toPoint } from './go.js';
import { cell, news, parentName } from './store.js';
import { newsWords } from './words.js';

const INSIDE = ['incident-joined', 'incident-eased'];

export function News() {
  const told = new Set(news.value.map(({ position, point }) => `${position} ${point}`));
  // How an incident grows and shrinks is its own history, and the hall in which one begins has said so in the line before.
  const lines = news.value.filter(
    ({ kind, position, point }) => !INSIDE.includes(kind) && !(kind === 'incident-opened' && told.has(`${position - 1} ${point}`)),
  );
  return html`
    <section class="news" aria-labelledby="news-title">
      <h2 id="news-title">${t('Vừa xảy ra')}</h2>
      ${lines.length === 0 && html`<p class="empty">${t('Chưa có gì. Việc đầu tiên sẽ hiện ở đây ngay khi một điểm cầu báo lên.')}</p>`}
      <ol>
        ${lines.slice(0, 12).map((each) => {
          const point = each.point ? cell(each.point)?.peek() : undefined;
          const parent = point ? parentName(point) : '';
          return html`
            <li key=${`${each.position}${each.kind}${each.point}`}>
              <time>${minute(each.at_s * 1000)}</time>
              <span>${point ? html`<a href=${toPoint(point.code)}>${point.name}</a>${parent && `, ${parent}`}: ` : ''}${newsWords(each)}</span>
            </li>
          `;
        })}
      </ol>
    </section>
  `;
}
