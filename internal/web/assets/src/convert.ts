// Parts of exact surfaces that the server cannot read: the browser makes their triangles and sends them, one part after the other.
// What stands on the page may be swapped meanwhile: its pieces are looked for by the address of the file.
import type { Made, Work } from "./converter";
import { post, sizes } from "./files";

const longest = 5 * 60; // seconds of one file

interface Item {
  url: string;
  texts: DOMStringMap;
  state: "asked" | "queued" | "running" | "sent" | "failed";
  words: string;
  share?: number | undefined; // of what is to be fetched or sent, that has come through
  stop?: (() => void) | undefined;
}

const items = new Map<string, Item>();
let binary: Promise<ArrayBuffer> | undefined; // of the library, for all files of the page

/** open begins with what stands on the page, and with what is swapped in later. */
export function open(): void {
  scan();
  document.addEventListener("htmx:after:swap", scan);
}

function scan(): void {
  for (const el of document.querySelectorAll<HTMLElement>("[data-converting]")) {
    const texts = { ...el.dataset };
    const url = texts["converting"] ?? "";
    let x = items.get(url);
    if (!x || x.state === "sent") {
      x = { url, texts, state: texts["auto"] === "true" && !x ? "queued" : "asked", words: "" };
      items.set(url, x);
    }
    el.querySelector("[data-plain]")?.setAttribute("hidden", "");
    el.querySelector("[data-live]")?.removeAttribute("hidden");
    show(x);
  }
  next();
}

function next(): void {
  if ([...items.values()].some((x) => x.state === "running")) return;
  const x = [...items.values()].find((i) => i.state === "queued");
  if (!x) return;
  x.state = "running";
  void run(x).then(
    () => {
      x.state = "sent";
      say(x, x.texts["sent"]);
      if (document.getElementById("list")) document.body.dispatchEvent(new Event("bassin:converted"));
      else location.reload();
    },
    (err: unknown) => {
      x.state = "failed";
      say(x, err instanceof Refused ? err.message : x.texts["lost"]);
    },
  ).finally(next);
}

/** Refused is why a file was not converted, in words for who sent it. */
class Refused extends Error {}

async function run(x: Item): Promise<void> {
  const { texts } = x;
  const control = new AbortController();
  x.stop = () => control.abort(new Refused(texts["stopped"]));
  try {
    say(x, texts["loading"]);
    binary ??= fetched(texts["binary"] ?? "", control.signal, () => undefined);
    const wasm = await binary.catch((err: unknown) => {
      binary = undefined; // to be tried again
      throw err;
    });
    const file = await fetched(x.url, control.signal, (have, all) => say(x, `${texts["fetching"] ?? ""} ${progress(x, have, all)}`, have / all));
    const triangles = await read(x, wasm, file, control.signal);
    say(x, texts["sending"]);
    const said = await post(texts["to"] ?? "", triangles, texts["lang"] ?? "fr", (have, all) => say(x, `${texts["sending"] ?? ""} ${progress(x, have, all)}`, have / all), control.signal);
    if (said.status >= 300 && said.detail && said.status < 500) throw new Refused(said.detail);
    if (said.status !== 200) throw new Error(`${said.status}`);
  } finally {
    x.stop = undefined;
  }
}

function progress(x: Item, have: number, all: number): string {
  const size = sizes(x.texts["lang"] ?? "fr");
  return `${size(have)} / ${size(all)}`;
}

/** fetched gives the bytes at an address, and tells how many have come. */
async function fetched(url: string, signal: AbortSignal, tell: (have: number, all: number) => void): Promise<ArrayBuffer> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) throw new Error(`${response.status}`);
  const all = Number(response.headers.get("Content-Length") ?? 0);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let have = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { value, done } = await reader.read();
    if (done) break;
    pieces.push(value);
    have += value.length;
    if (all > 0) tell(Math.min(have, all), all);
  }
  return new Blob(pieces).arrayBuffer();
}

/** read has a worker make the triangles; it is ended when it lasts too long. */
function read(x: Item, wasm: ArrayBuffer, file: ArrayBuffer, signal: AbortSignal): Promise<Blob> {
  const { texts } = x;
  const worker = new Worker(texts["worker"] ?? "");
  let seconds = 0;
  let ready = false; // before, an error is that its script did not come
  say(x, texts["reading"]);
  return new Promise<Blob>((done, fail) => {
    const tick = setInterval(() => {
      say(x, `${texts["reading"] ?? ""} ${++seconds} s`);
      if (seconds >= longest) end(() => fail(new Refused(texts["tooLong"])));
    }, 1000);
    const end = (then: () => void): void => {
      clearInterval(tick);
      worker.terminate();
      then();
    };
    signal.addEventListener("abort", () => end(() => fail(signal.reason as Error)));
    worker.onerror = () => end(() => fail(ready ? new Refused(texts["memory"]) : new Error("no worker")));
    worker.onmessage = (e: MessageEvent<Made>) => {
      const made = e.data;
      if ("ready" in made) {
        ready = true;
        return;
      }
      end(() => ("triangles" in made ? done(made.triangles) : fail(new Refused(texts[made.wrong]))));
    };
    const work: Work = { library: texts["library"] ?? "", binary: wasm, file, kind: texts["kind"] ?? "" };
    worker.postMessage(work, [file]);
  });
}

function say(x: Item, words: string | undefined, share?: number): void {
  x.words = words ?? "";
  x.share = share;
  show(x);
}

/** show writes what is known of a file into the piece of the page that stands for it. */
function show(x: Item): void {
  for (const el of document.querySelectorAll<HTMLElement>(`[data-converting="${CSS.escape(x.url)}"]`)) {
    const words = el.querySelector<HTMLElement>("[data-words]");
    if (words && x.words !== "") words.textContent = x.words;
    const bar = el.querySelector("progress");
    if (bar) {
      bar.hidden = x.state !== "running";
      if (x.share === undefined) bar.removeAttribute("value");
      else bar.value = x.share;
    }
    const button = el.querySelector<HTMLButtonElement>("button");
    if (!button) continue;
    button.hidden = x.state === "sent" || x.state === "queued";
    button.textContent = x.texts[x.state === "running" ? "stop" : x.state === "failed" ? "again" : "start"] ?? "";
    button.onclick = () => {
      if (x.state === "running") x.stop?.();
      else {
        x.state = "queued";
        next();
        show(x);
      }
    };
  }
}
