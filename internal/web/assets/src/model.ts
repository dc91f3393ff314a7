// A part in three dimensions: STL, OBJ, 3MF or glTF, drawn by three.js. It turns under the pointer and by the keyboard;
// its measures stand below as text. Without WebGL, or when the file cannot be read, a sentence stands in its place.
// data-marks holds lines of findings by number, in the unit of the file, for files that the server made (glTF): a
// button [data-mark] turns the part so that they are seen, in the colour of its data-severity, and no others. data-words asks for
// the tools of model_tools.ts.
import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { STLLoader } from "three/addons/loaders/STLLoader.js";
import { OBJLoader } from "three/addons/loaders/OBJLoader.js";
import { ThreeMFLoader } from "three/addons/loaders/3MFLoader.js";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import type { Shape, Vec } from "./model_shape";
import { tools } from "./model_tools";

const step = Math.PI / 12;

/** Stage is what the tools work on. Lengths are those of the file; the middle of the part's box is at its origin. */
export interface Stage {
  root: HTMLElement;
  canvas: HTMLCanvasElement;
  renderer: any;
  camera: any;
  laid: any; // the group that turns the part as it lies; in it the part, Z up
  meshes: any[];
  middle: Vec; // of the box, in the file
  shape: Shape;
  marks: any; // the group of the lines of findings
  look(x: number, y: number, z: number): void; // from there, Y up
  draw(): void;
  paint(): void;
  /** coat changes the material of the part whenever the page's theme changes it. */
  coat: ((material: any) => void) | null;
}

/** open draws the part of [data-model]. */
export async function open(root: HTMLElement): Promise<void> {
  const texts = root.dataset;
  const say = (text: string | undefined): void => {
    const p = document.createElement("p");
    p.className = "soft";
    p.textContent = text ?? "";
    const picture = root.querySelector("img"); // drawn by the server: it stays when nothing else can be
    root.replaceChildren(...(picture ? [picture] : []), p);
  };
  let renderer: any;
  try {
    renderer = new THREE.WebGLRenderer({ antialias: true, alpha: true });
  } catch {
    return say(texts["without"]);
  }
  let part: any;
  try {
    const answer = await fetch(texts["model"] ?? "");
    if (!answer.ok) throw new Error(String(answer.status));
    part = await read(texts["type"] ?? "", await answer.arrayBuffer());
  } catch {
    renderer.dispose();
    return say(texts["broken"]);
  }
  const box = new THREE.Box3().setFromObject(part);
  const size = box.getSize(new THREE.Vector3());
  const radius = size.length() / 2;
  if (!(radius > 0 && Number.isFinite(radius))) {
    renderer.dispose();
    return say(texts["broken"]);
  }
  const middle = box.getCenter(new THREE.Vector3());
  const meshes = settle(part, middle);

  const scene = new THREE.Scene();
  const turned = new THREE.Group(); // files are drawn with z up
  turned.rotation.x = -Math.PI / 2;
  const laid = new THREE.Group();
  laid.add(...meshes);
  turned.add(laid);
  const buttons = new Map([...document.querySelectorAll<HTMLButtonElement>("[data-mark]")].map((b) => [b.dataset["mark"] ?? "", b]));
  const severities = new Map([...buttons].map(([name, b]) => [name, b.dataset["severity"] ?? ""]));
  const found = mark(texts["marks"], middle, severities);
  const marks = new THREE.Group();
  for (const mark of found.values()) marks.add(mark); // there may be none
  laid.add(marks);
  scene.add(turned, new THREE.HemisphereLight(0xffffff, 0x777777, 1.6));
  const lamp = new THREE.DirectionalLight(0xffffff, 1.8);
  const camera = new THREE.PerspectiveCamera(35, 1, radius / 100, radius * 100);
  camera.add(lamp);
  scene.add(camera);

  const canvas: HTMLCanvasElement = renderer.domElement;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", texts["label"] ?? "");
  const facts = document.createElement("p");
  facts.className = "soft small";
  const number = new Intl.NumberFormat(texts["lang"], { maximumFractionDigits: 1 });
  let faces = 0;
  for (const o of meshes) faces += (o.geometry.index ? o.geometry.index.count : o.geometry.attributes.position.count) / 3;
  facts.textContent = `${[size.x, size.y, size.z].map((n) => number.format(n)).join(" × ")} · ${number.format(faces)} ${texts["faces"] ?? ""}`;
  const help = document.createElement("p");
  help.className = "soft small";
  help.textContent = texts["help"] ?? "";
  root.replaceChildren(canvas, ...(texts["faces"] ? [facts] : []), help); // else the page tells its measures itself

  const stage: Stage = { root, canvas, renderer, camera, laid, meshes, middle: [middle.x, middle.y, middle.z], shape: shapeOf(meshes), marks, look, draw, paint, coat: null };
  const controls = new OrbitControls(camera, canvas);
  controls.addEventListener("change", draw);
  const far = (radius * 1.02) / Math.sin((camera.fov * Math.PI) / 360);
  look(1, 0.8, 1.3);

  canvas.addEventListener("keydown", (e) => {
    const at = new THREE.Spherical().setFromVector3(camera.position);
    switch (e.key) {
      case "ArrowLeft": at.theta -= step; break;
      case "ArrowRight": at.theta += step; break;
      case "ArrowUp": at.phi -= step; break;
      case "ArrowDown": at.phi += step; break;
      case "+": case "=": at.radius /= 1.2; break;
      case "-": at.radius *= 1.2; break;
      case "0": e.preventDefault(); return look(1, 0.8, 1.3);
      default: return;
    }
    e.preventDefault();
    at.radius = Math.min(Math.max(at.radius, radius / 10), radius * 50);
    camera.position.setFromSpherical(at.makeSafe());
    camera.lookAt(0, 0, 0);
    controls.update();
    draw();
  });
  // Shown are the findings that are in the way, or the one that was asked for.
  const show = (name: string | null): void => {
    for (const [n, lines] of found) lines.visible = name === null ? severities.get(n) !== "harmless" : n === name;
    for (const [n, b] of buttons) b.setAttribute("aria-pressed", String(n === name));
    draw();
  };
  for (const [name, button] of buttons) {
    const lines = found.get(name);
    if (!lines) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-pressed") === "true") return show(null);
      const to = new THREE.Box3().setFromObject(lines).getCenter(new THREE.Vector3());
      if (to.length() < radius / 1000) to.set(1, 0.8, 1.3);
      look(to.x, to.y + radius / 4, to.z);
      show(name);
      canvas.scrollIntoView({ block: "center" });
      canvas.focus({ preventScroll: true });
    });
  }
  show(null);
  if (texts["words"]) tools(stage, JSON.parse(texts["words"]) as Record<string, string>);
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(root); // fitting makes the root higher: not within what observes it
  let wide = 0;
  new MutationObserver(paint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  fit();
  paint();

  function look(x: number, y: number, z: number): void {
    camera.position.set(x, y, z).setLength(far);
    controls.target.set(0, 0, 0);
    controls.update();
    draw();
  }
  function fit(): void {
    const w = root.clientWidth;
    if (w === wide) return;
    wide = w;
    const h = Math.min(Math.round(w * 0.7), 480);
    renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    renderer.setSize(w, h);
    camera.aspect = w / h;
    camera.updateProjectionMatrix();
    draw();
  }
  /** paint takes the colour of the page's theme. */
  function paint(): void {
    const colour = new THREE.Color(getComputedStyle(root).color);
    for (const o of meshes) {
      o.material = new THREE.MeshStandardMaterial({ color: colour, roughness: 0.7, metalness: 0.1, side: THREE.DoubleSide, flatShading: !o.geometry.attributes.normal });
      stage.coat?.(o.material);
    }
    draw();
  }
  function draw(): void {
    renderer.render(scene, camera);
  }
}

