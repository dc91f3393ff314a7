// The diagram of a plan under the pointer: bars that move and stretch, links drawn from one bar to another. What
// comes of it is sent as the forms of the table below the diagram send it, and the server's answer is shown: its
// diagram, or why it refuses, with the bar where it was.

const svgNS = "http://www.w3.org/2000/svg";
const edge = 7; // how near to its right end a bar is stretched, in pixels
const slack = 4; // what is still a click

/** Bar is a task as it stands in the picture, in pixels of the picture. */
interface Bar {
  el: SVGGraphicsElement;
  url: string;
  number: string;
  title: string;
  start: string;
  finish: string;
  version: string;
  held: string; // "start": it has begun, "both": it is done
  milestone: boolean;
  x: number;
  y: number;
  w: number;
}

/** Move is what the pointer is doing. */
interface Move {
  kind: "move" | "stretch" | "link";
  bar: Bar;
  from: { x: number; y: number };
  end: "start" | "finish"; // of a link
  moved: boolean;
  to?: { start: string; finish: string };
  target?: { bar: Bar; end: "start" | "finish" };
}

/** open makes the diagram in [data-gantt-edit] answer to the pointer. */
export function open(root: HTMLElement): void {
  let now: Move | null = null;
  let busy = false;
  let ghost: SVGElement | null = null;

  root.addEventListener("pointerover", (e) => {
    const bar = !now && !busy ? barOf(e.target) : null;
    if (bar) ends(bar);
  });
  root.addEventListener("pointermove", (e) => {
    if (!now) return hint(e);
    const at = place(e);
    if (!now.moved && Math.hypot(at.x - now.from.x, at.y - now.from.y) < slack) return;
    now.moved = true;
    preview(now, at);
  });
  root.addEventListener("pointerdown", (e) => {
    if (e.button !== 0 || busy || !(e.target instanceof Element)) return;
    const dot = e.target.closest<SVGElement>("[data-end]");
    const bar = barOf(dot ? root.querySelector(`[data-bar="${dot.dataset["of"] ?? ""}"]`) : e.target);
    if (!bar) return;
    e.preventDefault();
    const at = place(e);
    const stretch = !dot && !bar.milestone && at.x > bar.x + bar.w - edge && bar.held !== "both";
    now = { kind: dot ? "link" : stretch ? "stretch" : "move", bar, from: at, end: dot?.dataset["end"] === "start" ? "start" : "finish", moved: false };
    picture()?.setPointerCapture(e.pointerId);
  });
  root.addEventListener("pointerup", () => {
    const done = now;
    stop();
    if (!done) return;
    if (!done.moved) {
      if (done.kind === "move") location.assign(done.bar.url);
    } else if (done.target) {
      void link(done.bar, done.end, done.target.bar, done.target.end);
    } else if (done.to && (done.to.start !== done.bar.start || done.to.finish !== done.bar.finish)) {
      void put(done.bar, done.to);
    }
  });
  root.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && now) stop();
  });

  function stop(): void {
    ghost?.remove();
    ghost = now = null;
    root.classList.remove("g-moving");
  }

  // ---- What there is ----

  function picture(): SVGSVGElement | null {
    return root.querySelector<SVGSVGElement>("svg.chart");
  }
  function box(): HTMLElement | null {
    return root.querySelector<HTMLElement>("[data-gantt]");
  }
  function dayWidth(): number {
    return Number(box()?.dataset["day"]) || 1;
  }
  function place(e: PointerEvent): { x: number; y: number } {
    const r = picture()?.getBoundingClientRect();
    return { x: e.clientX - (r?.left ?? 0), y: e.clientY - (r?.top ?? 0) };
  }
  function barOf(target: EventTarget | null): Bar | null {
    const el = target instanceof Element ? target.closest<SVGGraphicsElement>("[data-version]") : null;
    if (!el) return null;
    const b = el.getBBox();
    const d = el.dataset;
    return {
      el, url: d["bar"] ?? "", number: d["number"] ?? "", title: d["title"] ?? "", start: d["start"] ?? "", finish: d["finish"] ?? "",
      version: d["version"] ?? "", held: d["held"] ?? "", milestone: el.tagName === "path", x: b.x, y: b.y, w: b.width,
    };
  }

  // ---- Days ----

  function day(iso: string): number {
    return Math.round((Date.parse(iso) - Date.parse(box()?.dataset["from"] ?? "")) / 86_400_000);
  }
  function iso(n: number): string {
    return new Date(Date.parse(box()?.dataset["from"] ?? "") + n * 86_400_000).toISOString().slice(0, 10);
  }
  function works(n: number): boolean {
    return box()?.dataset["worked"]?.[n] !== "0"; // beyond the picture nobody knows: the server will
  }
  function worked(from: number, to: number): number {
    let n = 0;
    for (let d = from; d <= to; d++) if (works(d)) n++;
    return n;
  }
  /** shifted is where a bar would lie some days further, on days that are worked and with as many of them. */
  function shifted(bar: Bar, by: number): { start: string; finish: string } {
    let start = day(bar.start) + by;
    if (bar.milestone) return { start: iso(start), finish: iso(day(bar.finish) + by) };
    for (let i = 0; i < 60 && !works(start); i++) start++;
    let left = Math.max(worked(day(bar.start), day(bar.finish)), 1);
    let finish = start;
    for (let i = 0; i < 5000; i++, finish++) if (works(finish) && --left === 0) break;
    return { start: iso(start), finish: iso(finish) };
  }

  // ---- What one sees ----

  /** hint shows by the pointer what a press would do. */
  function hint(e: PointerEvent): void {
    const bar = barOf(e.target);
    if (!bar) return;
    const stretch = !bar.milestone && place(e).x > bar.x + bar.w - edge;
    bar.el.classList.toggle("g-stretch", stretch && bar.held !== "both");
    bar.el.classList.toggle("g-fixed", bar.held === "both" || (bar.held === "start" && !stretch));
  }
  /** ends shows the two dots from which a link is drawn. */
  function ends(bar: Bar): void {
    for (const old of root.querySelectorAll(".g-dot")) old.remove();
    for (const end of bar.milestone ? (["finish"] as const) : (["start", "finish"] as const)) {
      const dot = document.createElementNS(svgNS, "circle");
      const at = { class: "g-dot", r: "5", cy: String(bar.y + (bar.milestone ? 8 : 7)), cx: String(end === "start" ? bar.x - 8 : bar.x + bar.w + 8) };
      for (const [name, value] of Object.entries(at)) dot.setAttribute(name, value);
      dot.dataset["end"] = end;
      dot.dataset["of"] = bar.url;
      const title = document.createElementNS(svgNS, "title");
      title.textContent = root.dataset["edge"] ?? "";
      dot.append(title);
      picture()?.append(dot);
    }
  }
  function preview(m: Move, at: { x: number; y: number }): void {
    root.classList.add("g-moving");
    for (const old of root.querySelectorAll(".g-dot")) old.remove();
    ghost?.remove();
    ghost = document.createElementNS(svgNS, "g");
    if (m.kind === "link") drawLink(m, at);
    else drawBar(m, at);
    picture()?.append(ghost);
  }
  function drawBar(m: Move, at: { x: number; y: number }): void {
    const by = Math.round((at.x - m.from.x) / dayWidth());
    const bar = m.bar;
    if (m.kind === "stretch") {
      let finish = Math.max(day(bar.finish) + by, day(bar.start));
      while (finish > day(bar.start) && !works(finish)) finish--;
      m.to = { start: bar.start, finish: iso(finish) };
    } else if (bar.held === "") m.to = shifted(bar, by);
    else m.to = { start: bar.start, finish: bar.finish };
    const x = day(m.to.start) * dayWidth();
    const w = (day(m.to.finish) + 1) * dayWidth() - x;
    draw("rect", { class: "g-ghost", x: bar.milestone ? x + w - 8 : x, y: bar.y - 2, width: bar.milestone ? 16 : w, height: 18, rx: 2 });
    say(bar.milestone ? x + w + 14 : x + w + 8, bar.y + 12, span(bar, m.to));
  }
  function span(bar: Bar, to: { start: string; finish: string }): string {
    const f = new Intl.DateTimeFormat(root.dataset["lang"], { day: "numeric", month: "short", timeZone: "UTC" });
    const date = (iso: string): string => f.format(new Date(iso));
    if (bar.milestone) return date(to.finish);
    return `${date(to.start)} – ${date(to.finish)} · ${(root.dataset["days"] ?? "").replace("{n}", String(worked(day(to.start), day(to.finish))))}`;
  }
  function drawLink(m: Move, at: { x: number; y: number }): void {
    const x = m.end === "start" ? m.bar.x : m.bar.x + m.bar.w;
    draw("path", { class: "g-ghostlink", d: `M${x} ${m.bar.y + 7}L${at.x} ${at.y}` });
    delete m.target;
    for (const el of root.querySelectorAll("[data-version]")) { // anywhere in the row: bars are small
      const bar = barOf(el);
      if (!bar || bar.url === m.bar.url || at.y < bar.y - 10 || at.y > bar.y + 24) continue;
      const end = m.end === "start" && at.x <= bar.x + bar.w / 2 ? "start" : at.x > bar.x + bar.w / 2 && at.x <= bar.x + bar.w + 12 ? "finish" : "start";
      m.target = { bar, end };
      draw("rect", { class: "g-ghost", x: bar.x - 2, y: bar.y - 2, width: bar.w + 4, height: 18, rx: 2 });
      draw("circle", { class: "g-dot", r: 5, cx: end === "start" ? bar.x : bar.x + bar.w, cy: bar.y + 7 });
      say(at.x + 12, at.y - 6, bar.title);
    }
  }
  function draw(name: string, attributes: Record<string, string | number>): SVGElement {
    const el = document.createElementNS(svgNS, name);
    for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, String(value));
    ghost?.append(el);
    return el;
  }
  function say(x: number, y: number, text: string): void {
    draw("text", { class: "g-lab g-halo", x, y }).textContent = text;
  }

  // ---- What is sent ----

  async function put(bar: Bar, to: { start: string; finish: string }): Promise<void> {
    await send(bar.url + "/bar", {
      "bar.start": to.start, "bar.finish": to.finish, "bar.was_start": bar.start, "bar.was_finish": bar.finish, "bar.version": bar.version,
    });
  }
  async function link(from: Bar, end: "start" | "finish", to: Bar, at: "start" | "finish"): Promise<void> {
    await send(to.url + "/links", { view: "gantt", "link.from": from.number, "link.kind": (end === "start" ? "s" : "f") + (at === "start" ? "s" : "f") });
  }
  async function send(url: string, fields: Record<string, string>): Promise<void> {
    busy = true;
    tell(root.dataset["sent"] ?? "", false);
    root.setAttribute("aria-busy", "true");
    try {
      // The address of the window goes along, so that the answer shows the same one.
      const answer = await fetch(url + location.search, { method: "POST", body: new URLSearchParams({ ...fields, next: location.pathname + location.search }) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok) show(page);
      else tell(reason(page), true);
    } catch {
      tell(root.dataset["lost"] ?? "", true);
    }
    busy = false;
    root.removeAttribute("aria-busy");
  }
  /** show takes over the diagram, its table and the message of a page that the server made. */
  function show(page: Document): void {
    const old = box();
    const right = old?.querySelector(".g-right")?.scrollLeft ?? 0;
    const from = old?.dataset["from"] ?? "";
    for (const selector of ["#gantt", "#table", ".b-toasts", "#ends"]) {
      const fresh = page.querySelector(selector);
      const stale = document.querySelector(selector);
      if (fresh && stale) stale.replaceChildren(...fresh.childNodes);
    }
    const view = root.querySelector(".g-right");
    if (view) view.scrollLeft = right + day(from) * dayWidth();
  }
  /** reason is why the server refuses: beside a field, above the form, or the page's own words. */
  function reason(page: Document): string {
    const fields = [...page.querySelectorAll("[data-errors] li")].map((li) => li.textContent?.replace(/\s+/g, " ").trim() ?? "");
    if (fields.length > 0) return fields.join(" ");
    const top = page.querySelector("[data-errors] strong") ?? page.querySelector("main p") ?? page.querySelector("main h1");
    return top?.textContent?.replace(/\s+/g, " ").trim() ?? root.dataset["lost"] ?? "";
  }
  function tell(text: string, wrong: boolean): void {
    const at = root.querySelector("[data-gantt-say]");
    const note = document.createElement("div");
    note.className = wrong ? "b-note stop b-gap" : "b-note b-gap";
    note.append(text);
    at?.replaceChildren(note);
  }
}
