/**
 * Opening without a network: the service worker where there is one, else the offer of a browser that has one.
 *
 * The outbox does not need it: what was said waits in the page's own store, and the worker only brings the page back.
 *
 * @file
 */

import { el } from "./see.js";
import { t } from "./words.js";

/** @typedef {Awaited<ReturnType<typeof keeping>>} Keeping */

/**
 * What the phone keeps of a link: its secret, since the icon on the home screen opens the page without what stands behind
 * the #, and the names that it opened.
 *
 * @param {string} handle @param {import("./store.js").Store} store
 */
export async function keeping(handle, store) {
  let remembered = (await store.value("secret." + handle)) || "";
  /** Until the desk says otherwise, an earlier visit may have left some. */
  let keepsNames = true;
  const written = () => window.location.hash.slice(1);
  const secret = () => written() || remembered;
  return {
    secret,

    /** Once the page is there: what makes it open without a network, and who comes to this hall. @param {import("./desk.js").Desk} told @param {import("./link.js").Link} here */
    async settleIn(told, here) {
      if (written() !== "" && written() !== remembered) {
        remembered = written();
        await store.keep("secret." + handle, remembered);
      }
      await register(handle);
      if (told.names) {
        const { refreshed } = await import("./door/roster.js");
        await refreshed(store, handle, here);
      } else if (keepsNames) await store.keep("people." + handle, null);
      keepsNames = told.names === true;
    },

    /** What was taken back is kept nowhere, and neither are the names it opened. */
    forget() {
      if (secret() === remembered) remembered = "";
      void store.keep("secret." + handle, null);
      void store.keep("people." + handle, null);
    },
  };
}

let isRegistered = false;
let hasFailed = false;
let isCopied = false;

/**
 * @param {string} handle
 * @returns {Promise<void>} after the browser has taken note; it fetches in its own time
 */
async function register(handle) {
  if (isRegistered) return;
  isRegistered = true;
  addManifest(handle);
  if (!("serviceWorker" in window.navigator)) {
    hasFailed = window.isSecureContext;
    return;
  }
  try {
    await window.navigator.serviceWorker.register("/p/sw.js", { scope: "/p/" });
    // A phone that runs out of room then throws other things away first. Chromium grants it without a word; other
    // browsers would ask the person something that nobody understands.
    if ("userAgentData" in window.navigator) await window.navigator.storage.persist();
  } catch (forbidden) {
    hasFailed = window.isSecureContext;
    console.warn("no-worker", forbidden);
  }
}

/** @param {string} handle the manifest holds the address without its secret */
function addManifest(handle) {
  const manifest = document.createElement("link");
  manifest.rel = "manifest";
  manifest.href = "/p/" + encodeURIComponent(handle) + "/manifest.webmanifest";
  document.head.appendChild(manifest);
}

/**
 * @param {() => string} address
 * @param {() => void} changed
 * @returns {HTMLElement | false} for pages inside another app, which open only with a network
 */
export function offerBrowser(address, changed) {
  if (!hasFailed) return false;
  return el(
    "p.offer",
    {},
    el("span", {}, t("Mở bằng trình duyệt (Chrome, Safari) thì trang mở được cả khi mất mạng.") + " "),
    el(
      "button.plain",
      {
        "data-key": "copy",
        onclick: async () => {
          isCopied = await copied(address());
          changed();
        },
      },
      isCopied ? t("Đã chép, dán vào trình duyệt") : t("Chép đường dẫn"),
    ),
  );
}

/** @param {string} text @returns {Promise<boolean>} whether it can be pasted now: never said before the clipboard has it */
async function copied(text) {
  const { clipboard } = window.navigator;
  if (!clipboard || !clipboard.writeText) return copiedOldWay(text);
  return clipboard.writeText(text).then(
    () => true,
    () => copiedOldWay(text),
  );
}

/** @param {string} text @returns {boolean} */
function copiedOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.appendChild(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  return isDone;
}
