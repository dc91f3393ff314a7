// A note that several write together: ProseMirror for the text, Yjs to merge, a socket to the server, which keeps
// the log. What one types is put into the browser's own store (IndexedDB) first and leaves it when the server has
// said that it is committed: a network that fails, a server that dies or a window that closes loses nothing.
import * as Y from "yjs";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import { prosemirrorToYXmlFragment, redoCommand as redo, undoCommand as undo, yCursorPlugin, ySyncPlugin, yUndoPlugin } from "y-prosemirror";
import { EditorState, Plugin, type Command, type Transaction } from "prosemirror-state";
import { EditorView, type NodeView } from "prosemirror-view";
import { Node as PMNode, Schema, type MarkType, type NodeSpec, type NodeType } from "prosemirror-model";
import { keymap } from "prosemirror-keymap";
import { baseKeymap, chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, goToNextCell, isInTable, tableEditing, tableNodes } from "prosemirror-tables";

interface Settings {
  url: string;
  note: string;
  person: string;
  name: string;
  label: string;
  writes: boolean;
  people: { id: string; name: string }[];
  texts: Record<string, string>;
  seed: unknown;
  back: unknown;
}

// ---- The document: the same whitelist as internal/note/doc.go ----

const tables = tableNodes({ tableGroup: "block", cellContent: "block+", cellAttributes: {} });
const block = (spec: NodeSpec): NodeSpec => ({ group: "block", ...spec });
const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: block({ content: "inline*", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] }),
    heading: block({
      content: "inline*",
      defining: true,
      attrs: { level: { default: 1 } },
      parseDOM: [
        { tag: "h1", attrs: { level: 1 } },
        { tag: "h2", attrs: { level: 1 } },
        { tag: "h3", attrs: { level: 2 } },
        { tag: "h4", attrs: { level: 3 } },
      ],
      toDOM: (n) => [`h${Number(n.attrs["level"]) + 1}`, 0],
    }),
    blockquote: block({ content: "block+", defining: true, parseDOM: [{ tag: "blockquote" }], toDOM: () => ["blockquote", 0] }),
    code_block: block({ content: "text*", marks: "", code: true, defining: true, parseDOM: [{ tag: "pre", preserveWhitespace: "full" }], toDOM: () => ["pre", ["code", 0]] }),
    horizontal_rule: block({ parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] }),
    // Before the plain list: what is pasted from a reading page is a checklist again.
    check_list: block({ content: "check_item+", parseDOM: [{ tag: "ul.b-checks", priority: 60 }], toDOM: () => ["ul", { class: "b-checks" }, 0] }),
    check_item: {
      content: "paragraph block*",
      defining: true,
      attrs: { checked: { default: false } },
      parseDOM: [{ tag: "ul.b-checks > li", priority: 60, getAttrs: (el) => ({ checked: el.classList.contains("done") }) }],
      toDOM: (n) => ["li", n.attrs["checked"] ? { class: "done" } : {}, 0],
    },
    bullet_list: block({ content: "list_item+", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] }),
    ordered_list: block({
      content: "list_item+",
      attrs: { order: { default: 1 } },
      parseDOM: [{ tag: "ol", getAttrs: (el) => ({ order: Math.min(1e6, Math.max(1, Number(el.getAttribute("start")) || 1)) }) }],
      toDOM: (n) => (n.attrs["order"] === 1 ? ["ol", 0] : ["ol", { start: n.attrs["order"] }, 0]),
    }),
    list_item: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
    ...tables,
    text: { group: "inline" },
    hard_break: { group: "inline", inline: true, selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
    mention: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { id: { default: "" }, name: { default: "?" } },
      parseDOM: [{ tag: "span.b-at", getAttrs: (el) => ({ id: el.dataset["id"] ?? "", name: (el.textContent ?? "").replace(/^@/, "") || "?" }) }],
      toDOM: (n) => ["span", { class: "b-at", "data-id": n.attrs["id"] }, `@${n.attrs["name"]}`],
      leafText: (n) => `@${n.attrs["name"]}`,
    },
  },
  marks: {
    link: {
      attrs: { href: {} },
      inclusive: false,
      parseDOM: [{ tag: "a[href]", getAttrs: (el) => (safeLink(el.getAttribute("href") ?? "") ? { href: el.getAttribute("href") } : false) }],
      toDOM: (m) => ["a", { href: safeLink(String(m.attrs["href"])) || "#", rel: "noopener nofollow" }, 0],
    },
    em: { parseDOM: [{ tag: "i" }, { tag: "em" }], toDOM: () => ["em", 0] },
    strong: { parseDOM: [{ tag: "b" }, { tag: "strong" }], toDOM: () => ["strong", 0] },
    strike: { parseDOM: [{ tag: "s" }, { tag: "del" }], toDOM: () => ["s", 0] },
    code: { excludes: "link em strong strike code", parseDOM: [{ tag: "code" }], toDOM: () => ["code", 0] },
  },
});

