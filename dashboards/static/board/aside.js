// What stands beside the wall: a hall first, then a list or one of it.
import { html } from '../vendor/html.js';
import { CallSheet } from './calls.js';
import { Compose } from './compose.js';
import { DutyRoster } from './duty.js';
import { OneIncident } from './incident.js';
import { IncidentList } from './incidents.js';
import { Opening } from './opening.js';
import { NoticeList, OneNotice } from './notices.js';
import { Panel } from './panel.js';
import { may } from './reader.js';
import { open, side } from './store.js';

/** "new" or "new-3", to the halls of that incident. */
const NEW = /^new(?:-(\d+))?$/;

export function Aside() {
  const beside = side.value;
  if (open.value) return html`<${Panel} />`;
  if (!beside) return null;
  const number = Number(beside.of);
  const writing = NEW.exec(beside.of);
  switch (beside.what) {
    case 'incidents':
      if (beside.of === 'new' && may('coordinate')) return html`<${Opening} />`;
      return number ? html`<${OneIncident} key=${number} number=${number} />` : html`<${IncidentList} />`;
    case 'calls':
      return may('coordinate') ? html`<${CallSheet} />` : null;
    case 'notices':
      if (writing && may('coordinate')) return html`<${Compose} key=${beside.of} incident=${Number(writing[1] ?? 0)} />`;
      return number ? html`<${OneNotice} key=${number} number=${number} />` : html`<${NoticeList} />`;
    case 'duty':
      return may('see_names') ? html`<${DutyRoster} />` : null;
  }
}
