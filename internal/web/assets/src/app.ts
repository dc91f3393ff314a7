// What a page can do beyond HTML. Every page works without this file; each function below makes one thing
// quicker. Behaviour is asked for with data attributes, never inline, and listened for on the document, so
// that parts swapped in by htmx need no starting.
import "htmx.org";
import "htmx.org/dist/ext/hx-sse.js";

preferences();
searchKey();
searchHits();
dismiss();
menus();
dialogs();
bulk();
guard();
submitOnce();
autoSubmit();
focusErrors();
printing();
live();
board();
gantt();
notes();
mentions();
uploads();
parts();
models();
conversions();

/** closest finds the element an event concerns. */
function closest<T extends HTMLElement = HTMLElement>(e: Event, selector: string): T | null {
  return e.target instanceof Element ? e.target.closest<T>(selector) : null;
}

/**
 * preferences changes the theme at once and lets the server remember it.
 *
 * <form method="post" action="/preferences" data-preferences><button name="theme" value="dark">…
 * A language needs the page in that language: it is left to the plain form.
 */
function preferences(): void {
  document.addEventListener("submit", (e) => {
    const form = closest<HTMLFormElement>(e, "form[data-preferences]");
    const button = (e as SubmitEvent).submitter;
    if (!form || !(button instanceof HTMLButtonElement) || button.name !== "theme") return;
    e.preventDefault();
    const root = document.documentElement;
    if (button.value === "light" || button.value === "dark") root.dataset["bsTheme"] = button.value;
    else delete root.dataset["bsTheme"];
    for (const b of document.querySelectorAll<HTMLButtonElement>('form[data-preferences] button[name="theme"]')) {
      b.setAttribute("aria-pressed", String(b.value === button.value));
    }
    const body = new URLSearchParams();
    for (const [key, value] of new FormData(form, button)) if (typeof value === "string") body.append(key, value);
    // The answer sends one back to the page, which is already as it should be.
    fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => form.submit());
  });
}

/** searchKey puts Ctrl-K (⌘K) into the search field, or opens the search page where the field has no room. */
function searchKey(): void {
  document.addEventListener("keydown", (e) => {
    if (e.key.toLowerCase() !== "k" || !(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return;
    const field = document.querySelector<HTMLInputElement>("input[data-search]");
    if (!field) return;
    e.preventDefault();
    if (field.checkVisibility({ visibilityProperty: true })) {
      field.focus();
      field.select();
    } else if (field.form) {
      location.assign(field.form.action);
    }
  });
}

/**
 * searchHits opens a list under the search field while one types: arrows move in it, Enter opens what is
 * chosen, or the page of the search when nothing is, Escape closes. The field is a combobox, the list a listbox.
 *
 * <form action="/search" data-hits="/search/hits" data-label="…"><input data-search name="q">
 */
function searchHits(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-hits]");
  const field = form?.querySelector<HTMLInputElement>("input[data-search]");
  if (!form || !field) return;
  const list = document.createElement("div");
  list.id = "search-hits";
  list.className = "b-hitlist";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset["label"] ?? "");
  list.hidden = true;
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]] as const) {
    field.setAttribute(name, value);
  }
  let chosen = -1;
  let asked: AbortController | undefined;
  let wait = 0;

  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[role="option"]')];
  const show = (open: boolean): void => {
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
    if (!open) choose(-1);
  };
  function choose(n: number): void {
    const all = options();
    chosen = all.length ? (n + all.length + 1) % (all.length + 1) : -1; // one place more: the field itself
    if (n < 0 || chosen === all.length) chosen = n === -2 && all.length ? all.length - 1 : -1;
    all.forEach((o, i) => o.setAttribute("aria-selected", String(i === chosen)));
    const at = all[chosen];
    if (at) {
      field?.setAttribute("aria-activedescendant", at.id);
      at.scrollIntoView({ block: "nearest" });
    } else field?.removeAttribute("aria-activedescendant");
  }
  async function ask(): Promise<void> {
    asked?.abort();
    const text = field?.value.trim() ?? "";
    if (text.length < 2) return show(false);
    asked = new AbortController();
    try {
      const answer = await fetch(form?.dataset["hits"] + "?" + new URLSearchParams({ q: text }), { signal: asked.signal });
      if (!answer.ok) return show(false);
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      list.replaceChildren(...part.body.childNodes);
      show(document.activeElement === field);
      choose(-1);
    } catch {
      // A newer question took its place, or the network is gone: the form still works.
    }
  }
  field.addEventListener("input", () => {
    clearTimeout(wait);
    wait = window.setTimeout(() => void ask(), 120);
  });
  field.addEventListener("focus", () => {
    if (field.value.trim().length > 1) void ask();
  });
  field.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    if (e.key === "Escape" && !list.hidden) {
      e.preventDefault();
      show(false);
    } else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.hidden) return void ask();
      choose(e.key === "ArrowDown" ? chosen + 1 : chosen - 1 === -1 ? -1 : chosen === -1 ? -2 : chosen - 1);
    } else if (e.key === "Enter" && !list.hidden && chosen >= 0) {
      e.preventDefault();
      options()[chosen]?.click();
    }
  });
  form.addEventListener("focusout", (e) => {
    if (!(e.relatedTarget instanceof Node) || !form.contains(e.relatedTarget)) show(false);
  });
  list.addEventListener("mousedown", (e) => e.preventDefault()); // the field keeps the focus until the click
}