/** node and mark give the types of the schema by name. */
function node(name: string): NodeType {
  const t = schema.nodes[name];
  if (!t) throw new Error(`no node ${name}`);
  return t;
}
function mark(name: string): MarkType {
  const t = schema.marks[name];
  if (!t) throw new Error(`no mark ${name}`);
  return t;
}

/** safeLink gives an address of ours, of the web or of a mail; else nothing. As SafeLink in doc.go. */
function safeLink(href: string): string {
  if (href.length > 2000 || /[\\\s]/.test(href)) return "";
  if (/^(https?:\/\/[^/]|mailto:)/i.test(href)) return href;
  return href.startsWith("/") && !href.startsWith("//") ? href : "";
}

// ---- The browser's own store ----

interface Pending {
  ref: string;
  data: Uint8Array;
}

/**
 * Local keeps, for each person and note, the text as it was last seen (with the number of the last update in it)
 * and what was typed and is not acknowledged. Without IndexedDB all of it is in memory only.
 */
class Local {
  private constructor(
    private db: IDBDatabase | null,
    private key: string,
  ) {}

  static async open(key: string): Promise<Local> {
    const db = await new Promise<IDBDatabase | null>((done) => {
      try {
        const ask = indexedDB.open("bassin-notes", 1);
        ask.onupgradeneeded = () => {
          ask.result.createObjectStore("texts");
          ask.result.createObjectStore("pending", { keyPath: ["key", "ref"] });
        };
        ask.onsuccess = () => done(ask.result);
        ask.onerror = () => done(null);
        ask.onblocked = () => done(null);
      } catch {
        done(null);
      }
    });
    return new Local(db, key);
  }

  /** safe tells whether what is put here survives the window. */
  get safe(): boolean {
    return this.db !== null;
  }

  private range(): IDBKeyRange {
    return IDBKeyRange.bound([this.key, ""], [this.key, "\uffff"]);
  }

  async read(): Promise<{ seq: number; state: Uint8Array | null; pending: Pending[] }> {
    if (!this.db) return { seq: 0, state: null, pending: [] };
    const tx = this.db.transaction(["texts", "pending"]);
    const [text, pending] = await Promise.all([
      asked<{ seq: number; state: Uint8Array } | undefined>(tx.objectStore("texts").get(this.key)),
      asked<Pending[]>(tx.objectStore("pending").getAll(this.range())),
    ]);
    return { seq: text?.seq ?? 0, state: text?.state ?? null, pending: pending.map((p) => ({ ref: p.ref, data: p.data })) };
  }

  keepText(seq: number, state: Uint8Array): void {
    this.db?.transaction("texts", "readwrite").objectStore("texts").put({ seq, state }, this.key);
  }

  /** replace puts what is to be sent in place of what it was made of, in one step. */
  replace(add: Pending, gone: Pending[]): void {
    const store = this.db?.transaction("pending", "readwrite").objectStore("pending");
    store?.put({ key: this.key, ref: add.ref, data: add.data });
    for (const p of gone) store?.delete([this.key, p.ref]);
  }

  sent(ref: string): void {
    this.db?.transaction("pending", "readwrite").objectStore("pending").delete([this.key, ref]);
  }

  /** forget removes the text of a note that one may not see any more. */
  forget(): void {
    if (!this.db) return;
    const tx = this.db.transaction(["texts", "pending"], "readwrite");
    tx.objectStore("texts").delete(this.key);
    tx.objectStore("pending").delete(this.range());
  }
}

function asked<T>(r: IDBRequest): Promise<T> {
  return new Promise((done, fail) => {
    r.onsuccess = () => done(r.result as T);
    r.onerror = () => fail(r.error);
  });
}

// ---- The socket ----

interface Message {
  t: string;
  seq?: number;
  ref?: string;
  data?: string;
  doc?: unknown;
  list?: string[] | null;
  writes?: boolean;
  from?: number;
  text?: string;
}

function toBase64(bytes: Uint8Array): string {
  let s = "";
  for (let i = 0; i < bytes.length; i += 0x8000) s += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(s);
}

function fromBase64(s: string): Uint8Array {
  return Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
}

const REMOTE = "remote"; // origin of what came from elsewhere

/** How the note stands, as the line above it says. */
type Standing = "connecting" | "saved" | "saving" | "offline" | "read" | "ended" | "many" | "refused" | "error";

