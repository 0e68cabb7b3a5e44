/**
 * Where a phone keeps what it must not lose: IndexedDB, or the older shelf where a browser has none.
 *
 * Both keep acts in the order they were said, number them for the device, and know the acts of one link from another's.
 *
 * @file
 */

/**
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} Shelf
 * @typedef {{
 *   lasting: boolean,
 *   read: (link: string) => Promise<Entry[]>,
 *   add: (link: string, make: (seq: number) => Entry) => Promise<Entry>,
 *   change: (entries: Entry[]) => Promise<void>,
 *   drop: (entries: Entry[]) => Promise<void>,
 *   value: (name: string) => Promise<any>,
 *   keep: (name: string, value: unknown) => Promise<void>,
 * }} Store `lasting`: what is kept outlives the page. `add`, `change` and `keep` reject when there is no room;
 * `change` touches only what is still there; a `keep` of null forgets
 */

const ACTS = "acts";
const VALUES = "values";
/** Some in-app browsers never answer; a person who waits longer thinks the page is broken. */
const OPENING_MS = 3000;

/**
 * Where a phone has no storage (a private window) what is said lives as long as the page.
 *
 * @returns {Shelf}
 */
export function memoryShelf() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    getItem: (name) => (kept.has(name) ? /** @type {string} */ (kept.get(name)) : null),
    setItem: (name, text) => void kept.set(name, text),
    removeItem: (name) => void kept.delete(name),
    key: (index) => Array.from(kept.keys())[index] || null,
    get length() {
      return kept.size;
    },
  };
}

/** @returns {{shelf: Shelf, lasting: boolean}} the browser's own, where it lets us */
export function shelfOf() {
  try {
    window.localStorage.setItem("bridge.try", "1");
    window.localStorage.removeItem("bridge.try");
    return { shelf: window.localStorage, lasting: true };
  } catch (forbidden) {
    return { shelf: memoryShelf(), lasting: false };
  }
}

/**
 * @param {{shelf: Shelf, lasting: boolean, database: () => IDBFactory | undefined}} outside
 * @returns {Promise<Store>} the sturdiest there is; what an earlier visit left on the shelf is taken over
 */
export async function storeOf(outside) {
  try {
    const factory = outside.database();
    if (!factory) return shelfStore(outside.shelf, outside.lasting);
    const store = databaseStore(await opened(factory), outside.shelf);
    await store.takeOver();
    return store;
  } catch (forbidden) {
    console.warn("no-database", forbidden);
    return shelfStore(outside.shelf, outside.lasting);
  }
}

/**
 * @param {IDBFactory} factory
 * @returns {Promise<IDBDatabase>}
 */
function opened(factory) {
  return new Promise((resolve, reject) => {
    const asked = factory.open("bridge", 1);
    const patience = setTimeout(() => reject(new Error("IndexedDB does not answer")), OPENING_MS);
    asked.onupgradeneeded = () => {
      const acts = asked.result.createObjectStore(ACTS, { keyPath: "key", autoIncrement: true });
      acts.createIndex("link", "link");
      asked.result.createObjectStore(VALUES);
    };
    asked.onsuccess = () => {
      clearTimeout(patience);
      // A newer page in another tab may need the place.
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => {
      clearTimeout(patience);
      reject(asked.error);
    };
  });
}

/**
 * @param {IDBDatabase} database
 * @param {Shelf} shelf
 * @returns {Store & {takeOver: () => Promise<void>}}
 */
function databaseStore(database, shelf) {
  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(room: {acts: IDBObjectStore, values: IDBObjectStore}, give: (result: T) => void) => void} work
   * @returns {Promise<T>} after it is on disk
   */
  function within(mode, work) {
    return new Promise((resolve, reject) => {
      // Strict: a report that was said must outlive a phone whose battery dies in the same second.
      const turn = /** @type {any} */ (database).transaction([ACTS, VALUES], mode, { durability: "strict" });
      /** @type {any} */
      let result;
      turn.oncomplete = () => resolve(result);
      turn.onerror = () => reject(turn.error);
      turn.onabort = () => reject(turn.error || new Error("aborted"));
      work({ acts: turn.objectStore(ACTS), values: turn.objectStore(VALUES) }, (given) => {
        result = given;
      });
    });
  }

  /** @param {IDBRequest} asked @param {(result: any) => void} then */
  const when = (asked, then) => {
    asked.onsuccess = () => then(asked.result);
  };

  /** @param {number} seq the older shelf goes on with the same numbers, should the database fail one day */
  function tellShelf(seq) {
    try {
      shelf.setItem("bridge.seq", String(seq));
    } catch (full) {
      console.warn("seq-not-kept", full);
    }
  }

  return {
    lasting: true,

    read: (link) =>
      within("readonly", ({ acts }, give) => {
        when(acts.index("link").getAll(link), (found) => give(found));
      }),

    async add(link, make) {
      /** @type {Entry} */
      const entry = await within("readwrite", ({ acts, values }, give) => {
        when(values.get("seq"), (last) => {
          const seq = Math.max(Number(last || 0), Number(shelf.getItem("bridge.seq") || "0")) + 1;
          const made = Object.assign(make(seq), { link });
          values.put(seq, "seq");
          when(acts.add(made), (key) => give(Object.assign(made, { key })));
        });
      });
      tellShelf(entry.act.seq);
      return entry;
    },

    change: (entries) =>
      within("readwrite", ({ acts }) => {
        for (const entry of entries) {
          if (entry.key === undefined) continue;
          // Another tab may have put it away meanwhile.
          when(acts.getKey(entry.key), (there) => there !== undefined && acts.put(entry));
        }
      }),

    drop: (entries) =>
      within("readwrite", ({ acts }) => {
        for (const entry of entries) if (entry.key !== undefined) acts.delete(entry.key);
      }),

    value: (name) => within("readonly", ({ values }, give) => when(values.get(name), give)),

    keep: (name, value) =>
      within("readwrite", ({ values }) => {
        if (value === null) values.delete(name);
        else values.put(value, name);
      }),

    async takeOver() {
      const left = onShelf(shelf, "");
      if (left.length === 0) return;
      await within("readwrite", ({ acts, values }) => {
        const newest = Math.max(...left.map(({ entry }) => entry.act.seq));
        when(values.get("seq"), (last) => values.put(Math.max(Number(last || 0), newest), "seq"));
        for (const { entry, link } of left) acts.add(Object.assign(entry, { link }));
      });
      // Only after they are safe: told twice is harmless, lost is not.
      for (const { name } of left) shelf.removeItem(name);
    },
  };
}

