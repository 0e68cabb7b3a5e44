/**
 * Opening without a network: the service worker where there is one, else the offer of a browser that has one.
 *
 * The outbox does not need it: what was said waits in the page's own store, and the worker only brings the page back.
 *
 * @file
 */

import { el } from "./see.js";
import { t } from "./words.js";

let isRegistered = false;
let hasFailed = false;
let isCopied = false;

/**
 * @param {string} handle
 * @returns {Promise<void>} after the browser has taken note; it fetches in its own time
 */
export async function register(handle) {
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
        onclick: () => {
          copy(address());
          isCopied = true;
          changed();
        },
      },
      isCopied ? t("Đã chép, dán vào trình duyệt") : t("Chép đường dẫn"),
    ),
  );
}

/** @param {string} text */
function copy(text) {
  if (window.navigator.clipboard && window.navigator.clipboard.writeText) {
    window.navigator.clipboard.writeText(text).catch(() => copyOldWay(text));
  } else copyOldWay(text);
}

/** @param {string} text */
function copyOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.appendChild(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