/**
 * Session carries one note: it sends what is typed, one change at a time, and takes what others send. Several
 * changes that wait become one.
 */
class Session {
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  private pending: Pending[] = [];
  private flying: Pending | null = null;
  private socket: WebSocket | null = null;
  private ready = false;
  private over = false;
  private known = 0; // every update up to here is in doc
  private kept = 0; // the version that the server has
  private wait = 500;
  private keepTimer = 0;
  private storeTimer = 0;
  private others = new Set<number>();
  private edited = false;
  private seeded = false;

  private constructor(
    private s: Settings,
    private local: Local,
    private say: (st: Standing, detail?: string) => void,
    private writable: (yes: boolean) => void,
  ) {}

  static async open(s: Settings, say: (st: Standing, detail?: string) => void, writable: (yes: boolean) => void): Promise<Session> {
    const me = new Session(s, await Local.open(`${s.person} ${s.note}`), say, writable);
    const { seq, state, pending } = await me.local.read();
    if (state) Y.applyUpdate(me.doc, state, REMOTE);
    for (const p of pending) Y.applyUpdate(me.doc, p.data, REMOTE);
    me.known = seq;
    me.pending = pending;
    me.doc.on("update", (update: Uint8Array, origin: unknown) => me.typed(update, origin));
    me.awareness.on("update", (c: { added: number[]; updated: number[]; removed: number[] }, origin: unknown) => {
      if (origin !== REMOTE) me.send({ t: "aware", data: toBase64(encodeAwarenessUpdate(me.awareness, [...c.added, ...c.updated, ...c.removed])) });
    });
    addEventListener("online", () => me.connect());
    addEventListener("offline", () => me.socket?.close());
    addEventListener("pagehide", () => removeAwarenessStates(me.awareness, [me.doc.clientID], "gone"));
    addEventListener("beforeunload", (e) => {
      if (me.pending.length > 0 && !me.local.safe && !me.over) e.preventDefault();
    });
    me.connect();
    return me;
  }

  /** waiting counts what the server has not acknowledged. */
  get waiting(): number {
    return this.pending.length;
  }

