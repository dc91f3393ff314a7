// The tools of the view of a part: colours by thickness and overhang, a cut, layers, measures, a face that must come out well.
// What they compute is in model_shape.ts. Words are those of data-words; data-thickness is the address of how thick the part is,
// data-factor what makes millimetres of the file's unit, data-least the wall and data-lean the angle that they begin with.
import * as THREE from "three";
import type { Stage } from "./model";
import { Around, asFile, boxOf, circle, cut, distance, fieldOf, frameOf, over, quality, thinner } from "./model_shape";
import type { Field, Frame, Vec } from "./model_shape";

type Words = Record<string, string>;
type Mode = "plain" | "thickness" | "overhang" | "section" | "layers" | "measure" | "face";

const colours: Mode[] = ["plain", "thickness", "overhang", "section", "layers", "measure", "face"];
const heights = [0.05, 0.1, 0.15, 0.2, 0.3]; // of layers, in millimetres
const roughLayer = 0.2; // layer by which the steps of a face are told
const smooth = 15; // degrees by which neighbours of one face turn at most
const mostMM = 20; // thickness that is told apart: twice what the slider goes to, so that what lies beside it blends
const nearMM = 0.1; // what lies so near to the plate stands on it

/** tools puts the tools below the view. */
export function tools(stage: Stage, words: Words): void {
  const lang = stage.root.dataset["lang"];
  const factor = Number(stage.root.dataset["factor"] ?? 1);
  const decimals = (most: number): Intl.NumberFormat => new Intl.NumberFormat(lang, { maximumFractionDigits: most });
  const format = (mm: number): string => decimals(mm < 10 ? 2 : 1).format(mm);
  const word = (key: string, values: Words = {}): string => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");

  const uniforms = {
    uMode: { value: 0 },
    uField: { value: null as any },
    uLeast: { value: new THREE.Vector3() },
    uSide: { value: new THREE.Vector3(1, 1, 1) },
    uThin: { value: 1 },
    uLean: { value: Math.SQRT1_2 },
    uBottom: { value: 0 },
    uNear: { value: nearMM / factor },
    uCap: { value: new THREE.Color() },
    uCut: { value: 0 },
  };
  const plane = new THREE.Plane();
  const outline = new THREE.LineSegments(new THREE.BufferGeometry(), new THREE.LineBasicMaterial({ depthTest: false }));
  outline.renderOrder = 2;
  outline.visible = false;
  const dots = new THREE.Points(new THREE.BufferGeometry(), new THREE.PointsMaterial({ color: "#c62f22", size: 9, sizeAttenuation: false, depthTest: false }));
  const rule = new THREE.Line(new THREE.BufferGeometry(), new THREE.LineBasicMaterial({ color: "#c62f22", depthTest: false }));
  dots.renderOrder = rule.renderOrder = 3;
  dots.visible = rule.visible = false;
  stage.laid.add(outline, dots, rule);

  let mode: Mode = "plain";
  let frame: Frame = asFile;
  let box = boxOf(stage.shape, frame);
  let axis = 2;
  let field: Field | null = null;
  let marked: Vec[] = [];
  let around: Around | null = null;
  let chosen: any = null; // the face that is shown

  stage.coat = (material) => {
    material.onBeforeCompile = (shader: any) => weave(shader, uniforms);
    material.clippingPlanes = mode === "section" || mode === "layers" ? [plane] : [];
    const style = getComputedStyle(stage.root);
    uniforms.uCap.value.set(style.getPropertyValue("--b-model-cap").trim() || "#d59b2d");
    outline.material.color.set(style.getPropertyValue("--b-model-line").trim() || "#222222");
  };
  stage.renderer.localClippingEnabled = true;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-mark]")) button.addEventListener("click", () => void choose("plain"));

  const bar = element("div", "b-viewer");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", word("tools"));
  const buttons = new Map<Mode, HTMLButtonElement>();
  const row = element("div", "b-seg b-tool-row");
  for (const m of colours) {
    if (m === "thickness" && !stage.root.dataset["thickness"]) continue;
    const b = element("button", "") as HTMLButtonElement;
    b.type = "button";
    b.textContent = word(m);
    b.setAttribute("aria-pressed", String(m === mode));
    b.addEventListener("click", () => void choose(m));
    buttons.set(m, b);
    row.append(b);
  }
  const panel = element("div", "b-tool");
  const said = element("p", "small b-tool-said");
  said.setAttribute("aria-live", "polite");
  bar.append(row, panel, said);
  stage.canvas.after(bar);

  const shown = (): void => {
    const fresh = document.querySelectorAll<HTMLButtonElement>("[data-lay][hidden]");
    fresh.forEach(lay);
    if (fresh.length > 0) qualities();
  };
  shown();
  new MutationObserver(shown).observe(document.querySelector("main") ?? document.body, { childList: true, subtree: true }); // placements come later

  let down: { x: number; y: number } | null = null;
  stage.canvas.addEventListener("pointerdown", (e) => (down = { x: e.clientX, y: e.clientY }));
  stage.canvas.addEventListener("pointerup", (e) => {
    const r = stage.canvas.getBoundingClientRect();
    if (down && Math.hypot(e.clientX - down.x, e.clientY - down.y) < 5) pick(((e.clientX - r.left) / r.width) * 2 - 1, 1 - ((e.clientY - r.top) / r.height) * 2);
    down = null;
  });
  stage.canvas.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || (mode !== "measure" && mode !== "face")) return;
    e.preventDefault();
    pick(0, 0); // the middle of the view
  });

  async function choose(to: Mode): Promise<void> {
    mode = to;
    for (const [m, b] of buttons) b.setAttribute("aria-pressed", String(m === to));
    panel.replaceChildren();
    said.textContent = "";
    marked = [];
    dots.visible = rule.visible = outline.visible = false;
    uniforms.uMode.value = 0;
    uniforms.uCut.value = 0;
    stage.marks.visible = to === "plain";
    stage.canvas.classList.toggle("aim", to === "measure" || to === "face");
    switch (to) {
      case "thickness":
        await showThickness();
        break;
      case "overhang":
        showOverhang();
        break;
      case "section":
        showSection();
        break;
      case "layers":
        showLayers();
        break;
      case "measure":
        said.textContent = word("measure_help");
        break;
      case "face":
        said.textContent = word("face_help");
        break;
    }
    stage.paint();
  }

  async function showThickness(): Promise<void> {
    if (!field) {
      said.textContent = word("loading");
      const answer = await fetch(stage.root.dataset["thickness"] ?? "");
      field = answer.ok ? fieldOf(await answer.arrayBuffer(), stage.middle) : null;
      if (mode !== "thickness") return;
      if (!field) {
        said.textContent = word("failed");
        return;
      }
      const [x, y, z] = field.count;
      const half = new Uint16Array(field.cells.length);
      for (let i = 0; i < half.length; i++) half[i] = THREE.DataUtils.toHalfFloat(Math.min((field.cells[i] ?? 0) * factor, mostMM));
      const texture = new THREE.Data3DTexture(half, x, y, z);
      texture.format = THREE.RedFormat;
      texture.type = THREE.HalfFloatType;
      texture.minFilter = texture.magFilter = THREE.LinearFilter;
      texture.unpackAlignment = 1;
      texture.needsUpdate = true;
      uniforms.uField.value = texture;
      uniforms.uLeast.value.set(...field.least);
      uniforms.uSide.value.set(x * field.cell, y * field.cell, z * field.cell);
    }
    const tell = (mm: number): void => {
      uniforms.uMode.value = 1;
      uniforms.uThin.value = mm;
      if (field) said.textContent = word("thin_said", { mm: format(mm), percent: decimals(1).format(100 * thinner(field, mm / factor)) });
      stage.draw();
    };
    panel.append(slider(word("thin"), 0.2, 10, 0.1, Number(stage.root.dataset["least"] ?? 1), (mm) => `${format(mm)} mm`, tell), ramp("0", word("thin_end")));
  }

  function showOverhang(): void {
    const tell = (degrees: number): void => {
      uniforms.uMode.value = 2;
      uniforms.uLean.value = Math.sin((degrees * Math.PI) / 180);
      uniforms.uBottom.value = box.least[2];
      const mm2 = over(stage.shape, frame.z, box.least[2], nearMM / factor, degrees) * factor * factor;
      said.textContent = word("over_said", { degrees: String(degrees), cm2: decimals(2).format(mm2 / 100) });
      stage.draw();
    };
    stage.look(1, -0.7, 1.3); // what hangs over is seen from below
    panel.append(slider(word("lean"), 0, 89, 1, Number(stage.root.dataset["lean"] ?? 45), (d) => `${d}°`, tell), ramp(word("lean_from"), word("lean_to")));
  }

  function showSection(): void {
    uniforms.uCut.value = 1;
    const select = element("select", "form-select form-select-sm") as HTMLSelectElement;
    select.setAttribute("aria-label", word("axis"));
    ["X", "Y", "Z"].forEach((name, i) => select.append(new Option(name, String(i), i === axis, i === axis)));
    const place = element("div", "");
    const fill = (): void => {
      const [from, to] = [box.least[axis] ?? 0, box.most[axis] ?? 0];
      place.replaceChildren(slider(word("at"), 0, to - from, (to - from) / 200, (to - from) / 2, (d) => `${format(d * factor)} mm`, (d) => slice(axis, from + d, "cut_said", { mm: format(d * factor) })));
    };
    select.addEventListener("change", () => {
      axis = Number(select.value);
      fill();
    });
    panel.append(select, place);
    fill();
  }

  function showLayers(): void {
    uniforms.uCut.value = 1;
    const select = element("select", "form-select form-select-sm") as HTMLSelectElement;
    select.setAttribute("aria-label", word("layer_height"));
    for (const h of heights) select.append(new Option(`${format(h)} mm`, String(h), h === roughLayer, h === roughLayer));
    const place = element("div", "");
    const fill = (): void => {
      const h = Number(select.value) / factor;
      const count = Math.max(1, Math.ceil((box.most[2] - box.least[2]) / h - 1e-6));
      const tell = (n: number): void => slice(2, box.least[2] + (n - 0.5) * h, "layer_said", { n: String(n), count: String(count), mm: format(n * h * factor) });
      place.replaceChildren(slider(word("layer"), 1, count, 1, Math.ceil(count / 2), (n) => `${n} / ${count}`, tell));
    };
    select.addEventListener("change", fill);
    panel.append(select, place);
    fill();
  }

  /** slice takes away what is above a plane and draws the outline there. */
  function slice(along: number, at: number, key: string, values: Words): void {
    const normal = [frame.x, frame.y, frame.z][along] ?? frame.z;
    const world = new THREE.Vector3(...normal).applyQuaternion(stage.laid.getWorldQuaternion(new THREE.Quaternion()));
    plane.set(world.negate(), at);
    const c = cut(stage.shape, normal, at);
    outline.geometry.dispose();
    outline.geometry = new THREE.BufferGeometry();
    outline.geometry.setAttribute("position", new THREE.Float32BufferAttribute(c.lines, 3));
    outline.visible = true;
    said.textContent = word(key, { ...values, cm2: decimals(2).format((c.area * factor * factor) / 100), length: decimals(1).format((c.length * factor) / 10) });
    stage.draw();
  }

  /** pick takes what is seen at a place of the view, from −1 to 1. */
  function pick(x: number, y: number): void {
    if (mode !== "measure" && mode !== "face") return;
    const ray = new THREE.Raycaster();
    ray.setFromCamera(new THREE.Vector2(x, y), stage.camera);
    stage.laid.updateWorldMatrix(true, true);
    const hit = ray.intersectObjects(stage.meshes, false)[0];
    if (!hit) {
      said.textContent = word("missed");
      return;
    }
    if (mode === "measure") measure(hit);
    else show(hit);
    stage.draw();
  }

  function measure(hit: any): void {
    if (marked.length === 3) marked = [];
    const at = stage.laid.worldToLocal(hit.point.clone());
    marked.push([at.x, at.y, at.z]);
    const points = marked.map((p) => new THREE.Vector3(...p));
    dots.geometry.setFromPoints(points);
    rule.geometry.dispose();
    rule.geometry = new THREE.BufferGeometry().setFromPoints(points);
    dots.geometry.attributes.position.needsUpdate = true;
    dots.visible = true;
    rule.visible = points.length > 1;
    const [a, b, c] = marked;
    if (a && b && c) said.textContent = word("measure_circle", { mm: format(circle(a, b, c) * factor) });
    else if (a && b) {
      const apart = a.map((v, k) => Math.abs(v - (b[k] ?? 0)) * factor);
      said.textContent = word("measure_two", { mm: format(distance(a, b) * factor), x: format(apart[0] ?? 0), y: format(apart[1] ?? 0), z: format(apart[2] ?? 0) });
    } else if (a) {
      const normal = hit.face.normal.clone().transformDirection(hit.object.matrixWorld);
      const inward = new THREE.Raycaster(hit.point.clone().addScaledVector(normal, -1e-4 * stage.camera.near), normal.clone().negate());
      const behind = inward.intersectObjects(stage.meshes, false).find((h: any) => h.distance > 1e-3 * stage.camera.near);
      const values = { x: format((a[0] + stage.middle[0]) * factor), y: format((a[1] + stage.middle[1]) * factor), z: format((a[2] + stage.middle[2]) * factor) };
      said.textContent = behind ? word("measure_one", { ...values, mm: format(behind.distance * factor) }) : word("measure_point", values);
    }
  }

  /** show marks the face that was picked, and tells how it comes out as the part lies in each way. */
  function show(hit: any): void {
    around ??= new Around(stage.shape);
    let first = 0;
    for (const o of stage.meshes) {
      if (o === hit.object) break;
      first += (o.geometry.index ? o.geometry.index.count : o.geometry.attributes.position.count) / 3;
    }
    const list = around.face(first + hit.faceIndex, smooth);
    const points = new Float32Array(9 * list.length);
    list.forEach((t, i) => {
      for (let k = 0; k < 3; k++) {
        const v = stage.shape.corners[3 * t + k] ?? 0;
        points.set(stage.shape.points.subarray(3 * v, 3 * v + 3), 9 * i + 3 * k);
      }
    });
    if (chosen) stage.laid.remove(chosen);
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute("position", new THREE.Float32BufferAttribute(points, 3));
    chosen = new THREE.Mesh(geometry, new THREE.MeshBasicMaterial({ color: "#d9822b", side: THREE.DoubleSide, polygonOffset: true, polygonOffsetFactor: -2, polygonOffsetUnits: -2 }));
    chosen.userData["face"] = list;
    stage.laid.add(chosen);
    const here = quality(stage.shape, list, frame.z, box.least[2], nearMM / factor);
    said.textContent = `${word("face_area", { cm2: decimals(2).format((here.area * factor * factor) / 100) })} ${told(here)}`;
    qualities();
  }

  function told(q: { steps: number; over: number }): string {
    return word("face_said", { um: decimals(0).format((roughLayer * q.steps * 1000) / 4), percent: decimals(0).format(100 * q.over) });
  }

  /** qualities tells at each placement how the chosen face comes out. */
  function qualities(): void {
    if (!chosen) return;
    for (const p of document.querySelectorAll<HTMLElement>("[data-quality]")) {
      const f = frameOf(upOf(p.dataset["quality"]));
      p.textContent = `${word("face_here")} ${told(quality(stage.shape, chosen.userData["face"], f.z, boxOf(stage.shape, f).least[2], nearMM / factor))}`;
      p.hidden = false;
    }
  }

  /** lay makes a button turn the part as a placement has it. */
  function lay(button: HTMLButtonElement): void {
    button.hidden = false;
    button.addEventListener("click", () => {
      frame = frameOf(upOf(button.dataset["lay"]));
      box = boxOf(stage.shape, frame);
      const m = new THREE.Matrix4().makeBasis(new THREE.Vector3(...frame.x), new THREE.Vector3(...frame.y), new THREE.Vector3(...frame.z)).transpose();
      stage.laid.quaternion.setFromRotationMatrix(m);
      stage.laid.updateMatrixWorld(true);
      void choose(mode === "face" || mode === "measure" ? "overhang" : mode === "plain" ? "overhang" : mode);
      stage.canvas.scrollIntoView({ block: "center" });
      stage.canvas.focus({ preventScroll: true });
    });
  }
}

