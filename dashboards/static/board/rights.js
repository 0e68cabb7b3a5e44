// What the reader's role may do here; what it may not is not shown. The server decides again, by the same table.

/** @typedef {'see_names' | 'act' | 'settle' | 'correct' | 'coordinate' | 'spot_check' | 'govern'} Right */

/** @type {Readonly<Record<Right, readonly string[]>>} */
export const ALLOWED = {
  see_names: ['admin', 'organiser', 'coordinator', 'operator'],
  act: ['organiser', 'coordinator', 'operator'],
  settle: ['organiser', 'coordinator'],
  correct: ['organiser', 'coordinator'],
  coordinate: ['organiser', 'coordinator'],
  spot_check: ['organiser', 'coordinator', 'inspector'],
  govern: ['organiser'],
};

/** @param {string | undefined} role @param {Right} right */
export const may = (role, right) => role !== undefined && ALLOWED[right].includes(role);
