// What a side panel asks the server: at once, and again soon after each change.
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';

const BREATH_MS = 400; // what changes twice in a breath is asked about once

/**
 * `found` is the newest answer, `error` what the newest question failed with; null where there is none.
 * @param {() => Promise<any>} asking
 * @param {unknown[]} changes  asked anew when one of these is another
 * @param {number} [breath_ms]
 */
export function useAnew(asking, changes, breath_ms = BREATH_MS) {
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const first = useRef(true);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(
      () =>
        asking().then(
          (answer) => {
            if (!wanted) return;
            setFound(answer);
            setError(null);
          },
          (failure) => wanted && setError(failure),
        ),
      first.current ? 0 : breath_ms,
    );
    first.current = false;
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, changes);
  return { found, error };
}
