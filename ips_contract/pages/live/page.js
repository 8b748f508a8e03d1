// The live page: views, the service's clock, keys, and what happens told to the views.

import { Api, Problem, oneAtATime } from "./api.js";
import { byId, el, keep, kept, shown } from "./dom.js";
import { Exchanges } from "./exchanges.js";
import { VERSION } from "./facts.js";
import { Jobs } from "./jobs.js";
import { Library } from "./library.js";
import { Scripts } from "./scripts.js";

const VIEWS = ["exchanges", "jobs", "library", "scripts"];
const ROOT = location.pathname.replace(/\/_ips\/.*$/, ""); // "" or /t/NAME of a tenant.
const TENANTS_PAUSE = 10_000; // Milliseconds: no event tells of a new tenant.
const STATES = {
  live: ["good", "● Live"],
  looking: ["warn", "● Looking each second"],
  offline: ["bad", "● The server does not answer"],
  refused: ["bad", "● No token: load the page again"],
};

class App {
  constructor() {
    this.ahead = 0; // Milliseconds that the service's clock is ahead of this machine's.
    this.api = new Api(() => ask("ask-token").then((yes) => {
      const token = yes ? byId("token").value : "";
      byId("token").value = "";
      return token;
    }));
    this.root = location.origin + ROOT;
    this.address = `${this.root}/scene7/services/IpsApiService`;
    this.wsdl = `${this.root}/scene7/services/IpsApiService?wsdl`;
    this.view = "";
    this.views = {
      exchanges: new Exchanges(byId("exchanges"), this),
      jobs: new Jobs(byId("jobs"), this),
      library: new Library(byId("library"), this),
      scripts: new Scripts(byId("scripts"), this),
    };
    const gently = (run, pause) => oneAtATime(() => this.guard(run), pause);
    this.refresh = {
      exchange: gently(() => this.views.exchanges.refresh(), 100),
      jobs: gently(() => this.views.jobs.refresh(), 500),
      state: gently(() => this.views.library.refresh(), 1000),
      script: gently(() => this.views.scripts.refresh(), 300),
      clock: gently(() => this.readClock(), 100),
      tenants: gently(() => this.readTenants(), 1000),
    };
  }

  /** The service's time, in milliseconds. */
  now() {
    return Date.now() + this.ahead;
  }

  /** Has a view's tab show how much there is in it. */
  count(view, number) {
    document.querySelector(`#tab-${view} .count`).textContent = number ? number.toLocaleString("en") : "";
  }

  async guard(run) {
    try {
      await run();
    } catch (problem) {
      if (problem instanceof Problem) this.fail(problem); // Else there is no answer: listen tells.
    }
  }

  told(kind) {
    const { refresh } = this;
    if (kind === "reset") this.views.exchanges.stale = true;
    if (kind === "" || kind === "reset") {
      for (const each of Object.values(refresh)) each();
    } else refresh[kind]?.();
    if (kind === "clock") refresh.jobs(); // At once: who moved it waits for them.
  }

  /** Has the interface do something, and says so. */
  async act(run, words) {
    try {
      await run();
      if (words) this.say(words);
    } catch (problem) {
      this.fail(problem);
    }
  }