function upOf(text: string | undefined): Vec {
  const [x, y, z] = (text ?? "").split(" ").map(Number);
  return [x ?? 0, y ?? 0, z ?? 1];
}

function element(name: string, className: string): HTMLElement {
  const e = document.createElement(name);
  e.className = className;
  return e;
}

let sliders = 0;

/** slider is a range with its label and its value beside it; tell is called with the first value too. */
function slider(label: string, from: number, to: number, step: number, value: number, format: (v: number) => string, tell: (v: number) => void): HTMLElement {
  const place = element("div", "b-tool-slider");
  const name = element("label", "small") as HTMLLabelElement;
  const input = element("input", "form-range") as HTMLInputElement;
  const shown = element("output", "small");
  input.type = "range";
  input.id = `tool-${++sliders}`;
  name.htmlFor = input.id;
  name.textContent = label;
  input.min = String(from);
  input.max = String(to);
  input.step = String(step);
  input.value = String(value);
  const change = (): void => {
    shown.textContent = format(input.valueAsNumber);
    input.setAttribute("aria-valuetext", shown.textContent);
    tell(input.valueAsNumber);
  };
  input.addEventListener("input", change);
  place.append(name, input, shown);
  change();
  return place;
}

/** ramp is the scale of colours between two words. */
function ramp(from: string, to: string): HTMLElement {
  const p = element("p", "small soft b-ramp");
  const bar = element("span", "");
  bar.setAttribute("aria-hidden", "true");
  p.append(from, bar, to);
  return p;
}

