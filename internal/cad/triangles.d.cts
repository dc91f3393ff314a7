/** Found is a mesh as occt-import-js gives it. */
export interface Found {
  name?: string;
  attributes: { position: { array: number[] } };
  index: { array: number[] };
}
export const fineness: object;
export function write(meshes: Found[], put: (bytes: Uint8Array<ArrayBuffer>) => void): void;
