/**
 * Reads QR codes from a picture: with the phone's own reader, else with one that we bring.
 *
 * @file
 */

/** @typedef {(picture: HTMLCanvasElement) => Promise<string[]>} Reader what stands in the codes of a picture */

/** @type {Promise<Reader> | null} */
let ready = null;

/** @returns {Promise<Reader>} fetched once; rejects where neither can be had (an old phone, no network the first time) */
export function readerOf() {
  if (ready === null) {
    ready = phonesOwn().then((own) => own || ours());
    ready.catch(() => {
      ready = null;
    });
  }
  return ready;
}

/** @returns {Promise<Reader | null>} */
async function phonesOwn() {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  if (!Detector) return null;
  try {
    if (!(await Detector.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new Detector({ formats: ["qr_code"] });
    return async (picture) => (await detector.detect(picture)).map((/** @type {any} */ found) => found.rawValue);
  } catch (broken) {
    // Some phones have the name and not the thing.
    console.warn("no-detector", broken);
    return null;
  }
}

/** @returns {Promise<Reader>} */
async function ours() {
  const zxing = await import("../zxing/reader.mjs");
  await zxing.prepareZXingModule({
    overrides: { locateFile: () => "/p/zxing.wasm?v=" + zxing.ZXING_WASM_VERSION },
    fireImmediately: true,
  });
  return async (picture) => {
    const drawn = picture.getContext("2d");
    if (drawn === null) return [];
    const seen = drawn.getImageData(0, 0, picture.width, picture.height);
    const found = await zxing.readBarcodes(seen, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 4 });
    return found.filter((each) => each.isValid).map((each) => each.text);
  };
}

/**
 * @param {CanvasImageSource} source @param {number} width @param {number} height of the source
 * @param {number} longest how many pixels suffice for its longer side
 * @param {HTMLCanvasElement} [canvas]
 * @returns {HTMLCanvasElement}
 */
export function drawn(source, width, height, longest, canvas = document.createElement("canvas")) {
  const scale = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", /** @type {any} */ ({ willReadFrequently: true }));
  if (context) /** @type {CanvasRenderingContext2D} */ (context).drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * @param {File} file a photograph
 * @returns {Promise<string[]>} what stands in its codes; small first, because a large one takes seconds
 */
export async function readPhotograph(file) {
  const reader = await readerOf();
  const picture = await pictureOf(file);
  for (const longest of [1000, 2400]) {
    const found = await reader(drawn(picture.source, picture.width, picture.height, longest));
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * @param {File} file
 * @returns {Promise<{source: CanvasImageSource, width: number, height: number}>}
 */
async function pictureOf(file) {
  if ("createImageBitmap" in window) {
    const source = await window.createImageBitmap(file);
    return { source, width: source.width, height: source.height };
  }
  const image = new Image();
  await new Promise((resolve, reject) => {
    const words = new FileReader();
    words.onload = () => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = String(words.result);
    };
    words.onerror = reject;
    words.readAsDataURL(file);
  });
  return { source: image, width: image.naturalWidth, height: image.naturalHeight };
}
