// The worker in which Open CASCADE makes triangles of a STEP or IGES file, in the browser of who looks at the part: the server has
// no Node (decision 59). Its own content policy (package assets) lets the library make functions and compile WebAssembly, and
// reach nothing: it gets the library's binary and the file, and gives back what triangles.cjs writes.
import { fineness, type Found, write } from "../../../cad/triangles.cjs";

/** Work is what the page asks for. */
export interface Work {
  library: string; // address of occt-import-js.js
  binary: ArrayBuffer;
  file: ArrayBuffer;
  kind: string; // "step" or "iges"
}

/** Made is what came of it; first of all the worker says that it is there. */
export type Made = { ready: true } | { triangles: Blob } | { wrong: "unreadable" | "memory" };

interface Library {
  ReadStepFile(file: Uint8Array, fineness: object): { success: boolean; meshes: Found[] };
  ReadIgesFile(file: Uint8Array, fineness: object): { success: boolean; meshes: Found[] };
}
declare function importScripts(url: string): void;
declare function occtimportjs(options: object): Promise<Library>;

const answer = (made: Made) => postMessage(made);

answer({ ready: true });
self.onmessage = (e: MessageEvent<Work>) => {
  convert(e.data).then(answer, (err: unknown) => answer({ wrong: /memory|allocation|OOM/i.test(String(err)) ? "memory" : "unreadable" }));
};

async function convert(work: Work): Promise<Made> {
  importScripts(work.library);
  const library = await occtimportjs({ wasmBinary: work.binary, print: () => undefined, printErr: () => undefined });
  const file = new Uint8Array(work.file);
  const found = work.kind === "iges" ? library.ReadIgesFile(file, fineness) : library.ReadStepFile(file, fineness);
  if (!found.success || found.meshes.length === 0) return { wrong: "unreadable" };
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  write(found.meshes, (bytes) => pieces.push(bytes));
  return { triangles: new Blob(pieces) };
}