/**
 * mentions lists the people whom a comment can name, under the text, after an @.
 *
 * <div data-people="one name a line" data-label="…"> holds the form; without this file the name is typed whole.
 */
function mentions(): void {
  const list = document.createElement("ul");
  list.id = "people-to-name";
  list.className = "b-people-list";
  list.setAttribute("role", "listbox");
  let field: HTMLTextAreaElement | null = null;
  let from = -1;
  let chosen = 0;
  let found: string[] = [];
  const fold = (s: string): string => s.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("’", "'").toLowerCase();

  function hide(): void {
    list.remove();
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
    field = null;
  }
  function put(name: string): void {
    const at = field;
    if (!at) return;
    at.setRangeText(`@${name} `, from, at.selectionStart, "end");
    hide();
    at.focus();
    at.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function draw(): void {
    list.replaceChildren(
      ...found.map((name, i) => {
        const li = document.createElement("li");
        li.id = `person-to-name-${i}`;
        li.textContent = name;
        li.setAttribute("role", "option");
        li.setAttribute("aria-selected", String(i === chosen));
        li.addEventListener("mousedown", (e) => {
          e.preventDefault(); // the field keeps the focus
          put(name);
        });
        return li;
      }),
    );
    field?.setAttribute("aria-activedescendant", `person-to-name-${chosen}`);
  }
  document.addEventListener("input", (e) => {
    const box = closest(e, "[data-people]");
    if (!box || !(e.target instanceof HTMLTextAreaElement)) return;
    const text = e.target.value.slice(0, e.target.selectionStart);
    const asked = /(?:^|[\s(])@([^@\n]{0,40})$/u.exec(text)?.[1];
    const word = fold(asked ?? "");
    found = asked === undefined ? [] : (box.dataset["people"] ?? "").split("\n")
      .filter((name) => name && (fold(name).startsWith(word) || fold(name).split(/[\s'-]+/).some((w) => w.startsWith(word)))).slice(0, 6);
    if (found.length === 0) return hide();
    field = e.target;
    from = text.length - (asked ?? "").length - 1;
    chosen = 0;
    list.setAttribute("aria-label", box.dataset["label"] ?? "");
    field.setAttribute("aria-controls", list.id);
    field.after(list);
    draw();
  });
  document.addEventListener("keydown", (e) => {
    if (!field || e.target !== field || e.isComposing) return;
    const name = found[chosen];
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      chosen = (chosen + (e.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      draw();
    } else if ((e.key === "Enter" || e.key === "Tab") && name) put(name);
    else if (e.key === "Escape") hide();
    else return;
    e.preventDefault();
  });
  document.addEventListener("focusout", (e) => {
    if (e.target === field) hide();
  });
}

/** dismiss closes what holds a [data-dismiss] button: a toast, a note. Toasts stay until then. */
function dismiss(): void {
  document.addEventListener("click", (e) => {
    const button = closest(e, "[data-dismiss]");
    if (!button) return;
    const gone = button.closest<HTMLElement>(".b-toast, .b-note");
    const holdsFocus = gone?.contains(document.activeElement);
    gone?.remove();
    if (holdsFocus) document.getElementById("content")?.focus();
  });
}

/** menus closes details[data-menu] on Escape and when one goes elsewhere; the phone menu on Escape. */
function menus(): void {
  const open = () => document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]");
  document.addEventListener("click", (e) => {
    for (const menu of open()) if (e.target instanceof Node && !menu.contains(e.target)) menu.open = false;
  });
  document.addEventListener("focusin", (e) => {
    for (const menu of open()) if (e.target instanceof Node && !menu.contains(e.target)) menu.open = false;
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
    if (location.hash === "#navigation") location.hash = "#content";
  });
}

/**
 * dialogs asks before what is hard to undo, and opens dialogs of the page.
 *
 * <button data-confirm="Retirer l’accès ?" data-confirm-text="…" data-confirm-yes="Retirer"> inside a form
 * asks in the one dialog of the shell (#confirm), then submits as that button would have.
 * <a href="/a/page" data-dialog="id"> opens <dialog id="id"> instead of the page; [data-close] closes it.
 */
function dialogs(): void {
  let asked: HTMLButtonElement | null = null;
  document.addEventListener("click", (e) => {
    const opener = closest(e, "[data-dialog]");
    const wanted = opener && document.getElementById(opener.dataset["dialog"] ?? "");
    if (wanted instanceof HTMLDialogElement) {
      e.preventDefault();
      wanted.showModal();
      return;
    }
    const closer = closest(e, "dialog [data-close]");
    if (closer) {
      closer.closest("dialog")?.close();
      return;
    }
    const button = closest<HTMLButtonElement>(e, "button[data-confirm]");
    const dialog = document.getElementById("confirm");
    if (!button?.form || !(dialog instanceof HTMLDialogElement)) return;
    if (asked === button) {
      asked = null;
      return; // the second click, made below: let it submit
    }
    e.preventDefault();
    if (!button.form.reportValidity()) return;
    set(dialog, "[data-title]", button.dataset["confirm"] ?? "");
    set(dialog, "[data-text]", button.dataset["confirmText"] ?? "");
    const yes = set(dialog, "[data-yes]", button.dataset["confirmYes"] || (button.textContent ?? "").trim());
    yes?.classList.toggle("btn-stop", !button.matches(".btn-primary"));
    yes?.classList.toggle("btn-primary", button.matches(".btn-primary"));
    dialog.returnValue = "";
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return;
        asked = button;
        button.click();
      },
      { once: true },
    );
    dialog.showModal();
  });
  // A click on the ground behind a dialog closes it: there the event's target is the dialog itself.
  document.addEventListener("click", (e) => {
    if (!(e.target instanceof HTMLDialogElement)) return;
    const r = e.target.getBoundingClientRect();
    if (e.clientX < r.left || e.clientX > r.right || e.clientY < r.top || e.clientY > r.bottom) e.target.close();
  });

  function set(dialog: HTMLElement, selector: string, text: string): HTMLElement | null {
    const el = dialog.querySelector<HTMLElement>(selector);
    if (el) {
      el.textContent = text;
      el.hidden = text === "";
    }
    return el;
  }
}

/**
 * bulk counts the chosen rows of a table and shows what can be done with them.
 *
 * [data-bulk] holds [data-bulk-all] (in the head), [data-bulk-row] (one a row), [data-bulk-bar] and in it
 * [data-bulk-count]. Shift chooses a range. Without script the bar stands there always.
 */
function bulk(): void {
  let last: HTMLInputElement | null = null;
  document.addEventListener("click", (e) => {
    const box = closest<HTMLInputElement>(e, "input[data-bulk-row]");
    const group = box?.closest<HTMLElement>("[data-bulk]");
    if (!box || !group) return;
    const rows = rowsOf(group);
    if ((e as MouseEvent).shiftKey && last && rows.includes(last)) {
      const [a, b] = [rows.indexOf(last), rows.indexOf(box)].sort((x, y) => x - y) as [number, number];
      for (const row of rows.slice(a, b + 1)) row.checked = box.checked;
    }
    last = box;
    show(group);
  });
  document.addEventListener("change", (e) => {
    const group = closest(e, "[data-bulk]");
    const all = closest<HTMLInputElement>(e, "input[data-bulk-all]");
    if (!group) return;
    if (all) for (const row of rowsOf(group)) row.checked = all.checked;
    show(group);
  });
  const showAll = () => document.querySelectorAll<HTMLElement>("[data-bulk]").forEach(show);
  document.addEventListener("htmx:after:swap", showAll);
  window.addEventListener("pageshow", showAll); // the browser may have kept ticks of before
  showAll();

  function rowsOf(group: HTMLElement): HTMLInputElement[] {
    return [...group.querySelectorAll<HTMLInputElement>("input[data-bulk-row]")];
  }
  function show(group: HTMLElement): void {
    const rows = rowsOf(group);
    const chosen = rows.filter((row) => row.checked).length;
    for (const row of rows) row.closest("tr")?.classList.toggle("chosen", row.checked);
    for (const bar of group.querySelectorAll("[data-bulk-bar]")) bar.toggleAttribute("data-on", chosen > 0);
    for (const count of group.querySelectorAll("[data-bulk-count]")) count.textContent = String(chosen);
    const all = group.querySelector<HTMLInputElement>("input[data-bulk-all]");
    if (all) {
      all.checked = chosen > 0 && chosen === rows.length;
      all.indeterminate = chosen > 0 && chosen < rows.length;
    }
  }
}

/**
 * guard warns before one leaves form[data-guard] with typing not sent. data-guard="dirty" says that what stands
 * there was typed already: the form came back with faults.
 */
function guard(): void {
  const leaving = new WeakSet<HTMLFormElement>();
  document.addEventListener("submit", (e) => {
    if (e.target instanceof HTMLFormElement) leaving.add(e.target);
  });
  document.addEventListener("input", (e) => {
    const form = closest<HTMLFormElement>(e, "form[data-guard]");
    if (form) leaving.delete(form);
  });
  window.addEventListener("beforeunload", (e) => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-guard]")) {
      if (!leaving.has(form) && (form.dataset["guard"] === "dirty" || changed(form))) e.preventDefault();
    }
  });
}

/**
 * submitOnce keeps a second click from sending a form twice. The server has its own protection; this spares the
 * person the doubt. data-many exempts a form whose answer is a file: the page stays.
 */
function submitOnce(): void {
  const off = new Set<HTMLButtonElement>();
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.dataset["many"] !== undefined) return;
    // After the browser has read the form, or the pressed button's own value would be missing.
    setTimeout(() => {
      for (const el of form.elements) {
        if (!(el instanceof HTMLButtonElement) || el.type !== "submit" || el.disabled) continue;
        el.disabled = true;
        off.add(el);
      }
      form.setAttribute("aria-busy", "true");
    });
    setTimeout(on, 15_000); // no answer by then: let them try again
  });
  const on = () => {
    for (const button of off) {
      button.disabled = false;
      button.form?.removeAttribute("aria-busy");
    }
    off.clear();
  };
  window.addEventListener("pageshow", on);
  document.addEventListener("htmx:finally:request", on);
}

