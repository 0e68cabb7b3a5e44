export const ZXING_WASM_VERSION: string;
export const ZXING_WASM_SHA256: string;
export function prepareZXingModule(options: {
  overrides: { locateFile: (path: string) => string };
  fireImmediately: true;
}): Promise<unknown>;
export function readBarcodes(
  input: ImageData | Blob,
  options: { formats: string[]; tryHarder?: boolean; maxNumberOfSymbols?: number },
): Promise<{ isValid: boolean; text: string }[]>;