  private connect(): void {
    if (this.over || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    const at = new URL(this.s.url, location.href);
    at.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(at);
    this.socket = socket;
    socket.onopen = () => this.send({ t: "hello", seq: this.known });
    socket.onmessage = (e) => this.take(JSON.parse(String(e.data)) as Message);
    socket.onclose = (e) => this.closed(e.code);
  }

  private closed(code: number): void {
    this.ready = false;
    this.flying = null;
    this.others.clear();
    removeAwarenessStates(this.awareness, [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID), REMOTE);
    if (code === 4001) {
      this.end("ended");
      this.local.forget();
      return;
    }
    if (code === 4002 || code === 4003) {
      this.end(code === 4002 ? "many" : "error");
      return;
    }
    this.tell();
    // A refused handshake tells nothing: ask the page whether one may still see the note.
    if (code === 1006 && navigator.onLine) void this.askPage();
    this.wait = Math.min(15000, this.wait * 2);
    setTimeout(() => this.connect(), this.wait * (0.75 + Math.random() / 2));
  }

  private async askPage(): Promise<void> {
    try {
      const r = await fetch(location.pathname, { method: "HEAD", redirect: "manual" });
      if (r.status === 404 || r.status === 403 || r.type === "opaqueredirect") {
        this.end("ended");
        if (r.status === 404) this.local.forget();
      }
    } catch {
      // no server: the socket is tried again
    }
  }

  private end(why: Standing): void {
    this.over = true;
    this.socket?.close();
    this.writable(false);
    this.say(why);
  }

  private send(m: Message): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(m));
  }

  private take(m: Message): void {
    switch (m.t) {
      case "start":
        this.wait = 500;
        this.writable(m.writes === true);
        if (!m.writes) this.s.writes = false;
        // The server knows less than we do when a backup of it came back: give it everything.
        if ((m.seq ?? 0) < this.known && m.writes) {
          this.queue({ ref: crypto.randomUUID(), data: Y.encodeStateAsUpdate(this.doc) });
        }
        this.known = Math.min(this.known, m.seq ?? 0);
        if ((m.seq ?? 0) === 0 && this.s.seed && !this.seeded && this.doc.getXmlFragment("text").length === 0) this.seed();
        break;
      case "state":
        Y.applyUpdate(this.doc, fromBase64(m.data ?? ""), REMOTE);
        this.known = this.kept = m.seq ?? 0;
        break;
      case "updates":
        this.doc.transact(() => {
          for (const u of m.list ?? []) Y.applyUpdate(this.doc, fromBase64(u), REMOTE);
        }, REMOTE);
        this.known = m.seq ?? this.known;
        this.store();
        if (this.edited) this.keepSoon();
        break;
      case "ready":
        // Something is missing that later changes rest on: a version was not whole. The log is.
        if (this.doc.store.pendingStructs || this.doc.store.pendingDs) {
          if (this.known > 0 && this.kept >= 0) {
            this.kept = -1;
            this.known = 0;
            this.send({ t: "whole" });
            break;
          }
        }
        this.ready = true;
        this.known = Math.max(this.known, m.seq ?? 0);
        this.store();
        this.send({ t: "aware", data: toBase64(encodeAwarenessUpdate(this.awareness, [this.doc.clientID])) });
        this.flush();
        this.tell();
        break;
      case "ack":
        this.pending = this.pending.filter((p) => p.ref !== m.ref);
        this.local.sent(m.ref ?? "");
        this.flying = null;
        this.flush();
        this.tell();
        break;
      case "refused":
        this.flying = null;
        this.ready = false;
        this.over = true;
        this.socket?.close();
        this.writable(false);
        this.say("refused", m.text);
        break;
      case "saved":
        this.kept = m.seq ?? this.kept;
        break;
      case "aware":
        this.aware(m);
        break;
    }
  }

  /** aware shows another's cursor under the name that the server gave, not the one they say. */
  private aware(m: Message): void {
    const name = m.text ?? "";
    const named = ({ added, updated }: { added: number[]; updated: number[] }) => {
      for (const id of [...added, ...updated]) {
        const state = this.awareness.getStates().get(id);
        if (state) state["user"] = { name, tone: tone(name) };
      }
    };
    this.awareness.on("change", named);
    applyAwarenessUpdate(this.awareness, fromBase64(m.data ?? ""), REMOTE);
    this.awareness.off("change", named);
    if (m.from && !this.others.has(m.from)) {
      this.others.add(m.from);
      this.send({ t: "aware", data: toBase64(encodeAwarenessUpdate(this.awareness, [this.doc.clientID])) });
    }
  }

  /** typed takes a change that was made here. */
  private typed(data: Uint8Array, origin: unknown): void {
    if (origin === REMOTE) return;
    if (this.seeded && !this.edited) {
      // The text it was begun with goes first. Every browser makes the same of it, under one name.
      this.queue({ ref: `seed-${this.s.note}`, data: this.seedUpdate() });
    }
    this.edited = true;
    this.queue({ ref: crypto.randomUUID(), data });
  }

  private queue(p: Pending): void {
    this.pending.push(p);
    this.local.replace(p, []);
    this.flush();
    this.tell();
  }

  private flush(): void {
    if (!this.ready || this.flying || this.over || !this.s.writes) return;
    let next = this.pending[0];
    if (!next) {
      if (this.edited) this.keepSoon();
      return;
    }
    const rest = this.pending.filter((p) => !p.ref.startsWith("seed-"));
    if (!next.ref.startsWith("seed-") && rest.length > 1) {
      // Many small changes are one, up to what the server takes in one message.
      let size = 0;
      const some = rest.filter((p, i) => (size += p.data.length) < 700_000 || i === 0);
      if (some.length > 1) {
        next = { ref: crypto.randomUUID(), data: Y.mergeUpdates(some.map((p) => p.data)) };
        this.local.replace(next, some);
        this.pending = [next, ...this.pending.filter((p) => !some.includes(p))];
      }
    }
    this.flying = next;
    this.send({ t: "update", ref: next.ref, data: toBase64(next.data) });
  }

  /** keepSoon has the server keep a version when one has stopped typing and nothing waits. */
  private keepSoon(): void {
    clearTimeout(this.keepTimer);
    this.keepTimer = setTimeout(() => {
      if (!this.ready || this.over || this.pending.length > 0 || this.known <= this.kept || this.known === 0) return;
      this.send({ t: "save", seq: this.known, data: toBase64(Y.encodeStateAsUpdate(this.doc)), doc: this.json() });
    }, 1200);
  }

  private store(): void {
    clearTimeout(this.storeTimer);
    this.storeTimer = setTimeout(() => {
      if (!this.over && this.known > 0) this.local.keepText(this.known, Y.encodeStateAsUpdate(this.doc));
    }, 400);
  }

  /** json is set by the editor: the text as the server reads it. */
  json: () => unknown = () => ({ type: "doc", content: [{ type: "paragraph" }] });

  private seedUpdate(): Uint8Array {
    const doc = new Y.Doc();
    doc.clientID = 1; // always the same, so that two who open the note at once do not have its text twice
    prosemirrorToYXmlFragment(PMNode.fromJSON(schema, this.s.seed), doc.getXmlFragment("text"));
    return Y.encodeStateAsUpdate(doc);
  }

  private seed(): void {
    this.seeded = true;
    Y.applyUpdate(this.doc, this.seedUpdate(), REMOTE);
  }

  private tell(): void {
    if (this.over) return;
    if (!this.ready) this.say(this.wait > 500 || this.pending.length > 0 ? "offline" : "connecting");
    else if (!this.s.writes) this.say("read");
    else this.say(this.pending.length > 0 ? "saving" : "saved");
  }
}