/**
 * autoSubmit sends form[data-auto] when a choice changes; typed words, after a pause, only where htmx swaps the
 * list alone, for a whole page would take the cursor away. The form's own button is for who has no script.
 */
function autoSubmit(): void {
  let pause: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("change", (e) => {
    const form = closest<HTMLFormElement>(e, "form[data-auto]");
    if (!form || (e.target instanceof HTMLInputElement && typed(e.target))) return;
    const count = form.querySelector("[data-filter-count]");
    if (count) {
      const n = [...form.querySelectorAll<HTMLSelectElement>("details select")].filter((s) => s.value !== "").length;
      count.textContent = n > 0 ? `(${n})` : "";
    }
    clearTimeout(pause);
    form.requestSubmit();
  });
  document.addEventListener("input", (e) => {
    const form = closest<HTMLFormElement>(e, "form[data-auto][hx-get]");
    if (!form || !(e.target instanceof HTMLInputElement) || !typed(e.target)) return;
    clearTimeout(pause);
    pause = setTimeout(() => form.requestSubmit(), 300);
  });

  // A date is typed too: each of its digits changes it.
  function typed(el: HTMLInputElement): boolean {
    return ["text", "search", "date", "number", "email", "tel", "url", "month"].includes(el.type);
  }
}

/** focusErrors brings one to the summary of faults when a form came back with some. */
function focusErrors(): void {
  const go = () => document.querySelector<HTMLElement>("[data-errors]")?.focus();
  document.addEventListener("htmx:after:swap", go);
  go();
}