/** weave puts the colours into the program that draws the part. */
function weave(shader: any, uniforms: Record<string, { value: any }>): void {
  Object.assign(shader.uniforms, uniforms);
  shader.vertexShader = shader.vertexShader
    .replace("#include <common>", "#include <common>\nvarying vec3 vPart;\nvarying vec3 vWorld;")
    .replace("#include <begin_vertex>", "#include <begin_vertex>\nvPart = position;\nvWorld = (modelMatrix * vec4(position, 1.0)).xyz;");
  shader.fragmentShader = `precision highp sampler3D;\n${shader.fragmentShader}`
    .replace(
      "#include <common>",
      `#include <common>
varying vec3 vPart;
varying vec3 vWorld;
uniform int uMode;
uniform sampler3D uField;
uniform vec3 uLeast, uSide, uCap;
uniform float uThin, uLean, uBottom, uNear, uCut;
vec3 heat(float t) { return mix(vec3(0.70, 0.09, 0.06), vec3(0.98, 0.80, 0.28), clamp(t, 0.0, 1.0)); }`,
    )
    .replace(
      "#include <color_fragment>",
      `#include <color_fragment>
if (uMode == 1) {
  float thick = texture(uField, (vPart - uLeast) / uSide).r;
  if (thick < uThin) diffuseColor.rgb = heat(thick / uThin);
} else if (uMode == 2) {
  vec3 flatNormal = normalize(cross(dFdx(vWorld), dFdy(vWorld)));
  if (!gl_FrontFacing) flatNormal = -flatNormal;
  float down = -flatNormal.y;
  if (down > 0.99985 && vWorld.y - uBottom < uNear) diffuseColor.rgb = vec3(0.25, 0.45, 0.65);
  else if (down > uLean + 0.001) diffuseColor.rgb = heat((1.0 - down) / max(1.0 - uLean, 0.001));
}`,
    )
    .replace("#include <dithering_fragment>", "#include <dithering_fragment>\nif (uCut > 0.5 && !gl_FrontFacing) gl_FragColor = vec4(uCap, 1.0);");
}
