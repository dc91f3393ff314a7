// What the tools of the view compute from the triangles of a part: its cut by a plane, what leans over, the face around a
// triangle. Pure functions; lengths in the unit of the file, from the middle of the part's box.

/** Shape is all triangles of a part: three numbers a point, three points a triangle. */
export interface Shape {
  points: Float32Array;
  corners: Uint32Array;
}

export type Vec = [number, number, number];

/** Frame is how a part lies: what of its space is right, back and up on the plate. */
export interface Frame {
  x: Vec;
  y: Vec;
  z: Vec;
}

export const asFile: Frame = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] };

const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vec, b: Vec): Vec => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const sub = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const length = (a: Vec): number => Math.hypot(a[0], a[1], a[2]);

/** frameOf lays a direction upward; the others are as mesh/orient has them. */
export function frameOf(up: Vec): Frame {
  const l = length(up) || 1;
  const z: Vec = [up[0] / l, up[1] / l, up[2] / l];
  let x = cross([0, 1, 0], z);
  if (length(x) < 0.1) x = sub([1, 0, 0], [z[0] * z[0], z[0] * z[1], z[0] * z[2]]);
  const n = length(x);
  x = [x[0] / n, x[1] / n, x[2] / n];
  return { x, y: cross(z, x), z };
}

export function point(s: Shape, i: number): Vec {
  return [s.points[3 * i] ?? 0, s.points[3 * i + 1] ?? 0, s.points[3 * i + 2] ?? 0];
}

/** boxOf is the box of a part in a frame. */
export function boxOf(s: Shape, f: Frame): { least: Vec; most: Vec } {
  const least: Vec = [Infinity, Infinity, Infinity];
  const most: Vec = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < s.points.length; i += 3) {
    const p: Vec = [s.points[i] ?? 0, s.points[i + 1] ?? 0, s.points[i + 2] ?? 0];
    [f.x, f.y, f.z].forEach((axis, k) => {
      const d = dot(p, axis);
      least[k] = Math.min(least[k] ?? d, d);
      most[k] = Math.max(most[k] ?? d, d);
    });
  }
  return { least, most };
}

/** Cut is the outline of a part in a plane: pairs of points, the area within and its length. */
export interface Cut {
  lines: number[];
  area: number;
  length: number;
}

/** cut crosses a part with the plane that is so far along an axis. Each triangle gives one segment, with the part on its left, so that the
    area follows without joining them. */
export function cut(s: Shape, axis: Vec, at: number): Cut {
  const c: Cut = { lines: [], area: 0, length: 0 };
  const height = new Float32Array(s.points.length / 3);
  for (let i = 0; i < height.length; i++) height[i] = dot(point(s, i), axis) - at || 1e-12;
  for (let t = 0; t < s.corners.length; t += 3) {
    const of: Vec = [s.corners[t] ?? 0, s.corners[t + 1] ?? 0, s.corners[t + 2] ?? 0];
    const h: Vec = [height[of[0]] ?? 0, height[of[1]] ?? 0, height[of[2]] ?? 0];
    const above = h[0] > 0;
    if (above === h[1] > 0 && above === h[2] > 0) continue;
    const lone = h[1] > 0 === h[2] > 0 ? 0 : above === h[2] > 0 ? 1 : 2; // the corner that is alone on its side
    const cross2 = (k: number): Vec => {
      const a = point(s, of[lone] ?? 0);
      const b = point(s, of[k] ?? 0);
      const part = (h[lone] ?? 0) / ((h[lone] ?? 0) - (h[k] ?? 0));
      return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part];
    };
    let from = cross2((lone + 1) % 3);
    let to = cross2((lone + 2) % 3);
    if ((h[lone] ?? 0) < 0) [from, to] = [to, from];
    c.lines.push(...from, ...to);
    c.area += dot(cross(from, to), axis) / 2;
    c.length += length(sub(to, from));
  }
  c.area = Math.abs(c.area);
  return c;
}