/** printing opens the browser's dialog from a document's own button. */
function printing(): void {
  document.addEventListener("click", (e) => {
    if (closest(e, "[data-print]")) window.print();
  });
  // A page that was asked for in order to be printed.
  if (document.querySelector('[data-print="now"]')) setTimeout(() => window.print(), 300);
}

/**
 * board lets one drag a card into another column: [data-card] in [data-lane] of form[data-board]. Dropping it
 * presses the button of the card's own menu that leads there.
 */
function board(): void {
  let card: HTMLElement | null = null;
  const unmark = () => {
    for (const lane of document.querySelectorAll(".b-lane.over")) lane.classList.remove("over");
  };
  document.addEventListener("dragstart", (e) => {
    card = closest(e, "form[data-board] [data-card]");
    card?.classList.add("dragged");
  });
  document.addEventListener("dragover", (e) => {
    const lane = card && closest(e, "form[data-board] [data-lane]");
    unmark();
    if (!lane) return;
    e.preventDefault();
    lane.classList.add("over");
  });
  document.addEventListener("drop", (e) => {
    const lane = card && closest(e, "form[data-board] [data-lane]");
    if (!card || !lane) return;
    e.preventDefault();
    card.querySelector<HTMLButtonElement>(`button[name="to"][value="${lane.dataset["lane"] ?? ""}"]`)?.click();
  });
  document.addEventListener("dragend", () => {
    unmark();
    card?.classList.remove("dragged");
    card = null;
  });
}