  say(words) {
    byId("alert").textContent = "";
    byId("toast").textContent = shown(words);
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      byId("toast").textContent = "";
    }, 4000);
  }

  fail(problem) {
    byId("alert").replaceChildren(shown(problem.message), el("button", {
      type: "button", "aria-label": "Close", click: () => byId("alert").replaceChildren(),
    }, "✕"));
  }

  async copy(text, what) {
    try {
      await navigator.clipboard.writeText(text);
      this.say(`Copied: ${what}.`);
    } catch {
      byId("text-box").value = text;
      byId("text").showModal();
      byId("text-box").select();
    }
  }

  save({ name, data }) {
    const address = URL.createObjectURL(new Blob([data], { type: "application/xml" }));
    el("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    this.say(`Saved: ${name}.`);
  }

  // The clock.

  async readClock() {
    this.setClock(await this.api.get("clock"));
  }

  setClock({ time, offset_seconds: offset }) {
    this.ahead = Date.parse(time) - Date.now();
    const words = byId("offset");
    const moved = Math.abs(offset) >= 1;
    words.textContent = moved ? offsetWords(offset) : "";
    words.classList.toggle("hidden", !moved);
    byId("real-time").classList.toggle("hidden", !moved);
    this.tick();
  }

  tick() {
    const moment = new Date(this.now()).toISOString();
    byId("time").textContent = `${moment.slice(0, 10)} ${moment.slice(11, 19)} UTC`;
    byId("time").dateTime = moment;
    if (this.view === "jobs") this.views.jobs.tick();
    if (this.views.jobs.due <= this.now()) {
      this.views.jobs.due = Infinity;
      this.refresh.jobs();
      this.refresh.state();
    }
  }

  moveClock(by) {
    this.act(async () => this.setClock(await this.api.send("POST", "clock/advance", by)));
  }

  async askTime() {
    byId("new-time").value = new Date(this.now()).toISOString().slice(0, 19);
    if (!(await ask("ask-time"))) return;
    const time = `${byId("new-time").value}${byId("new-time").value.length === 16 ? ":00" : ""}Z`;
    this.act(async () => this.setClock(await this.api.send("PUT", "clock", { time })));
  }

  async askReset() {
    if (await ask("ask-reset")) {
      this.act(async () => {
        await this.api.send("POST", "reset");
        this.told("reset");
      }, "The service is as it was at its start.");
    }
  }

  // Tenants.

  async readTenants() {
    const answer = await this.api.fetch(`${location.origin}/_ips/tenants`);
    const { tenants } = await answer.json();
    const paths = ["", ...tenants.map((row) => row.path)];
    if (!paths.includes(ROOT)) paths.push(ROOT);
    if (paths.join(" ") === this.paths) return; // A list that is open would be closed.
    this.paths = paths.join(" ");
    byId("tenant-choice").classList.toggle("hidden", paths.length < 2);
    byId("tenant").replaceChildren(...paths.map((path) => {
      const name = path ? decodeURIComponent(path.replace(/^\/t\//, "")) : "none";
      return el("option", { value: path, selected: path === ROOT }, name);
    }));
  }

  // Views and keys.

  open(view, focus = false) {
    if (!VIEWS.includes(view) || view === this.view) return;
    this.view = view;
    for (const each of VIEWS) {
      const tab = byId(`tab-${each}`);
      byId(each).classList.toggle("hidden", each !== view);
      tab.setAttribute("aria-selected", String(each === view));
      tab.tabIndex = each === view ? 0 : -1;
      if (focus && each === view) tab.focus();
    }
    history.replaceState(null, "", view === "exchanges" ? location.pathname : `#${view}`);
    if (view === "jobs") this.refresh.jobs();
    if (view === "library") this.refresh.state();
    this.views[view].list?.soon();
  }

  onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.matches("input, select, textarea");
    const view = this.views[this.view];
    if (event.key === "Escape") {
      if (typing) event.target.blur();
      else if (view.list?.chosen !== null) {
        view.leave?.();
        view.list?.box.focus();
      }
      return;
    }
    if (typing || !byId("keys-on").checked) return;
    const tab = VIEWS[Number(event.key) - 1];
    if (tab) this.open(tab);
    else if (event.key === "j" || event.key === "k") view.list?.move(event.key === "j" ? 1 : -1);
    else if (event.key === "/" && view.search) view.search.focus();
    else if (event.key === "?") byId("keys").showModal();
    else return;
    event.preventDefault();
  }

  start() {
    byId("help").addEventListener("click", () => byId("keys").showModal());
    byId("reset").addEventListener("click", () => this.askReset());
    byId("set-clock").addEventListener("click", () => this.askTime());
    byId("real-time").addEventListener("click", () => this.act(
      async () => this.setClock(await this.api.send("POST", "clock/reset"))));
    for (const unit of ["minutes", "hours", "days"]) {
      const button = document.querySelector(`[data-${unit}]`);
      button.addEventListener("click", () => this.moveClock({ [unit]: Number(button.dataset[unit]) }));
    }
    byId("tenant").addEventListener("change", (event) => {
      location.assign(`${event.target.value}/_ips/${location.hash}`);
    });
    for (const view of VIEWS) byId(`tab-${view}`).addEventListener("click", () => this.open(view));
    document.querySelector("nav").addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      this.open(VIEWS.at((VIEWS.indexOf(this.view) + step) % VIEWS.length), true);
      event.preventDefault();
    });
    document.addEventListener("keydown", (event) => this.onKey(event));
    byId("keys-on").checked = kept("localStorage", "keys") !== "off";
    byId("keys-on").addEventListener("change", (event) => {
      keep("localStorage", "keys", event.target.checked ? "" : "off");
    });
    chooseTheme();
    this.open(location.hash.slice(1) || "exchanges");
    if (!this.view) this.open("exchanges");
    byId("version").textContent = VERSION;
    this.tick();
    setInterval(() => this.tick(), 1000);
    setInterval(() => this.refresh.tenants(), TENANTS_PAUSE);
    this.api.listen((kind) => this.told(kind), (state) => {
      const [kind, words] = STATES[state];
      byId("link").className = `badge ${kind}`;
      if (byId("link").textContent !== words) byId("link").textContent = words;
    });
  }
}

/** Shows a dialog; whether it was agreed to. */
function ask(id) {
  const dialog = byId(id);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true });
  });
}

function chooseTheme() {
  const { dataset } = document.documentElement;
  const theme = kept("localStorage", "theme");
  if (theme) dataset.theme = theme;
  byId("theme").addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    dataset.theme = (dataset.theme || system) === "dark" ? "light" : "dark";
    keep("localStorage", "theme", dataset.theme === system ? "" : dataset.theme);
  });
}

function offsetWords(seconds) {
  const sign = seconds < 0 ? "−" : "+";
  let rest = Math.round(Math.abs(seconds));
  const words = [];
  for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]]) {
    if (rest >= size) words.push(`${Math.floor(rest / size)} ${unit}`);
    rest %= size;
  }
  return `${sign}${words.slice(0, 2).join(" ")}`;
}

new App().start();
