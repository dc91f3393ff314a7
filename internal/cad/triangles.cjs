// What the process of Node and a person's browser have in common: how fine triangles are, and how they are written. All numbers are
// little-endian: "BSNM", the number of meshes, and of each: the length of its name and the name in UTF-8, the number of points
// and their coordinates as 64-bit floats in millimetres, the number of triangles and their corners as 32-bit whole numbers.
"use strict";

// Finer than the library's defaults: the volume of a part full of arcs is then right to 0.03 %.
exports.fineness = { linearUnit: "millimeter", linearDeflectionType: "bounding_box_ratio", linearDeflection: 0.0005, angularDeflection: 0.3 };

const atOnce = 65536; // numbers

/** write gives the meshes of the library to put, some bytes at a time. */
exports.write = (meshes, put) => {
  const list = (numbers, size, set) => {
    for (let from = 0; from < numbers.length; from += atOnce) {
      const part = numbers.slice(from, from + atOnce), view = new DataView(new ArrayBuffer(size * part.length));
      part.forEach((x, i) => set(view, size * i, x));
      put(new Uint8Array(view.buffer));
    }
  };
  const corners = (numbers) => list(numbers, 4, (view, at, x) => view.setUint32(at, x, true));
  const count = (n) => corners([n]);
  put(new TextEncoder().encode("BSNM"));
  count(meshes.length);
  for (const m of meshes) {
    const name = new TextEncoder().encode(String(m.name || "").slice(0, 200)), points = m.attributes.position.array;
    count(name.length);
    put(name);
    count(points.length / 3);
    list(points, 8, (view, at, x) => view.setFloat64(at, x, true));
    count(m.index.array.length / 3);
    corners(m.index.array);
  }
};
