/**
 * The personal link: who this phone speaks for, and every request it makes in that name.
 *
 * The secret stays behind the `#` of the address, so that a reload works and no log or link previewer ever sees it.
 *
 * @file
 */

/**
 * @typedef {{kind: "ok", body: any}} Ok
 * @typedef {{kind: "refused", status: number, code: string, detail: string}} RefusedAnswer asking again gives the same
 * @typedef {{kind: "unknown", retry_after_s: number | null}} Unknown nobody can say whether it arrived
 * @typedef {{kind: "revoked"}} Revoked the link is wrong or was taken back
 * @typedef {Ok | RefusedAnswer | Unknown | Revoked} Answer
 * @typedef {ReturnType<typeof link>} Link
 */

/** A 2G line needs long; the server itself says "later" after five seconds. */
const PATIENCE_MS = 20000;
const WRONG_LINK = [400, 404, 422];

/**
 * @param {{handle: string, secret: () => string, device: string, fetch: (url: string, init: RequestInit) => Promise<Response>}} outside
 */
export function link(outside) {
  let csrf = "";
  /** @type {Promise<Answer> | null} */
  let exchanging = null;

  /**
   * @param {string} method @param {string} path @param {object | undefined} body
   * @returns {Promise<Answer | {kind: "stranger"}>}
   */
  async function once(method, path, body) {
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), PATIENCE_MS);
    /** @type {Record<string, string>} */
    const headers = { "Bridge-Link": outside.handle, Accept: "application/json" };
    if (method !== "GET") {
      headers["Content-Type"] = "application/json";
      headers["X-CSRF-Token"] = csrf;
    }
    try {
      const response = await outside.fetch("/api/v1" + path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: "same-origin",
        cache: "no-store",
        signal: stop.signal,
      });
      return await understood(response);
    } catch (lost) {
      return { kind: "unknown", retry_after_s: null };
    } finally {
      clearTimeout(patience);
    }
  }

  /** @returns {Promise<Answer>} */
  async function exchange() {
    const secret = outside.secret();
    if (!secret) return { kind: "revoked" };
    const path = "/links/" + encodeURIComponent(outside.handle) + "/session";
    const answer = await once("POST", path, { secret, device: outside.device });
    if (answer.kind === "ok") csrf = answer.body.csrf;
    if (answer.kind === "stranger") return { kind: "unknown", retry_after_s: null };
    if (answer.kind !== "refused") return answer;
    // 404 unknown_link, or a secret that the server does not even recognise as one; anything else may pass.
    return WRONG_LINK.includes(answer.status) ? { kind: "revoked" } : { kind: "unknown", retry_after_s: null };
  }

  /** @returns {Promise<Answer>} one exchange at a time, however many requests ask for it */
  function introduce() {
    if (exchanging === null) {
      exchanging = exchange().then((answer) => {
        exchanging = null;
        return answer;
      });
    }
    return exchanging;
  }

  return {
    /**
     * @param {string} method @param {string} path below /api/v1 @param {object} [body]
     * @returns {Promise<Answer>}
     */
    async call(method, path, body) {
      if (csrf === "" && method !== "GET") {
        const introduced = await introduce();
        if (introduced.kind !== "ok") return introduced;
      }
      let answer = await once(method, path, body);
      if (answer.kind === "stranger") {
        const introduced = await introduce();
        if (introduced.kind !== "ok") return introduced;
        answer = await once(method, path, body);
      }
      if (answer.kind === "stranger") return { kind: "unknown", retry_after_s: null };
      if (answer.kind === "ok" && answer.body && answer.body.csrf) csrf = answer.body.csrf;
      return answer;
    },
    introduce,
    /**
     * A request that is measured, not understood: no patience of its own, no second try. Call something before, so that the
     * session is there.
     *
     * @param {string} method @param {string} path below /api/v1 @param {BodyInit | undefined} body @param {AbortSignal} signal
     * @returns {Promise<Response>} rejects when the network or the signal ends it
     */
    bare(method, path, body, signal) {
      /** @type {Record<string, string>} */
      const headers = { "Bridge-Link": outside.handle };
      if (method !== "GET") headers["X-CSRF-Token"] = csrf;
      return outside.fetch("/api/v1" + path, { method, headers, body, signal, credentials: "same-origin", cache: "no-store" });
    },
  };
}

/**
 * @param {Response} response
 * @returns {Promise<Answer | {kind: "stranger"}>}
 */
async function understood(response) {
  // A hotel's login page or a proxy's notice is no answer of ours.
  const type = response.headers.get("Content-Type") || "";
  const body = /json/.test(type) ? await response.json() : /^image\/svg/.test(type) ? await response.text() : null;
  if (response.ok) return body === null ? { kind: "unknown", retry_after_s: null } : { kind: "ok", body };
  const code = (body && body.code) || "";
  if (response.status === 401 || code === "csrf") return { kind: "stranger" };
  if (body === null || response.status >= 500 || response.status === 408 || response.status === 429) {
    return { kind: "unknown", retry_after_s: retryAfter(response.headers.get("Retry-After")) };
  }
  return { kind: "refused", status: response.status, code, detail: body.detail || "" };
}

/**
 * @param {string | null} header
 * @returns {number | null} seconds; a date in this header would depend on the phone's clock, so it is not read
 */
function retryAfter(header) {
  return header !== null && /^\d{1,5}$/.test(header.trim()) ? Number(header) : null;
}
