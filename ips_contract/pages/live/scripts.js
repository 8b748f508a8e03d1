// What the next requests are answered with.

import { el, shown } from "./dom.js";
import { FAULTS, OPERATIONS } from "./facts.js";

const MOST = 200; // Scripts that are shown.

const WAYS = [
  ["fault", "a fault"],
  ["status", "an HTTP status"],
  ["delay", "a delay"],
  ["drop", "a dropped connection"],
  ["truncate", "a body cut off"],
  ["malformed", "broken XML"],
];

/** What a script does; what the form does not make is told in the words of the server. */
function wordsOf(script) {
  const words = [];
  if (script.fault !== undefined) words.push(`fault ${script.fault} ${FAULTS[script.fault]}`);
  if (script.status !== undefined) words.push(`HTTP ${script.status}`);
  if (script.delay) words.push(`${script.delay} s late`);
  for (const [way, text] of WAYS) if (script[way] === true) words.push(text);
  const more = script.body !== undefined || script.fields !== undefined;
  return words.length && !more ? words.join(", ") : script.what;
}

export class Scripts {
  constructor(root, app) {
    this.app = app;
    this.way = el("select", { id: "script-way", change: () => this.choose() },
      WAYS.map(([way, words]) => el("option", { value: way }, words)));
    this.fault = el("select", { id: "script-fault" }, Object.entries(FAULTS).map(
      ([code, name]) => el("option", { value: code }, `${code} ${name}`)));
    this.fault.value = "30001" in FAULTS ? "30001" : Object.keys(FAULTS)[0];
    this.status = el("input", { id: "script-status", type: "number", min: 200, max: 599, value: 503 });
    this.delay = el("input", { id: "script-delay", type: "number", min: 0.1, max: 86400, step: "any",
      value: 5 });
    this.operation = el("input", { id: "script-operation", list: "operations", value: "submitJob",
      autocomplete: "off", spellcheck: "false" });
    this.times = el("input", { id: "script-times", type: "number", min: 1, max: 1_000_000, value: 1 });
    this.fields = {
      fault: field("Fault", this.fault), status: field("Status", this.status),
      delay: field("Seconds", this.delay),
    };
    this.waiting = el("ol", { class: "scripts" });
    this.none = el("p", { class: "soft" }, "Nothing is scripted: the mock answers by itself.");
    this.clear = el("button", { type: "button", class: "hidden", click: () => app.act(async () => {
      await app.api.send("DELETE", "scripts");
      await this.refresh();
    }, "All scripts are forgotten.") }, "Forget all");
    root.append(
      el("form", { class: "box form", submit: (event) => this.add(event) },
        el("h2", {}, "Answer the next requests with"),
        el("div", { class: "fields" },
          field("Answer", this.way), ...Object.values(this.fields),
          field("To operation (* for any)", this.operation), field("Times", this.times),
          el("button", { class: "main" }, "Script it")),
        el("datalist", { id: "operations" }, ["*", ...OPERATIONS].map(
          (name) => el("option", { value: name })))),
      el("div", { class: "heading" }, el("h2", {}, "Waiting for a request"), this.clear),
      this.none, this.waiting);
    this.choose();
  }

  choose() {
    for (const [way, element] of Object.entries(this.fields)) {
      element.classList.toggle("hidden", way !== this.way.value);
    }
  }

  add(event) {
    event.preventDefault();
    const way = this.way.value;
    const value = way in this.fields ? Number(this[way].value) : true;
    const script = { [way]: value, operation: this.operation.value.trim() || "*" };
    if (Number(this.times.value) !== 1) script.times = Number(this.times.value);
    this.app.act(async () => {
      await this.app.api.send("POST", "scripts", script);
      await this.refresh();
    }, `Scripted for ${script.operation === "*" ? "any operation" : script.operation}.`);
  }

  async refresh() {
    const { scripts } = await this.app.api.get("scripts");
    this.app.count("scripts", scripts.length);
    this.none.classList.toggle("hidden", scripts.length > 0);
    this.clear.classList.toggle("hidden", !scripts.length);
    const rows = scripts.slice(0, MOST).map((script) => el("li", { class: "box" },
      el("b", {}, shown(wordsOf(script))),
      el("span", {}, `for ${shown(script.whom)}`),
      el("span", { class: "soft" }, script.times === 1 ? "once" : `${script.times} times`),
      el("button", {
        type: "button", class: "quiet", "aria-label": `Forget script ${script.number}`,
        click: () => this.app.act(async () => {
          await this.app.api.send("DELETE", `scripts/${script.number}`);
          await this.refresh();
        }, "The script is forgotten."),
      }, "Forget")));
    if (scripts.length > MOST) rows.push(el("li", {}, `and ${scripts.length - MOST} more`));
    this.waiting.replaceChildren(...rows);
  }
}

function field(words, input) {
  return el("label", { class: "field" }, words, input);
}
