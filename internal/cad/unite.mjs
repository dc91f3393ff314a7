// The process in which bodies that overlap are united: node unite.mjs. It reads "input" and writes "output" in its folder, both
// as worker.cjs writes its output: the bodies, and one mesh. Exit codes: 2 they cannot be united, 3 memory is used up.
import fs from "node:fs";
const fail = (e) => process.exit(/memory|allocation|OOM/i.test(String(e)) ? 3 : 2);
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

const { default: load } = await import("./manifold.mjs");
const library = await load({ locateFile: () => "./manifold.wasm", print: () => {}, printErr: () => {} });
library.setup();
const { Manifold, Mesh } = library;

const input = fs.readFileSync("input");
let at = 4; // after "BSNM"
const count = () => { const n = input.readUInt32LE(at); at += 4; return n; };
const list = (Kind, n) => { const l = new Kind(input.buffer.slice(input.byteOffset + at, input.byteOffset + at + n * Kind.BYTES_PER_ELEMENT)); at += l.byteLength; return l; };
const bodies = [];
for (let left = count(); left > 0; left--) {
  const name = count();
  at += name;
  const points = new Float32Array(list(Float64Array, 3 * count()));
  bodies.push(Manifold.ofMesh(new Mesh({ numProp: 3, vertProperties: points, triVerts: list(Uint32Array, 3 * count()) })));
}
const united = Manifold.union(bodies);
if (united.status() !== "NoError") process.exit(2);
const mesh = united.getMesh(), size = mesh.numProp, n = mesh.vertProperties.length / size;
const points = new Float64Array(3 * n);
for (let i = 0; i < n; i++) for (let k = 0; k < 3; k++) points[3 * i + k] = mesh.vertProperties[size * i + k];
const out = fs.openSync("output", "wx", 0o600);
const put = (bytes) => { for (let done = 0; done < bytes.length;) done += fs.writeSync(out, bytes, done); };
const raw = (l) => put(new Uint8Array(l.buffer, l.byteOffset, l.byteLength));
const number = (v) => raw(Uint32Array.of(v));
put(Buffer.from("BSNM"));
number(1);
number(0);
number(n);
raw(points);
number(mesh.triVerts.length / 3);
raw(mesh.triVerts);
fs.closeSync(out);
process.exit(0);