/** gantt brings today into view in a diagram that is wider than its window, and lets who may change it drag. */
function gantt(): void {
  for (const today of document.querySelectorAll("[data-gantt] .g-today")) {
    const window = today.closest(".g-right");
    if (window) window.scrollLeft += today.getBoundingClientRect().left - window.getBoundingClientRect().left - window.clientWidth / 3;
  }
  const root = document.querySelector<HTMLElement>("[data-gantt-edit]");
  if (root) void import("./gantt").then((m) => m.open(root));
}

/** notes loads the editor of notes where a page has one: [data-note]. */
function notes(): void {
  const root = document.querySelector<HTMLElement>("[data-note]");
  if (root) void import("./note").then((m) => m.open(root));
}

/** uploads lets the page of a folder take files that are dropped on it: [data-uploads]. */
function uploads(): void {
  const root = document.querySelector<HTMLElement>("[data-uploads]");
  if (root) void import("./upload").then((m) => m.open(root));
}

/** parts lets the page of parts take files that are dropped on it: [data-dropping]. */
function parts(): void {
  const root = document.querySelector<HTMLElement>("[data-dropping]");
  if (root) void import("./drop").then((m) => m.open(root));
}

/** conversions reads files of exact surfaces which the server cannot: [data-converting]. */
function conversions(): void {
  const look = () => {
    if (!document.querySelector("[data-converting]")) return;
    document.removeEventListener("htmx:after:swap", look);
    void import("./convert").then((m) => m.open());
  };
  document.addEventListener("htmx:after:swap", look);
  look();
}