/** Slope is what a triangle has: its area, and how much it looks up, from −1 to 1. */
function slope(s: Shape, t: number, up: Vec): { area: number; up: number; low: number } {
  const [a, b, c] = [point(s, s.corners[t] ?? 0), point(s, s.corners[t + 1] ?? 0), point(s, s.corners[t + 2] ?? 0)];
  const n = cross(sub(b, a), sub(c, a));
  const l = length(n);
  return { area: l / 2, up: l > 0 ? dot(n, up) / l : 0, low: Math.min(dot(a, up), dot(b, up), dot(c, up)) };
}

const level = 0.99985; // cosine of 1°: what leans less and lies at the bottom stands on the plate

/** over is the area that looks down and leans more than so many degrees from the vertical, without what stands on the plate. */
export function over(s: Shape, up: Vec, bottom: number, near: number, degrees: number): number {
  const limit = Math.sin((degrees * Math.PI) / 180);
  let area = 0;
  for (let t = 0; t < s.corners.length; t += 3) {
    const q = slope(s, t, up);
    if (-q.up > limit + 1e-6 && !(-q.up > level && q.low - bottom < near)) area += q.area;
  }
  return area;
}

/** Quality is how a face comes out as the part lies. */
export interface Quality {
  area: number;
  steps: number; // mean over the face of how deep steps are, in layers: 0 upright or level, nearly 1 nearly level
  over: number; // share that looks down and needs support
}

/** quality weighs the triangles of a face. */
export function quality(s: Shape, face: number[], up: Vec, bottom: number, near: number): Quality {
  const q: Quality = { area: 0, steps: 0, over: 0 };
  for (const t of face) {
    const x = slope(s, 3 * t, up);
    const lean = Math.abs(x.up);
    q.area += x.area;
    if (lean < level) q.steps += x.area * lean;
    if (-x.up > Math.SQRT1_2 && !(-x.up > level && x.low - bottom < near)) q.over += x.area;
  }
  if (q.area > 0) {
    q.steps /= q.area;
    q.over /= q.area;
  }
  return q;
}

/** Around finds the triangles that make one face with another: from edge to edge, as long as neighbours turn little. */
export class Around {
  private first: Uint32Array;
  private list: Uint32Array;

  constructor(private s: Shape) {
    this.first = new Uint32Array(s.points.length / 3 + 1);
    for (const v of s.corners) this.first[v + 1] = (this.first[v + 1] ?? 0) + 1;
    for (let i = 1; i < this.first.length; i++) this.first[i] = (this.first[i] ?? 0) + (this.first[i - 1] ?? 0);
    this.list = new Uint32Array(s.corners.length);
    const next = this.first.slice();
    s.corners.forEach((v, k) => {
      const at = next[v] ?? 0;
      this.list[at] = Math.floor(k / 3);
      next[v] = at + 1;
    });
  }

  private normal(t: number): Vec {
    const s = this.s;
    const [a, b, c] = [0, 1, 2].map((k) => point(s, s.corners[3 * t + k] ?? 0)) as [Vec, Vec, Vec];
    const n = cross(sub(b, a), sub(c, a));
    const l = length(n) || 1;
    return [n[0] / l, n[1] / l, n[2] / l];
  }

  /** face gives the triangles around one, of which neighbours turn by no more than so many degrees. */
  face(start: number, degrees: number): number[] {
    const least = Math.cos((degrees * Math.PI) / 180);
    const seen = new Set([start]);
    const list = [start];
    for (let i = 0; i < list.length; i++) {
      const t = list[i] ?? 0;
      const n = this.normal(t);
      const own = [0, 1, 2].map((k) => this.s.corners[3 * t + k] ?? 0);
      own.forEach((v, k) => {
        const other = own[(k + 1) % 3];
        for (let j = this.first[v] ?? 0; j < (this.first[v + 1] ?? 0); j++) {
          const u = this.list[j] ?? 0;
          if (seen.has(u) || ![0, 1, 2].some((c) => this.s.corners[3 * u + c] === other) || dot(this.normal(u), n) < least) continue;
          seen.add(u);
          list.push(u);
        }
      });
    }
    return list;
  }
}

