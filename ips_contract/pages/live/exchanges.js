// Exchanges as they happen, and one of them: its message, findings, nearest valid form and answer.

import { asCurl, asFile, asPytest, canCopy } from "./copying.js";
import { badge, el, facts, shown, timeOf } from "./dom.js";
import { FAULTS } from "./facts.js";
import { difference, lines, message } from "./message.js";
import { SplitView } from "./view.js";

const MOST = 10_000; // As many as the service keeps.
const PAGE = 1000;

const LOOKS = {
  valid: ["good", "✓", "valid"],
  warnings: ["warn", "!", "warnings"],
  invalid: ["bad", "✗", "invalid"],
  none: ["plain", "○", "other"],
};
const FILTERS = [["", "All"], ["invalid", "Invalid"], ["warnings", "Warnings"], ["valid", "Valid"],
  ["fault", "Faults"]];

const kindOf = (row) => (row.verdict === "valid" && row.warnings ? "warnings" : row.verdict);
const nameOf = (row) => row.operation || `${row.method} ${row.target}`;

function resultOf(row) {
  if (row.fault !== null) return `fault ${row.fault} · ${row.reason || FAULTS[row.fault] || ""}`;
  return row.handle || `HTTP ${row.status}`;
}

/** The text of a body that is no UTF-8: by its byte order mark or its declaration; null: none. */
function textOf({ body, encoding }) {
  if (!encoding) return body;
  const bytes = Uint8Array.from(atob(body), (unit) => unit.charCodeAt(0));
  const start = String.fromCharCode(...bytes.subarray(0, 200));
  const marks = { "\xff\xfe": "utf-16le", "\xfe\xff": "utf-16be", "<\0": "utf-16le", "\0<": "utf-16be" };
  const declared = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(start);
  const label = marks[start.slice(0, 2)] ?? declared?.[1];
  try {
    return label ? new TextDecoder(label, { fatal: true }).decode(bytes) : null;
  } catch {
    return null;
  }
}

export class Exchanges extends SplitView {
  constructor(root, app) {
    const buttons = FILTERS.map(([kind, words]) => el("button", {
      type: "button", "data-kind": kind, "aria-pressed": String(kind === ""),
      click: () => this.pick(kind),
    }, words));
    super(root, {
      id: "exchange-list", label: "Exchanges, newest first", height: 58,
      draw: (row) => this.draw(row), key: (row) => row.number, tools: buttons,
    }, {
      find: "Find operation, handle, fault …",
      hint: "Choose an exchange, or press j.",
      empty: () => this.nothingYet(),
    });
    this.app = app;
    this.buttons = buttons;
    this.kind = "";
    this.all = []; // Oldest first.
    this.words = new Map(); // Number → what is searched.
    this.next = 0;
    this.stale = false; // Some were deleted, or all was reset.
    this.shownNumber = null;
    this.filter();
  }

  /** Gets what has come since. */
  async refresh() {
    if (this.stale) {
      await this.reload();
      return;
    }
    for (;;) {
      const asked = this.next;
      const answer = await this.get();
      const others = answer.count < asked; // It was reset, and nobody told.
      if (!others) this.add(answer.exchanges);
      if (others || (!answer.more && this.all.length !== answer.kept)) {
        await this.reload();
        return;
      }
      if (!answer.more) return;
    }
  }

  /** Gets all anew. What is chosen stays, if it is still there. */
  async reload() {
    this.stale = false;
    this.next = 0;
    const all = [];
    for (let more = true; more;) {
      const answer = await this.get();
      all.push(...answer.exchanges);
      ({ more } = answer);
    }
    const timeOfChosen = (rows) => rows.find((row) => row.number === this.list.chosen)?.time;
    const stays = timeOfChosen(all) === timeOfChosen(this.all);
    this.all = all;
    this.words.clear();
    this.filter();
    if (!stays) this.leave();
  }

  async get() {
    const answer = await this.app.api.get(`exchanges?since=${this.next}&limit=${PAGE}`);
    this.next = answer.next;
    return answer;
  }

  add(rows) {
    if (!rows.length) return;
    const before = this.fitting.length;
    for (const row of rows) {
      this.all.push(row);
      if (this.fits(row)) this.fitting.push(row);
    }
    const added = this.fitting.length - before;
    if (this.all.length > MOST) {
      for (const row of this.all.splice(0, this.all.length - MOST)) this.words.delete(row.number);
      const oldest = this.all[0].number;
      this.fitting = this.fitting.filter((row) => row.number >= oldest);
    }
    this.update(added);
  }

  wordsOf(row) {
    let words = this.words.get(row.number);
    if (words === undefined) {
      words = [row.number, nameOf(row), row.version, row.handle, row.fault ?? "", row.reason,
        FAULTS[row.fault] ?? "", row.status, ...row.notes].join(" ").toLowerCase();
      this.words.set(row.number, words);
    }
    return words;
  }

  fits(row) {
    if (this.kind === "fault" ? row.fault === null : this.kind && kindOf(row) !== this.kind) {
      return false;
    }
    const sought = this.search.value.trim().toLowerCase();
    return !sought || this.wordsOf(row).includes(sought);
  }