/** settle gives the meshes of a part with their places in their points, from the middle of its box, where 32 bits lose nothing. */
function settle(part: any, middle: any): any[] {
  part.updateMatrixWorld(true);
  const away = new THREE.Matrix4().makeTranslation(-middle.x, -middle.y, -middle.z);
  const list: any[] = [];
  part.traverse((o: any) => {
    if (!o.isMesh) return;
    const shape = o.geometry.clone();
    shape.applyMatrix4(new THREE.Matrix4().multiplyMatrices(away, o.matrixWorld));
    list.push(new THREE.Mesh(shape));
  });
  return list;
}

/** shapeOf puts the triangles of all meshes together. */
function shapeOf(meshes: any[]): Shape {
  let points = 0;
  let corners = 0;
  for (const o of meshes) {
    points += o.geometry.attributes.position.count;
    corners += o.geometry.index ? o.geometry.index.count : o.geometry.attributes.position.count;
  }
  const s: Shape = { points: new Float32Array(3 * points), corners: new Uint32Array(corners) };
  points = corners = 0;
  for (const o of meshes) {
    const { position } = o.geometry.attributes;
    s.points.set(position.array, 3 * points);
    const n = o.geometry.index ? o.geometry.index.count : position.count;
    for (let i = 0; i < n; i++) s.corners[corners + i] = points + (o.geometry.index ? o.geometry.index.array[i] : i);
    points += position.count;
    corners += n;
  }
  return s;
}

/** colours of what is marked, by how grave it is. */
const colours: Record<string, string> = { blocking: "#c62f22", doubtful: "#e0a030", harmless: "#2f8fa3" };

/** mark gives the lines of each finding, which are seen through the part. */
function mark(text: string | undefined, middle: any, severities: Map<string, string>): Map<string, any> {
  const all = new Map<string, any>();
  const list = JSON.parse(text ?? "{}") as Record<string, number[][][]>;
  for (const [name, lines] of Object.entries(list)) {
    const points = lines.flat().map(([x, y, z]) => new THREE.Vector3(x, y, z).sub(middle));
    const colour = new THREE.Color(colours[severities.get(name) ?? ""] ?? colours["blocking"]);
    const shape = new THREE.BufferGeometry().setFromPoints(points);
    const drawn = new THREE.LineSegments(shape, new THREE.LineBasicMaterial({ color: colour, depthTest: false }));
    const dots = new THREE.Points(shape, new THREE.PointsMaterial({ color: colour, size: 5, sizeAttenuation: false, depthTest: false }));
    drawn.renderOrder = dots.renderOrder = 1;
    all.set(name, new THREE.Group().add(drawn, dots));
  }
  return all;
}

/** read gives the part with Z up, in the unit of its file. */
async function read(type: string, bytes: ArrayBuffer): Promise<any> {
  switch (type) {
    case "model/gltf-binary": {
      const scene = (await new GLTFLoader().parseAsync(bytes, "")).scene;
      scene.rotation.x = Math.PI / 2; // glTF has Y up and is in metres
      scene.scale.setScalar(1000);
      return new THREE.Group().add(scene);
    }
    case "model/stl": {
      const shape = new STLLoader().parse(bytes);
      shape.computeVertexNormals();
      return new THREE.Group().add(new THREE.Mesh(shape));
    }
    case "model/obj":
      return new OBJLoader().parse(new TextDecoder().decode(bytes));
    default:
      return new ThreeMFLoader().parse(bytes);
  }
}
