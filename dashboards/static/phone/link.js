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
 * @typedef {{kind: "stranger"}} Stranger the session is over, or was never begun
 * @typedef {{kind: "shut", why: "pin_needed" | "wrong_pin" | "too_many_tries", wait_s: number}} Shut by the PIN of the hall
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
   * @returns {Promise<Answer | Stranger | Shut>}
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

  /** @returns {Promise<Answer>} after the person has given the PIN, where the hall has one */
  async function exchange() {
    const path = "/links/" + encodeURIComponent(outside.handle) + "/session";
    /** @type {import("./pin/pin.js").Asking | null} */
    let asking = null;
    let pin = "";
    try {
      for (;;) {
        const secret = outside.secret();
        if (!secret) return { kind: "revoked" };
        const answer = await once("POST", path, Object.assign({ secret, device: outside.device }, pin && { pin }));
        if (answer.kind === "shut" && asking === null && answer.why !== "too_many_tries") {
          // Few halls have one: the others do not load what asks for it.
          asking = await (await import("./pin/pin.js")).asking();
        }
        if (asking === null || (answer.kind !== "shut" && answer.kind !== "unknown")) return exchanged(answer);
        pin = await asking.ask(answer.kind === "shut" ? answer : { why: "no_answer", wait_s: 0 });
      }
    } catch (lost) {
      console.warn("no-pin", lost);
      return { kind: "unknown", retry_after_s: null };
    } finally {
      if (asking !== null) asking.end();
    }
  }

  /** @param {Answer | Stranger | Shut} answer @returns {Answer} */
  function exchanged(answer) {
    if (answer.kind === "ok") csrf = answer.body.csrf;
    if (answer.kind !== "refused") return outright(answer);
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
      if (answer.kind === "ok" && answer.body && answer.body.csrf) csrf = answer.body.csrf;
      return outright(answer);
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

/** @param {Answer | Stranger | Shut} answer @returns {Answer} for whoever cannot open the door */
function outright(answer) {
  if (answer.kind === "shut") return { kind: "unknown", retry_after_s: answer.wait_s || null };
  return answer.kind === "stranger" ? { kind: "unknown", retry_after_s: null } : answer;
}

/**
 * @param {Response} response
 * @returns {Promise<Answer | Stranger | Shut>}
 */
async function understood(response) {
  // A hotel's login page or a proxy's notice is no answer of ours.
  const type = response.headers.get("Content-Type") || "";
  const body = /json/.test(type) ? await response.json() : /^image\/svg/.test(type) ? await response.text() : null;
  if (response.ok) return body === null ? { kind: "unknown", retry_after_s: null } : { kind: "ok", body };
  const code = (body && body.code) || "";
  if (code === "pin_needed" || code === "wrong_pin" || code === "too_many_tries") {
    return { kind: "shut", why: code, wait_s: retryAfter(response.headers.get("Retry-After")) || 0 };
  }
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
