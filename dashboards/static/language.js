// The words of the pages: Vietnamese is the source, another language is a catalogue looked up by it.

/** @typedef {Record<string, string | string[]>} Catalogue */

/** @type {Catalogue} */
let catalogue = {};
/** What the server says with values in it, by the pattern of its sentence. @type {readonly {pattern: RegExp, key: string}[]} */
let patterns = [];

const SAID = 'said:';
const NAMED = 'named:';

/** "Mã {1} đã có ở dòng {2}." @param {string} sentence */
const patternOf = (sentence) => new RegExp(`^${sentence.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\\\{\d\\\}/g, '(.*?)')}$`, 's');

/** Speak the language of this catalogue from now on; an empty one is Vietnamese.
 * @param {Catalogue} words */
export function speak(words) {
  catalogue = words;
  // The longest first: another may be its beginning.
  const said = Object.keys(words).filter((key) => key.startsWith(SAID)).sort((one, other) => other.length - one.length);
  patterns = said.map((key) => ({ key, pattern: patternOf(key.slice(SAID.length)) }));
}

/** Vietnamese, unless a catalogue was given. */
export const foreign = () => Object.keys(catalogue).length > 0;

/** The sentence in the reader's language, with {names} filled in. Where a language has two numbers, `n` decides.
 * @param {string} vietnamese
 * @param {Record<string, string | number>} [values] */
export function t(vietnamese, values) {
  const found = catalogue[vietnamese] ?? vietnamese;
  const sentence = Array.isArray(found) ? (found[values?.n === 1 || values?.n === '1' ? 0 : 1] ?? vietnamese) : found;
  return values ? sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)) : sentence;
}

/** A sentence of the server as the catalogue has it, by itself or by its pattern; undefined: it is not known. @param {string} sentence */
function known(sentence) {
  if (sentence in catalogue) return t(sentence);
  for (const { pattern, key } of patterns) {
    const found = pattern.exec(sentence);
    if (found) return t(key, Object.fromEntries(found.slice(1).map((value, i) => [String(i + 1), named(value)])));
  }
  return undefined;
}

/** A value in such a sentence: a name that the catalogue has, or several behind commas; what people wrote stays. @param {string} value */
function named(value) {
  const one = (/** @type {string} */ each) => (NAMED + each in catalogue ? t(NAMED + each) : each);
  return NAMED + value in catalogue ? one(value) : value.split(', ').map(one).join(', ');
}

/** What the server did not take, or took with a warning, in the reader's language: the sentence itself where the catalogue has it, else
 * by its code; what has neither stays in the server's own words, which are Vietnamese. Fields that were filled in wrongly stand in the code's sentence as `{errors}`.
 * @param {{code?: string, detail?: string, message?: string, errors?: unknown, [more: string]: any}} told  a problem+json, or the outcome of an act */
export function refusal(told) {
  const detail = told.detail ?? told.message ?? '';
  const found = `refused:${told.code}`;
  return known(detail) ?? (found in catalogue ? t(found, { ...told, errors: fields(told.errors) }).trim() : detail);
}

/** @param {unknown} errors  `{field, problem}` each */
function fields(errors) {
  const wrong = Array.isArray(errors) ? errors.filter((each) => typeof each?.problem === 'string') : [];
  return wrong.map(({ field, problem }) => `${field ? `${field}: ` : ''}${recognised(`${problem}.`)}`).join(' ');
}

/** A sentence of the server in the reader's language, with its values as they are; one that is not known stays as it is.
 * @param {string} sentence */
export const recognised = (sentence) => known(sentence) ?? sentence;

/** Marks a sentence that stands in a table and is translated where it is shown.
 * @param {string} vietnamese */
export const N = (vietnamese) => vietnamese;

/** The catalogue named by the page, or none for Vietnamese; a page without its words still speaks Vietnamese.
 * @param {string | undefined} address
 * @returns {Promise<Catalogue>} */
export async function words(address) {
  if (!address) return {};
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}