/**
 * @param {Shelf} shelf
 * @param {boolean} lasting
 * @returns {Store}
 */
export function shelfStore(shelf, lasting) {
  /** @param {string} link @param {number} seq */
  const named = (link, seq) => "bridge." + link + ".act." + String(seq).padStart(12, "0");
  let last = 0;
  return {
    lasting,

    async read(link) {
      return onShelf(shelf, link).map(({ entry }) => Object.assign(entry, { link, key: entry.act.seq }));
    },

    async add(link, make) {
      last = Math.max(last, Number(shelf.getItem("bridge.seq") || "0")) + 1;
      const entry = Object.assign(make(last), { link, key: last });
      shelf.setItem("bridge.seq", String(last));
      // One name per act: two tabs of one phone add and settle without overwriting each other.
      shelf.setItem(named(link, last), JSON.stringify(entry));
      return entry;
    },

    async change(entries) {
      for (const entry of entries) {
        const name = named(entry.link || "", entry.act.seq);
        if (shelf.getItem(name) !== null) shelf.setItem(name, JSON.stringify(entry));
      }
    },

    async drop(entries) {
      for (const entry of entries) shelf.removeItem(named(entry.link || "", entry.act.seq));
    },

    async value(name) {
      return JSON.parse(shelf.getItem("bridge.value." + name) || "null") || undefined;
    },

    async keep(name, value) {
      if (value === null) shelf.removeItem("bridge.value." + name);
      else shelf.setItem("bridge.value." + name, JSON.stringify(value));
    },
  };
}

/**
 * @param {Shelf} shelf
 * @param {string} wanted a link, or "" for all of them
 * @returns {{name: string, link: string, entry: Entry}[]} in the order they were said; what is broken is passed over
 */
function onShelf(shelf, wanted) {
  const found = [];
  for (let index = 0; index < shelf.length; index++) {
    const name = shelf.key(index) || "";
    const parts = /^bridge\.(.+)\.act\.\d+$/.exec(name);
    const link = parts ? parts[1] || "" : "";
    if (link === "" || (wanted !== "" && link !== wanted)) continue;
    const entry = whole(shelf.getItem(name));
    if (entry) found.push({ name, link, entry });
  }
  return found.sort((one, two) => one.entry.act.seq - two.entry.act.seq);
}

/**
 * @param {string | null} text
 * @returns {Entry | null}
 */
function whole(text) {
  try {
    const entry = JSON.parse(text || "null");
    const isWhole =
      entry && entry.act && typeof entry.act.id === "string" && typeof entry.act.seq === "number" && entry.conference;
    return isWhole ? entry : null;
  } catch (broken) {
    return null;
  }
}