/** models draws a part in three dimensions where a page shows one: [data-model]. */
function models(): void {
  const root = document.querySelector<HTMLElement>("[data-model]");
  if (root) void import("./model").then((m) => m.open(root));
}

/** changed reports whether something was typed into a form since it was shown. */
function changed(form: HTMLFormElement): boolean {
  return [...form.elements].some((el) => {
    if (el instanceof HTMLInputElement) {
      if (el.type === "checkbox" || el.type === "radio") return el.checked !== el.defaultChecked;
      if (el.type === "file") return el.value !== "";
      return el.type !== "hidden" && el.value !== el.defaultValue;
    }
    if (el instanceof HTMLTextAreaElement) return el.value !== el.defaultValue;
    if (!(el instanceof HTMLSelectElement)) return false;
    // A select without a default shows its first option, which no option calls selected.
    if (!el.multiple && ![...el.options].some((o) => o.defaultSelected)) return el.selectedIndex > 0;
    return [...el.options].some((o) => o.selected !== o.defaultSelected);
  });
}

/**
 * live follows what is new while the page is looked at: the number of notices in the navigation, and changes of what
 * the page shows. A page on which nobody is busy takes them in by itself; else it offers to.
 *
 * <div class="b-toasts" data-live="/live?kind=project&id=…" data-live-refresh="Refresh" …>
 */
function live(): void {
  const box = document.querySelector<HTMLElement>("[data-live]");
  const address = box?.dataset["live"];
  if (!box || !address || !window.EventSource) return;
  let source: EventSource | null = null;

  // A browser keeps few connections to a server: only the page in front has one.
  function listen(): void {
    if (document.hidden) {
      source?.close();
      source = null;
      return;
    }
    if (source) return;
    source = new EventSource(address!);
    source.addEventListener("news", (e) => count(Number(e.data)));
    source.addEventListener("change", (e) => {
      if (idle()) void renew();
      else offer(String(e.data));
    });
  }

  function count(n: number): void {
    for (const link of document.querySelectorAll('.b-nav a[href="/notices"]')) {
      let sign = link.querySelector(".b-count");
      if (n === 0) {
        sign?.remove();
        continue;
      }
      if (!sign) {
        sign = document.createElement("span");
        sign.className = "b-count hot";
        link.append(sign);
      }
      const words = document.createElement("span");
      words.className = "visually-hidden";
      words.textContent = " " + (box!.dataset["liveWaiting"] ?? "");
      sign.replaceChildren(String(n), words);
    }
  }

  /** idle reports whether nothing would be lost or moved under somebody's hands. */
  function idle(): boolean {
    const main = document.querySelector("main");
    if (!main || main.contains(document.activeElement) || document.querySelector("dialog[open]")) return false;
    if (main.querySelector("[data-gantt], [contenteditable], [data-errors], [data-still], [data-model], .b-uploads progress")) return false;
    if (!getSelection()?.isCollapsed) return false;
    if ([...main.querySelectorAll("details[open]")].some((d) => d.querySelector("form"))) return false;
    if ([...main.querySelectorAll("*")].some((el) => el.scrollLeft > 0)) return false;
    return ![...main.querySelectorAll<HTMLFormElement>("form")].some(changed);
  }

  async function renew(): Promise<void> {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok || answer.redirected || !idle()) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("main");
    const main = document.querySelector("main");
    if (fresh && main && idle()) main.replaceChildren(...fresh.childNodes);
  }

  function offer(text: string): void {
    box!.querySelector("[data-live-offer]")?.remove();
    const toast = document.createElement("div");
    toast.className = "b-toast";
    toast.dataset["liveOffer"] = "";
    const words = document.createElement("span");
    words.textContent = text;
    const link = document.createElement("a");
    link.href = location.href.split("#")[0] ?? "";
    link.textContent = box!.dataset["liveRefresh"] ?? "";
    const close = document.createElement("button");
    close.type = "button";
    close.dataset["dismiss"] = "";
    close.textContent = box!.dataset["liveClose"] ?? "";
    toast.append(words, link, close);
    box!.append(toast);
  }

  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => source?.close());
  listen();
}
