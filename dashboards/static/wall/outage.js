// The centre itself has failed: the one thing to know, said before everything else, and that it is nobody's fault out there.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { lasted, over, since_s } from '../board/affairs.js';
import { clock, figure, lasting } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { hallSecond } from '../board/store.js';
import { Hour, Pair } from './pair.js';
import { loud } from './turns.js';

export function Outage() {
  const incident = loud.value;
  if (!incident) return null;
  const gone = over(incident);
  return html`
    <div class="top"><${Pair} /><${Hour} /></div>
    <section class="outage" role="alert" data-over=${gone}>
      <${Shape} look=${gone ? 'steady' : 'ours'} />
      <div>
        <h2>${gone ? t('Trung tâm hoạt động trở lại') : t('Gián đoạn tại trung tâm')}</h2>
        <p>${[t('{n} điểm cầu', { n: figure(incident.count) }), t('từ {time}', { time: clock(since_s(incident) * 1000) }), lasting(lasted(incident, hallSecond.value))].join(' · ')}</p>
        <p class="soft">${t('Không tính cho điểm cầu.')} ${gone ? '' : t('Các điểm cầu giữ nguyên máy; đường truyền tự nối lại.')}</p>
      </div>
    </section>
  `;
}
