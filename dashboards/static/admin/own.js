// One's own keys: password, second factor, browsers, API tokens.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { session } from '../office/store.js';
import { Factor } from './factor.js';
import { OwnTokens } from './owntokens.js';
import { Password } from './password.js';
import { roleWords } from './roles.js';
import { SessionList } from './sessions.js';

export const Own = () => html`
  <div class="office-top">
    <h2 tabindex="-1">${t('Của tôi')}</h2>
    <p class="soft">${session.value?.user.name} · ${session.value?.user.username} · ${roleWords(session.value?.user.role ?? '')}</p>
  </div>
  <${Password} />
  <${Factor} />
  <${SessionList} />
  <${OwnTokens} />
`;
