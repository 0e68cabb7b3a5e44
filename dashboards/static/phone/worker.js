/*
 * Brings the operator's page back without a network. It keeps the page's frame and its files, by version, and nothing
 * else: never an answer of the centre, never an address with a secret.
 *
 * The server writes `self.SHELL = {version, page, files}` above these lines, so that every new version is another worker.
 */
(function () {
  /** @type {any} */
  var worker = self;
  /** @type {{version: string, page: string, files: string[]}} */
  var shell = worker.SHELL;
  var ours = "bridge-" + shell.version;
  /** A line that takes longer is as good as none: the person gets the page that is here. */
  var PATIENCE_MS = 4000;

  worker.addEventListener("install", function (/** @type {any} */ event) {
    event.waitUntil(
      caches.open(ours).then(function (cache) {
        return cache.addAll([shell.page].concat(shell.files));
      }),
    );
  });

  worker.addEventListener("activate", function (/** @type {any} */ event) {
    event.waitUntil(
      caches
        .keys()
        .then(function (names) {
          return Promise.all(
            names
              .filter(function (name) {
                return name.indexOf("bridge-") === 0 && name !== ours;
              })
              .map(function (name) {
                return caches.delete(name);
              }),
          );
        })
        .then(function () {
          return worker.clients.claim();
        }),
    );
  });

  worker.addEventListener("fetch", function (/** @type {any} */ event) {
    var request = event.request;
    var address = new URL(request.url);
    if (request.method !== "GET" || address.origin !== worker.location.origin) return;
    if (request.mode === "navigate") {
      if (/^\/p\/[^/]+$/.test(address.pathname)) event.respondWith(page(request));
    } else if (address.pathname.indexOf("/static/") === 0 || address.pathname.indexOf("/p/zxing") === 0) {
      event.respondWith(file(request));
    }
  });

  /** @param {Request} request @returns {Promise<Response>} the newest page, or the one that is here */
  function page(request) {
    return new Promise(function (resolve) {
      /** @param {Response | null} otherwise */
      function fallBack(otherwise) {
        caches.match(shell.page, { cacheName: ours, ignoreVary: true }).then(function (kept) {
          if (kept || otherwise) resolve(kept || /** @type {Response} */ (otherwise));
        });
      }
      setTimeout(function () {
        fallBack(null);
      }, PATIENCE_MS);
      fetch(request).then(
        function (answer) {
          // A hotel's login page must be seen; a server that is not there must not.
          if (answer.status < 500) resolve(answer);
          else fallBack(answer);
        },
        function () {
          fallBack(Response.error());
        },
      );
    });
  }

  /** @param {Request} request @returns {Promise<Response>} a file of a version never changes, so the kept one will do */
  function file(request) {
    return caches.match(request, { cacheName: ours, ignoreVary: true }).then(function (kept) {
      if (kept) return kept;
      return fetch(request).then(function (answer) {
        if (answer.ok) {
          var copy = answer.clone();
          caches.open(ours).then(function (cache) {
            cache.put(request, copy);
          });
        }
        return answer;
      });
    });
  }
})();
