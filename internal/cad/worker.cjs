// The process in which Open CASCADE makes triangles of exact surfaces: node worker.cjs step|iges. It reads "input" and writes
// "output" in its folder (triangles.cjs). Exit codes: 2 the file cannot be read, 3 memory is used up.
"use strict";
const fs = require("fs");
const fail = (e) => process.exit(/memory|allocation|OOM/i.test(String(e)) ? 3 : 2);
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

const { fineness, write } = require("./triangles.cjs");
require("./occt-import-js.js")({ locateFile: () => __dirname + "/occt-import-js.wasm", print: () => {}, printErr: () => {} }).then((occt) => {
  const read = process.argv[2] === "iges" ? occt.ReadIgesFile : occt.ReadStepFile;
  const found = read(new Uint8Array(fs.readFileSync("input")), fineness);
  if (!found.success) process.exit(2);
  const out = fs.openSync("output", "wx", 0o600);
  write(found.meshes, (bytes) => { for (let at = 0; at < bytes.length;) at += fs.writeSync(out, bytes, at); });
  fs.closeSync(out);
  process.exit(0);
}).catch(fail);