/** tone gives a person one of six colours, always the same. */
function tone(name: string): number {
  let n = 0;
  for (const c of name) n = (n * 31 + (c.codePointAt(0) ?? 0)) % 6;
  return n + 1;
}

// ---- The editor ----

/** Check is a line of a checklist: its box can be ticked. */
class Check implements NodeView {
  dom = document.createElement("li");
  contentDOM = document.createElement("div");
  private box = document.createElement("span");

  constructor(
    private n: PMNode,
    private view: EditorView,
    private at: () => number | undefined,
    texts: Record<string, string>,
  ) {
    this.box.className = "b-pad-box";
    this.box.contentEditable = "false";
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "checkbox");
    this.box.setAttribute("aria-label", texts["done"] ?? "");
    this.box.addEventListener("mousedown", (e) => e.preventDefault());
    this.box.addEventListener("click", () => this.toggle());
    this.box.addEventListener("keydown", (e) => {
      if (e.key !== " " && e.key !== "Enter") return;
      e.preventDefault();
      this.toggle();
    });
    this.dom.append(this.box, this.contentDOM);
    this.show();
  }

  private toggle(): void {
    const pos = this.at();
    if (pos === undefined || !this.view.editable) return;
    this.view.dispatch(this.view.state.tr.setNodeMarkup(pos, null, { ...this.n.attrs, checked: !this.n.attrs["checked"] }));
  }

  private show(): void {
    const done = this.n.attrs["checked"] === true;
    this.dom.className = done ? "done" : "";
    this.box.setAttribute("aria-checked", String(done));
  }

  update(n: PMNode): boolean {
    if (n.type !== this.n.type) return false;
    this.n = n;
    this.show();
    return true;
  }

  stopEvent(e: Event): boolean {
    return e.target === this.box;
  }

  ignoreMutation(m: { target: Node }): boolean {
    return !this.contentDOM.contains(m.target) && m.target !== this.contentDOM;
  }
}

