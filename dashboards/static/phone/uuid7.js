/**
 * The name of an act: a UUIDv7, made on the phone, by which a report sent twice counts once.
 *
 * @file
 */

/**
 * @param {number} at_ms
 * @param {(room: Uint8Array<ArrayBuffer>) => void} fill random bytes; `crypto.randomUUID` is too young for these phones
 * @returns {string}
 */
export function uuid7(at_ms, fill) {
  const bytes = new Uint8Array(16);
  fill(bytes);
  let left = at_ms;
  for (let place = 5; place >= 0; place--) {
    bytes[place] = left % 256;
    left = Math.floor(left / 256);
  }
  // Where RFC 9562 wants the version and the variant.
  bytes.set([0x70 | ((bytes[6] || 0) & 0x0f)], 6);
  bytes.set([0x80 | ((bytes[8] || 0) & 0x3f)], 8);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
