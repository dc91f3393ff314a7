// Parts that are dropped on the page, or chosen: each is sent at once, with its progress, and becomes a part. One alone is shown
// as soon as it is there; of several the list below tells what comes of them. Without this script the form sends all together.
import { button, fileList, type FileRow, onFiles, post, sizes } from "./files";

const atOnce = 3;

/** Item is a file on its way. */
interface Item extends FileRow {
  file: File;
  state: "waiting" | "sending" | "done" | "refused";
}

/** open makes the page of parts take files. */
export function open(root: HTMLElement): void {
  const texts = root.dataset;
  const form = root.querySelector("form");
  const field = root.querySelector<HTMLInputElement>('input[type="file"]');
  const zone = root.querySelector<HTMLElement>("[data-zone]");
  const page = document.querySelector<HTMLElement>("main") ?? document.body;
  if (!form || !field || !zone) return;
  const size = sizes(texts["lang"] ?? "fr");
  const list = fileList(root, texts["title"]);
  const items: Item[] = [];

  for (const el of [field.closest<HTMLElement>(".b-field"), form.querySelector<HTMLElement>(".b-acts")]) if (el) el.hidden = true;
  zone.hidden = false;
  zone.querySelector("button")?.addEventListener("click", () => field.click());
  field.addEventListener("change", () => {
    take([...(field.files ?? [])]);
    field.value = "";
  });
  onFiles(page, (on) => zone.classList.toggle("over", on), take);
  window.addEventListener("beforeunload", (e) => {
    if (items.some((x) => x.state === "sending" || x.state === "waiting")) e.preventDefault();
  });

  function take(files: File[]): void {
    const most = Number(texts["many"]);
    for (const file of files.slice(0, most)) items.push({ ...list.add(file.name, texts["waiting"]), file, state: "waiting" });
    if (files.length > most) list.end(texts["tooMany"]);
    list.show();
    next();
  }

  function next(): void {
    while (items.filter((x) => x.state === "sending").length < atOnce) {
      const x = items.find((i) => i.state === "waiting");
      if (!x) break;
      if (x.file.size > Number(texts["most"])) fail(x, texts["tooLarge"]);
      else send(x);
    }
    if (items.every((x) => x.state === "done" || x.state === "refused")) finish();
  }

  function send(x: Item): void {
    x.state = "sending";
    x.words.textContent = texts["sending"] ?? "";
    const query = new URLSearchParams({ name: x.file.name, organisation_id: form!.querySelector("select")?.value ?? "" });
    const progress = (sent: number, all: number): void => {
      x.bar.value = sent / all;
      x.words.textContent = sent === all ? (texts["filing"] ?? "") : `${size(sent)} / ${size(all)}`;
    };
    void post(`${texts["dropping"] ?? ""}?${query}`, x.file, texts["lang"] ?? "fr", progress).then((said) => {
      if (said.status !== 201 || !said.id) {
        const lost = said.status === 0 || said.status >= 500;
        const why = said.status === 401 ? texts["signIn"] : lost ? texts["lost"] : said.detail || texts["refused"];
        fail(x, why, lost || said.status === 401);
        return;
      }
      x.state = "done";
      x.bar.value = 1;
      x.row.classList.add("done");
      const link = document.createElement("a");
      link.href = `${texts["parts"] ?? ""}/${said.id}`;
      link.textContent = x.file.name;
      x.name.replaceChildren(link);
      x.words.textContent = texts["done"] ?? "";
      next();
    });
  }

  function fail(x: Item, why: string | undefined, again = false): void {
    x.state = "refused";
    x.row.classList.add("stop");
    x.words.textContent = why ?? "";
    if (again) {
      x.acts.replaceChildren(
        button(texts["again"], x.file.name, () => {
          x.row.classList.remove("stop");
          x.acts.replaceChildren();
          x.state = "waiting";
          next();
        }),
      );
    }
    next();
  }

  /** finish goes to the one part there is, or shows all of them in the list. */
  function finish(): void {
    const links = items.flatMap((x) => [...x.name.querySelectorAll("a")]);
    const refused = items.some((x) => x.state === "refused");
    if (refused) list.end(texts["someRefused"], links.length > 0 ? texts["show"] : undefined);
    else if (links.length === 1 && links[0]) location.assign(links[0].href);
    else if (links.length > 1) location.assign(texts["parts"] ?? "");
  }
}