  pick(kind) {
    this.kind = kind;
    this.filtered = kind !== "";
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
    }
    this.filter();
  }

  filter() {
    this.fitting = this.all.filter((row) => this.fits(row));
    this.update();
  }

  update(added = 0) {
    const { fitting } = this;
    const last = fitting.length - 1;
    this.rows(fitting.length, (index) => fitting[last - index], added);
    this.app.count("exchanges", this.all.length);
  }

  draw(row) {
    return el("div", { class: "item" },
      el("div", { class: "one" }, badge(LOOKS[kindOf(row)]), el("b", {}, shown(nameOf(row))),
        el("span", { class: "soft num" }, timeOf(row.time, this.app.now()))),
      el("div", { class: "two soft" },
        el("span", { class: row.fault !== null ? "bad" : "" }, shown(resultOf(row))),
        el("span", { class: "num" }, `#${row.number}`)));
  }

  nothingYet() {
    const { address, wsdl } = this.app;
    return el("div", { class: "welcome" },
      el("h2", {}, "Nothing came yet"),
      el("p", {}, "Point your client at this address. What it sends shows here at once, judged."),
      el("div", { class: "command" }, el("code", {}, address), el("button", {
        type: "button", click: () => this.app.copy(address, "the address"),
      }, "Copy")),
      el("p", { class: "soft" }, "Its WSDL is at ", el("a", { href: wsdl }, wsdl), "."));
  }

  async chosen(row) {
    this.shownNumber = row.number;
    let exchange;
    try {
      exchange = await this.app.api.get(`exchanges/${row.number}`);
    } catch (problem) {
      this.app.fail(problem);
      return;
    }
    if (this.shownNumber !== row.number) return; // Another was chosen meanwhile.
    this.detail.scrollTop = 0;
    this.details(...this.exchange(exchange));
  }

  exchange(one) {
    const { request, response, report } = one;
    const errors = report.violations.flatMap((row, index) => row.severity === "error" ? [index] : []);
    const parts = [
      el("div", { class: "title" }, badge(LOOKS[kindOf(one)]),
        el("h2", { tabindex: "-1" }, shown(nameOf(one))),
        one.version ? el("span", { class: "soft" }, one.version) : null),
      el("p", { class: "soft" }, `#${one.number} · ${one.time.replace("T", " ").replace("Z", " UTC")}`,
        ` · ${shown(`${request.method} ${one.target}`)} · ${(1000 * one.duration).toFixed(1)} ms`),
    ];
    const result = one.fault !== null ?
      el("p", { class: "result bad" }, el("b", {}, `Fault ${one.fault}`), ` ${FAULTS[one.fault] ?? ""}`) :
      el("p", { class: "result" }, el("b", {}, one.handle ? "Handle " : `HTTP ${one.status}`),
        one.handle ? el("code", {}, shown(one.handle)) : null);
    parts.push(result);
    if (one.reason) parts.push(el("p", {}, shown(one.reason)));
    for (const note of one.notes) parts.push(el("p", { class: "warn" }, shown(note)));
    parts.push(this.copying(one));
    const text = textOf(request);
    parts.push(el("h3", {}, text === null ? "Message, in base64" : "Message"));
    // In base64 there are no places.
    if (text === null) {
      const found = report.violations.map((row) => ({ ...row, line: null, column: null }));
      parts.push(message(request.body, found, errors));
    } else if (text) parts.push(message(text, report.violations, errors));
    else parts.push(el("p", { class: "soft" }, "It has no body, or it is not kept any more."));
    if (one.files.length) {
      parts.push(el("h3", {}, "Files"), facts(one.files.map(
        (file) => [file.name, `${file.size} bytes, to ${file.folder || "/"}, SHA-256 ${file.sha256}`])));
    }
    if (one.nearest_valid.length) {
      parts.push(el("h3", {}, "Nearest valid form"), difference(one.nearest_valid));
    }
    const fate = { drop: ", dropped on its way", truncate: ", cut off on its way" }[response.fate];
    const late = response.delay ? `, held back ${response.delay} s` : "";
    parts.push(el("h3", {}, `Answer: HTTP ${response.status}${fate ?? ""}${late}`));
    if (response.body) parts.push(lines(response.body));
    parts.push(el("details", { class: "more" }, el("summary", {}, "Headers"),
      el("h4", {}, "Of the request"), facts(Object.entries(request.headers)),
      el("h4", {}, "Of the answer"), facts(response.headers)));
    return parts;
  }

  copying(one) {
    const able = canCopy(one);
    const button = (words, click) => el("button", {
      type: "button", disabled: !able, click,
      title: able ? null : "There is no body to send again.",
    }, words);
    return el("div", { class: "tools copies", role: "group", "aria-label": "Copy" },
      el("span", { class: "soft" }, "Copy as"),
      button("curl", () => this.app.copy(asCurl(one, this.app.root), "curl")),
      button("pytest test", () => this.app.copy(asPytest(one), "a pytest test")),
      button("fixture file", () => this.app.save(asFile(one))),
      el("button", { type: "button", class: "quiet", click: () => this.app.act(async () => {
        await this.app.api.send("DELETE", `exchanges/${one.number}`);
        this.all = this.all.filter((row) => row.number !== one.number);
        this.leave();
        this.filter();
      }, `Exchange ${one.number} is forgotten.`) }, "Forget"));
  }
}
