// Files on their way into a folder: dropped on the page, or chosen in its form, sent in parts by the tus protocol,
// each with its progress. A cut is tried again by itself; what was left unfinished goes on when the same file is
// chosen again, after the page was closed too. The server says why it refuses a file, in the language of the page.
import { DetailedError, Upload } from "tus-js-client";
import { button, fileList, type FileRow, onFiles, sizes } from "./files";

const partBytes = 16 * 1024 * 1024;
const atOnce = 2;

/** Item is a file of the list. */
interface Item extends FileRow {
  file: File;
  url: string | null; // of an upload that was begun before
  upload: Upload | null;
  state: "waiting" | "sending" | "done" | "refused";
}

/** open makes the page of a folder take files. */
export function open(root: HTMLElement): void {
  const texts = root.dataset;
  const items: Item[] = [];
  const size = sizes(texts["lang"] ?? "fr");
  const page = document.querySelector<HTMLElement>("main") ?? document.body;
  const form = document.querySelector<HTMLInputElement>('input[type="file"][name="upload.files"]')?.form;
  const list = fileList(root, texts["title"]);

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
    list.show();
  });
  onFiles(page, over, take);
  window.addEventListener("beforeunload", (e) => {
    if (items.some((x) => x.state === "sending" || x.state === "waiting")) e.preventDefault();
  });

  function over(on: boolean): void {
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
    else list.remove();
  }

  function finish(): void {
    if (items.every((x) => x.state === "done")) {
      list.end(texts["allDone"]);
      setTimeout(() => location.reload(), 600); // the word is read out before the page goes
      return;
    }
    list.end(texts["someRefused"], items.some((x) => x.state === "done") ? texts["show"] : undefined);
  }

  // ---- How it is shown ----

  function add(file: File, url: string | null): Item {
    return { ...list.add(file.name, texts["waiting"]), file, url, upload: null, state: "waiting" };
  }
  function say(x: Item, words: string | undefined): void {
    x.words.textContent = words ?? "";
  }
}
