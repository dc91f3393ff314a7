// Files on their way into a folder: dropped on the page, or chosen in its form, sent in parts by the tus protocol,
// each with its progress. A cut is tried again by itself; what was left unfinished goes on when the same file is
// chosen again, after the page was closed too. The server says why it refuses a file, in the language of the page.
import { DetailedError, Upload } from "tus-js-client";

const partBytes = 16 * 1024 * 1024;
const atOnce = 2;

/** Item is a file of the list. */
interface Item {
  file: File;
  url: string | null; // of an upload that was begun before
  upload: Upload | null;
  state: "waiting" | "sending" | "done" | "refused";
  row: HTMLElement;
  bar: HTMLProgressElement;
  words: HTMLElement;
  acts: HTMLElement;
}

/** open makes the page of a folder take files. */
export function open(root: HTMLElement): void {
  const texts = root.dataset;
  const items: Item[] = [];
  const size = sizes(texts["lang"] ?? "fr");
  const page = document.querySelector<HTMLElement>("main") ?? document.body;
  const form = document.querySelector<HTMLInputElement>('input[type="file"][name="upload.files"]')?.form;
  let list: HTMLElement | null = null;
  let end: HTMLElement | null = null;
  let inside = 0;

  // ---- How files come ----

  form?.addEventListener("submit", (e) => {
    const field = form.querySelector<HTMLInputElement>('input[type="file"]');
    if (!field?.files?.length) return; // the server says what is missing
    e.preventDefault();
    e.stopPropagation();
    take([...field.files]);
    form.reset();
    const details = form.closest("details");
    if (details) details.open = false;
    list?.scrollIntoView({ block: "nearest" });
  });
  page.addEventListener("dragenter", (e) => {
    if (!carries(e)) return;
    e.preventDefault();
    inside++;
    over(true);
  });
  page.addEventListener("dragleave", (e) => {
    if (carries(e) && --inside <= 0) over(false);
  });
  page.addEventListener("dragover", (e) => {
    if (carries(e)) e.preventDefault();
  });
  page.addEventListener("drop", (e) => {
    if (!carries(e)) return;
    e.preventDefault();
    over(false);
    take([...(e.dataTransfer?.files ?? [])]);
  });
  window.addEventListener("beforeunload", (e) => {
    if (items.some((x) => x.state === "sending" || x.state === "waiting")) e.preventDefault();
  });

  function carries(e: DragEvent): boolean {
    return e.dataTransfer?.types.includes("Files") ?? false;
  }
  function over(on: boolean): void {
    if (!on) inside = 0;
    root.classList.toggle("over", on);
    root.dataset["over"] = on ? (texts["drop"] ?? "") : "";
  }

  // ---- What is done with them ----

  function take(files: File[]): void {
    for (const file of files) items.push(add(file, begun(file)));
    next();
  }

  /** begun finds the unfinished upload of the same file in the page's list, and takes it off. */
  function begun(file: File): string | null {
    for (const li of root.querySelectorAll<HTMLElement>("li[data-upload]")) {
      const d = li.dataset;
      if (d["name"] !== file.name.normalize("NFC") || d["size"] !== String(file.size) || d["modified"] !== String(file.lastModified)) continue;
      li.remove();
      return d["upload"] ?? null;
    }
    return null;
  }

  function next(): void {
    while (items.filter((x) => x.state === "sending").length < atOnce) {
      const x = items.find((i) => i.state === "waiting");
      if (!x) break;
      send(x);
    }
    if (items.every((x) => x.state === "done" || x.state === "refused")) finish();
  }

  function send(x: Item): void {
    x.state = "sending";
    say(x, texts["sending"]);
    x.acts.replaceChildren(button(texts["abandon"], x.file.name, () => abandon(x)));
    x.upload = new Upload(x.file, {
      endpoint: texts["uploads"] ?? "",
      uploadUrl: x.url,
      chunkSize: partBytes,
      retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000, 30_000],
      storeFingerprintForResuming: false, // the server's own list knows what is unfinished
      metadata: { filename: x.file.name, modified: String(x.file.lastModified) },
      onShouldRetry: (err) => {
        const status = (err as DetailedError).originalResponse?.getStatus() ?? 0;
        const again = status === 0 || status === 409 || status === 429 || status >= 500;
        if (again) say(x, texts["cut"]);
        return again;
      },
      onUploadUrlAvailable: () => (x.url = x.upload?.url ?? null),
      onProgress: (sent, total) => {
        x.bar.value = total > 0 ? sent / total : 0;
        say(x, sent === total ? texts["filing"] : `${size(sent)} / ${size(total)}`);
      },
      onSuccess: () => {
        x.state = "done";
        x.bar.value = 1;
        x.row.classList.add("done");
        x.acts.replaceChildren();
        say(x, texts["done"]);
        next();
      },
      onError: (err) => fail(x, err),
    });
    x.upload.start();
  }

  function fail(x: Item, err: Error | DetailedError): void {
    const answer = err instanceof DetailedError ? err.originalResponse : null;
    const status = answer?.getStatus() ?? 0;
    const lost = status === 0 || status === 401 || status >= 500;
    const why = status === 401 ? texts["signIn"] : lost ? texts["lost"] : answer?.getBody().trim() || texts["refused"];
    x.state = "refused";
    x.row.classList.add("stop");
    say(x, why);
    x.acts.replaceChildren();
    if (lost || status === 423 || status === 409 || status === 429) {
      x.acts.append(
        button(texts["again"], x.file.name, () => {
          x.row.classList.remove("stop");
          x.state = "waiting";
          next();
        }),
      );
    }
    next();
  }

  function abandon(x: Item): void {
    x.state = "done";
    void x.upload?.abort(true).catch(() => undefined); // the server forgets it by itself too
    items.splice(items.indexOf(x), 1);
    x.row.remove();
    if (items.length) next();
    else list?.remove();
  }

  function finish(): void {
    if (items.every((x) => x.state === "done")) {
      if (end) end.textContent = texts["allDone"] ?? "";
      setTimeout(() => location.reload(), 600); // the word is read out before the page goes
      return;
    }
    if (!end) return;
    end.textContent = texts["someRefused"] ?? "";
    if (items.some((x) => x.state === "done")) {
      const link = document.createElement("a");
      link.href = location.href.split("#")[0] ?? "";
      link.textContent = texts["show"] ?? "";
      end.append(" ", link);
    }
  }

  // ---- How it is shown ----

  function add(file: File, url: string | null): Item {
    if (!list?.isConnected) {
      const title = document.createElement("h3");
      title.textContent = texts["title"] ?? "";
      list = document.createElement("div");
      const rows = document.createElement("ul");
      rows.className = "b-list";
      end = document.createElement("p");
      end.setAttribute("role", "status");
      list.append(title, rows, end);
      root.append(list);
    }
    if (end) end.textContent = "";
    const row = document.createElement("li");
    const line = document.createElement("div");
    line.className = "b-line";
    const name = document.createElement("span");
    name.className = "b-break";
    name.textContent = file.name;
    const words = document.createElement("span");
    words.className = "soft small words";
    words.textContent = texts["waiting"] ?? "";
    const acts = document.createElement("span");
    acts.className = "acts";
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.append(name, words, acts);
    row.append(line, bar);
    list.querySelector("ul")?.append(row);
    return { file, url, upload: null, state: "waiting", row, bar, words, acts };
  }
  function say(x: Item, words: string | undefined): void {
    x.words.textContent = words ?? "";
  }
  function button(label: string | undefined, of: string, act: () => void): HTMLButtonElement {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "btn btn-quiet btn-sm";
    b.textContent = label ?? "";
    b.setAttribute("aria-label", `${label ?? ""} – ${of}`);
    b.addEventListener("click", act);
    return b;
  }
}

/** sizes writes bytes as the server does: 1,4 Go. */
function sizes(lang: string): (n: number) => string {
  const units = lang === "en" ? ["B", "kB", "MB", "GB"] : ["o", "ko", "Mo", "Go"];
  const format = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  return (n) => {
    let i = 0;
    for (; n >= 1000 && i < units.length - 1; i++) n /= 1000;
    return `${format.format(n)} ${units[i]}`;
  };
}