/** circle is the diameter of the circle through three points; 0 when they lie on a line. */
export function circle(a: Vec, b: Vec, c: Vec): number {
  const [u, v, w] = [length(sub(b, c)), length(sub(c, a)), length(sub(a, b))];
  const twice = length(cross(sub(b, a), sub(c, a)));
  return twice > 1e-9 * u * v ? (u * v * w) / twice : 0;
}

export const distance = (a: Vec, b: Vec): number => length(sub(a, b));

/** Field is how thick a part is all over, in cells to look up: see thickness.Field.WriteCloud for the file. */
export interface Field {
  least: Vec; // of the first cell
  cell: number; // side of one
  count: [number, number, number];
  cells: Float32Array;
  samples: Float32Array;
}

const along = 128; // cells along the longest side
const thick = 1e4; // where nothing looks the other way

/** fieldOf reads the file and fills cells: the least of the samples in each, and around them the same, so that no surface falls between. */
export function fieldOf(file: ArrayBuffer, middle: Vec): Field | null {
  const view = new DataView(file);
  if (file.byteLength < 28 || view.getUint32(0, true) !== 0x31485442) return null; // BTH1
  const count = view.getUint32(4, true);
  if (file.byteLength < 28 + 8 * count || count === 0) return null;
  const [x, y, z, side, most] = [8, 12, 16, 20, 24].map((at) => view.getFloat32(at, true)) as [number, number, number, number, number];
  const cell = side / along;
  const raw = new Uint16Array(file, 28, 4 * count);
  const size = [0, 0, 0];
  for (let i = 0; i < raw.length; i++) if (i % 4 < 3) size[i % 4] = Math.max(size[i % 4] ?? 0, raw[i] ?? 0);
  const n = size.map((s) => Math.floor((s / 65534) * along) + 5) as Vec;
  const cells = new Float32Array(n[0] * n[1] * n[2]).fill(thick);
  const samples = new Float32Array(count);
  const filled = new Uint8Array(cells.length);
  let edge: number[] = [];
  for (let i = 0; i < count; i++) {
    const t = raw[4 * i + 3] ?? 65535;
    const value = t === 65535 ? thick : (t / 65534) * most;
    samples[i] = value;
    const at = [0, 1, 2].map((k) => Math.floor(((raw[4 * i + k] ?? 0) / 65534) * along) + 2) as Vec;
    const c = at[0] + n[0] * (at[1] + n[1] * at[2]);
    if (!filled[c]) edge.push(c);
    filled[c] = 1;
    cells[c] = Math.min(cells[c] ?? thick, value);
  }
  for (let pass = 0; pass < 3; pass++) {
    const sums = new Map<number, [number, number]>();
    for (const c of edge) {
      const px = c % n[0];
      const py = Math.floor(c / n[0]) % n[1];
      const pz = Math.floor(c / (n[0] * n[1]));
      for (const [d, ok] of [[-1, px > 0], [1, px < n[0] - 1], [-n[0], py > 0], [n[0], py < n[1] - 1], [-n[0] * n[1], pz > 0], [n[0] * n[1], pz < n[2] - 1]] as [number, boolean][]) {
        if (!ok || filled[c + d]) continue;
        const sum = sums.get(c + d) ?? [0, 0];
        sum[0] += cells[c] ?? 0;
        sum[1]++;
        sums.set(c + d, sum);
      }
    }
    edge = [];
    for (const [c, [sum, of]] of sums) {
      cells[c] = sum / of;
      filled[c] = 1;
      edge.push(c);
    }
  }
  return { least: [x - 2 * cell - middle[0], y - 2 * cell - middle[1], z - 2 * cell - middle[2]], cell, count: n, cells, samples };
}

/** thinner is the share of a part's surface that is thinner than a limit. */
export function thinner(f: Field, limit: number): number {
  let n = 0;
  for (const t of f.samples) if (t < limit) n++;
  return n / f.samples.length;
}