function rules(): Plugin {
  const toggle = (pattern: RegExp, name: string) =>
    new InputRule(pattern, (state, m, from, to) => {
      const text = m[1];
      if (!text) return null;
      return state.tr.replaceWith(from, to, schema.text(text, [mark(name).create()])).removeStoredMark(mark(name));
    });
  return inputRules({
    rules: [
      textblockTypeInputRule(/^(#{1,3})\s$/, node("heading"), (m) => ({ level: m[1]?.length ?? 1 })),
      textblockTypeInputRule(/^```$/, node("code_block")),
      wrappingInputRule(/^\s*>\s$/, node("blockquote")),
      wrappingInputRule(/^\[( |x|)\]\s$/, node("check_list"), () => ({}), () => true),
      wrappingInputRule(/^\s*[-+*]\s$/, node("bullet_list")),
      wrappingInputRule(/^(\d{1,3})\.\s$/, node("ordered_list"), (m) => ({ order: Number(m[1]) })),
      toggle(/\*\*([^*]+)\*\*$/, "strong"),
      toggle(/`([^`]+)`$/, "code"),
    ],
  });
}

/** listed wraps into a list, or takes out of it. */
function listed(name: string, item: string): Command {
  return (state, dispatch) => {
    const { $from } = state.selection;
    for (let d = $from.depth; d > 0; d--) if ($from.node(d).type === node(name)) return liftListItem(node(item))(state, dispatch);
    return wrapInList(node(name))(state, dispatch);
  };
}

/** blocked makes a paragraph of that kind, or a plain one again. */
function blocked(name: string, attrs: Record<string, unknown> = {}): Command {
  return (state, dispatch) => {
    const at = state.selection.$from.parent;
    const is = at.hasMarkup(node(name), attrs);
    return setBlockType(is ? node("paragraph") : node(name), is ? {} : attrs)(state, dispatch);
  };
}

const putTable: Command = (state, dispatch) => {
  if (isInTable(state)) return false;
  const cell = (type: string) => node(type).createAndFill() as PMNode;
  const row = (type: string) => node("table_row").create(null, [cell(type), cell(type), cell(type)]);
  const tr = state.tr.replaceSelectionWith(node("table").create(null, [row("table_header"), row("table_cell"), row("table_cell")]));
  dispatch?.(tr.scrollIntoView());
  return true;
};

function commands(link: Command, mention: Command): Record<string, Command> {
  return {
    undo,
    redo,
    strong: toggleMark(mark("strong")),
    em: toggleMark(mark("em")),
    strike: toggleMark(mark("strike")),
    code: toggleMark(mark("code")),
    link,
    h1: blocked("heading", { level: 1 }),
    h2: blocked("heading", { level: 2 }),
    h3: blocked("heading", { level: 3 }),
    bullet_list: listed("bullet_list", "list_item"),
    ordered_list: listed("ordered_list", "list_item"),
    check_list: listed("check_list", "check_item"),
    blockquote: (state, dispatch) => {
      const { $from } = state.selection;
      for (let d = $from.depth; d > 0; d--) if ($from.node(d).type === node("blockquote")) return lift(state, dispatch);
      return wrapIn(node("blockquote"))(state, dispatch);
    },
    code_block: blocked("code_block"),
    table: putTable,
    row: addRowAfter,
    column: addColumnAfter,
    drop_row: deleteRow,
    drop_column: deleteColumn,
    mention,
  };
}

/** on tells whether a button's quality holds where the cursor is. */
function on(state: EditorState, name: string): boolean {
  const m = schema.marks[name];
  const { from, to, empty, $from } = state.selection;
  if (m) return empty ? !!m.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, m);
  const level = /^h([1-3])$/.exec(name);
  if (level) return $from.parent.hasMarkup(node("heading"), { level: Number(level[1]) });
  for (let d = $from.depth; d > 0; d--) if ($from.node(d).type.name === name) return true;
  return false;
}

/** linkCommand asks for an address and links the chosen words; on a link it takes the link away. */
function linkCommand(texts: Record<string, string>): Command {
  return (state, dispatch, view) => {
    if (on(state, "link")) return toggleMark(mark("link"))(state, dispatch);
    if (!dispatch) return true;
    const href = safeLink((prompt(texts["link"] ?? "", "") ?? "").trim().replace(location.origin, ""));
    if (!href) return true;
    if (state.selection.empty) void linkNamed(view, href);
    else toggleMark(mark("link"), { href })(state, dispatch);
    return true;
  };
}

/** linkNamed puts a link in, under the title of the page it leads to when that is one of ours. */
async function linkNamed(view: EditorView | undefined, href: string): Promise<void> {
  if (!view) return;
  let name = href;
  if (href.startsWith("/")) {
    try {
      const r = await fetch(href);
      const page = new DOMParser().parseFromString(await r.text(), "text/html");
      if (r.ok) name = page.querySelector("h1")?.textContent?.trim() || page.title || href;
    } catch {
      // the address is its own name
    }
  }
  view.dispatch(view.state.tr.replaceSelectionWith(schema.text(name, [mark("link").create({ href })]), false));
  view.focus();
}

/** Mentions is the list of people under an @. */
class Mentions {
  private list = document.createElement("ul");
  private from = -1;
  private chosen = 0;
  private found: { id: string; name: string }[] = [];

  constructor(private s: Settings) {
    this.list.className = "b-pad-people";
    this.list.id = "note-people";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", s.texts["people"] ?? "");
    this.list.hidden = true;
  }

  plugin(): Plugin {
    return new Plugin({
      view: (view) => {
        view.dom.after(this.list);
        return { update: (v) => this.update(v), destroy: () => this.list.remove() };
      },
      props: { handleKeyDown: (view, e) => this.key(view, e), handleDOMEvents: { blur: () => (this.hide(), false) } },
    });
  }

  private hide(): void {
    this.list.hidden = true;
    this.from = -1;
  }

  private update(view: EditorView): void {
    const { $from, empty } = view.state.selection;
    const before = $from.parent.isTextblock && !$from.parent.type.spec.code ? $from.parent.textBetween(0, $from.parentOffset, undefined, "\ufffc") : "";
    const m = /(?:^|[\s(])@([\p{L}\p{N}' -]{0,30})$/u.exec(before);
    if (!empty || !m || !view.editable || !view.hasFocus()) return this.hide();
    const asked = fold(m[1] ?? "");
    this.found = this.s.people.filter((p) => fold(p.name).split(/\s+/).some((w) => w.startsWith(asked)) || fold(p.name).startsWith(asked)).slice(0, 6);
    if (this.found.length === 0) return this.hide();
    this.from = $from.pos - (m[1] ?? "").length - 1;
    this.chosen = Math.min(this.chosen, this.found.length - 1);
    this.draw(view);
  }

  private draw(view: EditorView): void {
    this.list.replaceChildren(
      ...this.found.map((p, i) => {
        const li = document.createElement("li");
        li.textContent = p.name;
        li.setAttribute("role", "option");
        li.setAttribute("aria-selected", String(i === this.chosen));
        li.addEventListener("mousedown", (e) => {
          e.preventDefault();
          this.put(view, p);
        });
        return li;
      }),
    );
    this.list.hidden = false;
    const at = view.coordsAtPos(this.from);
    const box = (this.list.offsetParent ?? document.body).getBoundingClientRect();
    this.list.style.left = `${Math.max(0, Math.min(at.left - box.left, box.width - this.list.offsetWidth))}px`;
    this.list.style.top = `${at.bottom - box.top + 4}px`;
  }

  private put(view: EditorView, p: { id: string; name: string }): void {
    const to = view.state.selection.from;
    view.dispatch(view.state.tr.replaceWith(this.from, to, [node("mention").create(p), schema.text("\u00a0")]));
    this.hide();
    view.focus();
  }

  private key(view: EditorView, e: KeyboardEvent): boolean {
    if (this.from < 0) return false;
    const p = this.found[this.chosen];
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      this.chosen = (this.chosen + (e.key === "ArrowDown" ? 1 : this.found.length - 1)) % this.found.length;
      this.draw(view);
    } else if ((e.key === "Enter" || e.key === "Tab") && p) {
      this.put(view, p);
    } else if (e.key === "Escape") {
      this.hide();
    } else {
      return false;
    }
    return true;
  }
}

function fold(s: string): string {
  return s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

/** open makes a note of a page one that is written together. */
export async function open(root: HTMLElement): Promise<void> {
  const s = JSON.parse(root.dataset["note"] ?? "{}") as Settings;
  const find = (name: string) => root.querySelector<HTMLElement>(`[data-note-${name}]`);
  const text = find("text");
  const tools = find("tools");
  if (!text) return;
  let view: EditorView | null = null;
  let may = s.writes;
  let last: Standing | "" = "";
  const say = (st: Standing, detail = ""): void => {
    const line = find("state");
    if (line && last !== st) {
      line.textContent = s.texts[st] ?? "";
      line.dataset["is"] = st;
      last = st;
    }
    const alert = find("alert");
    if (alert && (st === "ended" || st === "refused" || st === "many" || st === "error")) {
      alert.textContent = [s.texts[st], detail].filter(Boolean).join(" ");
      alert.hidden = false;
    }
  };
  const writable = (yes: boolean): void => {
    may = yes;
    if (tools) tools.hidden = !yes;
    view?.setProps({ editable: () => may });
  };
  const session = await Session.open(s, say, writable);
  const mentions = new Mentions(s);
  const ask: Command = (state, dispatch) => {
    dispatch?.(state.tr.insertText(state.selection.$from.parentOffset === 0 || /\s$/.test(state.selection.$from.nodeBefore?.text ?? " ") ? "@" : " @"));
    return true;
  };
  const all = commands(linkCommand(s.texts), ask);
  const fragment = session.doc.getXmlFragment("text");
  const item = (f: (t: NodeType) => Command) => chainCommands(f(node("check_item")), f(node("list_item")));
  session.awareness.setLocalStateField("user", { name: s.name, tone: tone(s.name) });
  const plugins = [
    ySyncPlugin(fragment),
    yCursorPlugin(session.awareness, {
      cursorBuilder: (user: { name: string; tone: number }) => {
        const at = document.createElement("span");
        at.className = `b-caret t${user.tone}`;
        const name = document.createElement("span");
        name.textContent = user.name;
        at.append("\u2060", name, "\u2060");
        return at;
      },
      selectionBuilder: (user: { tone: number }) => ({ class: `b-marked t${user.tone}` }),
    }),
    yUndoPlugin(),
    mentions.plugin(),
    rules(),
    keymap({
      "Mod-z": undo,
      "Mod-y": redo,
      "Mod-Shift-z": redo,
      "Mod-b": toggleMark(mark("strong")),
      "Mod-i": toggleMark(mark("em")),
      "Mod-e": toggleMark(mark("code")),
      "Mod-l": linkCommand(s.texts),
      Enter: item(splitListItem),
      // Tab stays the way out of the text, but in lists and tables, where it means something.
      Tab: chainCommands(goToNextCell(1), item(sinkListItem)),
      "Shift-Tab": chainCommands(goToNextCell(-1), item(liftListItem)),
      "Shift-Enter": chainCommands(exitCode, (state, dispatch) => {
        dispatch?.(state.tr.replaceSelectionWith(node("hard_break").create()).scrollIntoView());
        return true;
      }),
    }),
    keymap(baseKeymap),
    tableEditing(),
  ];
  text.replaceChildren();
  view = new EditorView(
    { mount: text },
    {
      state: EditorState.create({ schema, plugins }),
      editable: () => may,
      attributes: () => ({ role: "textbox", "aria-multiline": "true", "aria-label": s.label, class: "b-pad-text", ...(may ? {} : { "aria-readonly": "true" }) }),
      nodeViews: { check_item: (n, v, at) => new Check(n, v, at, s.texts) },
      handleClickOn: (_view, _pos, _n, _at, e) => follow(e, may),
      handlePaste: (v, e) => pasted(v, e),
      dispatchTransaction(tr: Transaction) {
        if (!view) return;
        view.updateState(view.state.apply(tr));
        press();
      },
    },
  );
  session.json = () => view?.state.doc.toJSON();
  const press = (): void => {
    for (const b of tools?.querySelectorAll<HTMLButtonElement>("[data-note-do]") ?? []) {
      const name = b.dataset["noteDo"] ?? "";
      const c = all[name];
      if (!view || !c) continue;
      b.setAttribute("aria-pressed", String(on(view.state, name)));
      b.disabled = !c(view.state);
    }
  };
  tools?.addEventListener("mousedown", (e) => e.preventDefault()); // the text keeps the cursor
  tools?.addEventListener("click", (e) => {
    const b = e.target instanceof Element ? e.target.closest<HTMLButtonElement>("[data-note-do]") : null;
    const c = b && all[b.dataset["noteDo"] ?? ""];
    if (!c || !view) return;
    c(view.state, view.dispatch, view);
    view.focus();
  });
  if (tools) toolbarKeys(tools);
  const top = find("top");
  if (top) top.hidden = false;
  if (tools) tools.hidden = !may;
  const who = find("who");
  session.awareness.on("change", () => {
    const names = new Set<string>();
    for (const [id, st] of session.awareness.getStates()) if (id !== session.doc.clientID) names.add((st["user"] as { name?: string } | undefined)?.name ?? "");
    if (who) who.textContent = names.size === 0 ? "" : `${s.texts["together"] ?? ""} ${[...names].filter(Boolean).sort().join(", ")}`;
  });
  putBack(s, () => view, () => may);
  press();
}

/** toolbarKeys makes the buttons one stop of the Tab key; arrows go between them. */
function toolbarKeys(tools: HTMLElement): void {
  const buttons = [...tools.querySelectorAll<HTMLButtonElement>("[data-note-do]")];
  buttons.forEach((b, i) => (b.tabIndex = i === 0 ? 0 : -1));
  tools.addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (!step || at < 0) return;
    e.preventDefault();
    for (let n = 1; n <= buttons.length; n++) {
      const b = buttons[(at + n * step + buttons.length * n) % buttons.length];
      if (!b || b.disabled) continue;
      buttons.forEach((x) => (x.tabIndex = x === b ? 0 : -1));
      b.focus();
      break;
    }
  });
}

/** follow opens a link: a click where one only reads, Ctrl-click where one writes. */
function follow(e: MouseEvent, writes: boolean): boolean {
  const a = e.target instanceof Element ? e.target.closest("a") : null;
  const href = a && safeLink(a.getAttribute("href") ?? "");
  if (!href || (writes && !e.ctrlKey && !e.metaKey)) return false;
  window.open(href, href.startsWith("/") && !e.ctrlKey && !e.metaKey ? "_self" : "_blank", "noopener");
  return true;
}

/** pasted makes a link of an address: of any object of Bassin, under its title. */
function pasted(view: EditorView, e: ClipboardEvent): boolean {
  const words = e.clipboardData?.getData("text/plain").trim() ?? "";
  if (!/^https?:\/\/\S+$/.test(words) || view.state.selection.$from.parent.type.spec.code) return false;
  const href = safeLink(words.startsWith(`${location.origin}/`) ? words.slice(location.origin.length) : words);
  if (!href) return false;
  if (view.state.selection.empty) void linkNamed(view, href);
  else toggleMark(mark("link"), { href })(view.state, view.dispatch);
  return true;
}

/** putBack offers to put an older version in place of the text: an ordinary change, which can be undone. */
function putBack(s: Settings, view: () => EditorView | null, may: () => boolean): void {
  const asked = document.querySelector<HTMLElement>("[data-note-back]");
  if (!asked || !s.back) return;
  asked.hidden = false;
  asked.querySelector("[data-note-back-do]")?.addEventListener("click", () => {
    const v = view();
    if (!v || !may()) return;
    v.dispatch(v.state.tr.replaceWith(0, v.state.doc.content.size, PMNode.fromJSON(schema, s.back).content));
    asked.remove();
    history.replaceState(null, "", location.pathname);
    v.focus();
  });
}
