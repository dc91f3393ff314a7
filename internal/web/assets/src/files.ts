// What pages that take files have in common: files that are dropped, and a list of those on their way.

/** FileRow is the line of a file in the list. */
export interface FileRow {
  row: HTMLElement;
  name: HTMLElement;
  words: HTMLElement;
  acts: HTMLElement;
  bar: HTMLProgressElement;
}

/** onFiles calls over while files are held above a page, and take when they are dropped. */
export function onFiles(page: HTMLElement, over: (on: boolean) => void, take: (files: File[]) => void): void {
  let inside = 0;
  const carries = (e: DragEvent) => e.dataTransfer?.types.includes("Files") ?? false;
  const leave = () => {
    inside = 0;
    over(false);
  };
  page.addEventListener("dragenter", (e) => {
    if (!carries(e)) return;
    e.preventDefault();
    inside++;
    over(true);
  });
  page.addEventListener("dragleave", (e) => {
    if (carries(e) && --inside <= 0) leave();
  });
  page.addEventListener("dragover", (e) => {
    if (carries(e)) e.preventDefault();
  });
  page.addEventListener("drop", (e) => {
    if (!carries(e)) return;
    e.preventDefault();
    leave();
    take([...(e.dataTransfer?.files ?? [])]);
  });
}

/** fileList shows files on their way below what stands in an element. */
export function fileList(root: HTMLElement, title: string | undefined) {
  let list: HTMLElement | null = null;
  let status: HTMLElement | null = null;
  return {
    add(name: string, words: string | undefined): FileRow {
      if (!list?.isConnected) {
        const head = document.createElement("h3");
        head.textContent = title ?? "";
        list = document.createElement("div");
        const rows = document.createElement("ul");
        rows.className = "b-list";
        status = document.createElement("p");
        status.setAttribute("role", "status");
        list.append(head, rows, status);
        root.append(list);
      }
      if (status) status.textContent = "";
      const x = { row: document.createElement("li"), name: piece("b-break"), words: piece("soft small words"), acts: piece("acts"), bar: document.createElement("progress") };
      x.name.textContent = name;
      x.words.textContent = words ?? "";
      x.bar.max = 1;
      x.bar.value = 0;
      x.bar.setAttribute("aria-label", name);
      const line = document.createElement("div");
      line.className = "b-line";
      line.append(x.name, x.words, x.acts);
      x.row.append(line, x.bar);
      list.querySelector("ul")?.append(x.row);
      return x;
    },
    /** end says what came of all of them, with a link to the page as it is then. */
    end(words: string | undefined, link?: string): void {
      if (!status) return;
      status.textContent = words ?? "";
      if (link === undefined) return;
      const a = document.createElement("a");
      a.href = location.href.split("#")[0] ?? "";
      a.textContent = link;
      status.append(" ", a);
    },
    show: () => list?.scrollIntoView({ block: "nearest" }),
    remove: () => list?.remove(),
  };
}

function piece(className: string): HTMLElement {
  const el = document.createElement("span");
  el.className = className;
  return el;
}

/** button is a small one in the line of a file. */
export function button(label: string | undefined, of: string, act: () => void): HTMLButtonElement {
  const b = document.createElement("button");
  b.type = "button";
  b.className = "btn btn-quiet btn-sm";
  b.textContent = label ?? "";
  b.setAttribute("aria-label", `${label ?? ""} – ${of}`);
  b.addEventListener("click", act);
  return b;
}

/** sizes writes bytes as the server does: 1,4 Go. */
export function sizes(lang: string): (n: number) => string {
  const units = lang === "en" ? ["B", "kB", "MB", "GB"] : ["o", "ko", "Mo", "Go"];
  const format = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  return (n) => {
    let i = 0;
    for (; n >= 1000 && i < units.length - 1; i++) n /= 1000;
    return `${format.format(n)} ${units[i]}`;
  };
}

/** Answer is what the API says to a file: of a part its id, else why there is none. Status 0: nobody answered. */
export interface Answer {
  status: number;
  id?: string;
  detail?: string;
}

/** post sends bytes as they are, and tells how many have gone. */
export function post(url: string, body: Blob, lang: string, tell: (sent: number, all: number) => void, signal?: AbortSignal): Promise<Answer> {
  const request = new XMLHttpRequest(); // fetch does not tell how much has gone
  request.open("POST", url);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("Accept-Language", lang);
  request.upload.addEventListener("progress", (e) => {
    if (e.total > 0) tell(e.loaded, e.total);
  });
  return new Promise((done, stop) => {
    request.addEventListener("error", () => done({ status: 0 }));
    request.addEventListener("load", () => {
      let said = {};
      try {
        said = JSON.parse(request.responseText) as object;
      } catch {
        // a proxy's page: the status says enough
      }
      done({ ...said, status: request.status });
    });
    signal?.addEventListener("abort", () => {
      request.abort();
      stop(signal.reason as Error);
    });
    request.send(body);
  });
}
