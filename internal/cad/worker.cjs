// The process in which Open CASCADE makes triangles of exact surfaces: node worker.cjs step|iges. It reads "input" and writes
// "output" in its folder, all numbers little-endian: "BSNM", the number of meshes, and of each: the length of its name and the
// name in UTF-8, the number of points and their coordinates as 64-bit floats in millimetres, the number of triangles and their
// corners as 32-bit whole numbers. Exit codes: 2 the file cannot be read, 3 memory is used up.
"use strict";
const fs = require("fs");
const fail = (e) => process.exit(/memory|allocation|OOM/i.test(String(e)) ? 3 : 2);
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

require("./occt-import-js.js")({ locateFile: () => __dirname + "/occt-import-js.wasm", print: () => {}, printErr: () => {} }).then((occt) => {
  const read = process.argv[2] === "iges" ? occt.ReadIgesFile : occt.ReadStepFile;
  // Finer than its defaults: the volume of a part full of arcs is then right to 0.03 %.
  const found = read(new Uint8Array(fs.readFileSync("input")), { linearUnit: "millimeter", linearDeflectionType: "bounding_box_ratio", linearDeflection: 0.0005, angularDeflection: 0.3 });
  if (!found.success) process.exit(2);
  const out = fs.openSync("output", "wx", 0o600);
  const put = (bytes) => { for (let at = 0; at < bytes.length;) at += fs.writeSync(out, bytes, at); };
  const count = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); put(b); };
  const list = (l, size, write) => {
    for (let from = 0; from < l.length; from += 65536) {
      const part = l.slice(from, from + 65536), b = Buffer.alloc(size * part.length);
      part.forEach((x, i) => write(b, x, size * i));
      put(b);
    }
  };
  put(Buffer.from("BSNM"));
  count(found.meshes.length);
  for (const m of found.meshes) {
    const name = Buffer.from(String(m.name || "").slice(0, 200)), points = m.attributes.position.array, corners = m.index.array;
    count(name.length);
    put(name);
    count(points.length / 3);
    list(points, 8, (b, x, at) => b.writeDoubleLE(x, at));
    count(corners.length / 3);
    list(corners, 4, (b, x, at) => b.writeUInt32LE(x, at));
  }
  fs.closeSync(out);
  process.exit(0);
}).catch(fail);
