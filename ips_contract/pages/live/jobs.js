// Jobs on a timeline that moves with the service's clock, and one of them: how and when it ends.

import { badge, el, facts, shown, timeOf } from "./dom.js";
import { SplitView } from "./view.js";

const MOST = 1000; // As many as one answer has.
const TICK_WIDTH = 84; // Pixels between two times of the axis, at least.
const STEPS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400,
  7 * 86400, 30 * 86400, 365 * 86400, 10 * 365 * 86400].map((seconds) => seconds * 1000);
const SPANS = [["", "All"], [60, "1 min"], [600, "10 min"], [3600, "1 h"], [86400, "1 day"]];

const OUTCOMES = {
  success: ["good", "✓", "success"],
  warnings: ["warn", "!", "warnings"],
  errors: ["bad", "✗", "errors"],
  fatal: ["bad", "✗", "fatal"],
  stopped: ["known", "■", "stopped"],
};

const ms = (moment) => (moment ? Date.parse(moment) : null);

function lookOf(job) {
  if (job.state === "ended") return OUTCOMES[job.outcome] ?? ["plain", "○", job.outcome];
  if (job.state === "active") return ["known", "▸", "active"];
  if (job.state === "paused") return ["warn", "‖", "paused"];
  return ["plain", "◷", "scheduled"];
}

export class Jobs extends SplitView {
  constructor(root, app) {
    const spans = SPANS.map(([seconds, words]) => el("button", {
      type: "button", "data-span": seconds, "aria-pressed": String(seconds === ""),
      click: () => this.scale(seconds),
    }, words));
    const axis = el("div", { class: "axis soft", "aria-hidden": "true" });
    super(root, {
      id: "job-list", label: "Jobs, newest first", height: 50,
      draw: (job) => this.draw(job), key: (job) => `${job.handle} ${job.number}`,
      tools: [el("div", { class: "tools", role: "group", "aria-label": "Time shown" }, spans)],
      above: [axis],
    }, {
      find: "Find job, handle, state …",
      hint: "Choose a job, or press j. The timeline moves with the service's clock.",
      empty: () => el("div", { class: "welcome" }, el("h2", {}, "No jobs"),
        el("p", { class: "soft" }, "Each submitJob that is accepted makes one.")),
    });
    this.app = app;
    this.axis = axis;
    this.spans = spans;
    this.span = "";
    this.all = []; // Newest first, the scheduled ones before them.
    this.due = Infinity; // When one of them ends or starts by itself.
    this.filter();
  }

  async refresh() {
    const inSight = this.app.view === "jobs";
    const answer = await this.app.api.get(`jobs?limit=${inSight ? MOST : 1}`);
    this.app.count("jobs", answer.active + answer.scheduled + answer.ended);
    if (!inSight) return; // To have so many told each time costs the server something.
    this.all = answer.jobs.reverse();
    const now = this.app.now();
    const times = this.all.map((job) => ms(job.state === "scheduled" ? job.next : job.ends));
    this.due = Math.min(...times.filter((time) => time !== null && time > now), Infinity);
    this.filter();
    const index = this.list.find();
    if (index < 0) {
      if (this.list.chosen !== null) this.leave();
    } else if (this.changed(this.at(index))) this.chosen(this.at(index));
  }

  changed(job) {
    return JSON.stringify(job) !== this.told;
  }

  at(index) {
    return this.fitting[index];
  }

  scale(seconds) {
    this.span = seconds;
    for (const button of this.spans) {
      button.setAttribute("aria-pressed", String(button.dataset.span === String(seconds)));
    }
    this.filter();
  }

  filter() {
    const sought = this.search.value.trim().toLowerCase();
    this.fitting = this.all.filter((job) => !sought ||
      [job.name, job.handle, job.job, job.state, job.outcome, job.user].join(" ").toLowerCase()
        .includes(sought));
    this.tick();
    this.rows(this.fitting.length, (index) => this.fitting[index]);
  }

  /** Moves the timeline on to the time that it is now. */
  tick() {
    const now = this.app.now();
    const starts = this.fitting.map((job) => ms(job.started)).filter((time) => time !== null);
    const ends = this.fitting.map((job) => ms(job.ends)).filter((time) => time !== null);
    if (this.span) {
      this.from = now - 900 * this.span;
      this.until = now + 100 * this.span;
    } else {
      this.from = Math.min(now - 10_000, ...starts);
      const last = Math.max(now, ...ends);
      this.until = last + 0.06 * (last - this.from);
    }
    this.drawAxis();
    this.list.soon();
  }

  /** Where a time is, in percent of the lane. */
  place(time) {
    return (100 * (time - this.from)) / (this.until - this.from);
  }

  drawAxis() {
    this.axis.classList.toggle("hidden", !this.fitting.length);
    const most = Math.max(1, Math.floor(this.axis.clientWidth / 2 / TICK_WIDTH));
    const step = STEPS.find((each) => (this.until - this.from) / each <= most) ?? STEPS.at(-1);
    const lane = el("div", { class: "lane" });
    for (let time = Math.ceil(this.from / step) * step; time < this.until; time += step) {
      if (this.place(time) > 86) break; // Its words would be cut off.
      const text = new Date(time).toISOString();
      const words = step >= 86_400_000 ? text.slice(0, 10) :
        step >= 60_000 ? text.slice(11, 16) : text.slice(11, 19);
      lane.append(placed(el("span", { class: "tick" }, words), this.place(time)));
    }
    this.axis.replaceChildren(el("span", {}, "Job"), lane, el("span", { class: "num" }, "State"));
  }

  draw(job) {
    const now = this.app.now();
    const lane = el("div", { class: "lane" });
    const start = ms(job.started);
    const [kind] = lookOf(job);
    if (start !== null) {
      const end = ms(job.ended) ?? now;
      lane.append(this.bar(start, end, `bar ${kind}`));
      if (job.ends && job.state === "active") lane.append(this.bar(end, ms(job.ends), "bar rest"));
    }
    const next = ms(job.next);
    if (next !== null) {
      const inSight = next <= this.until;
      lane.append(placed(el("span", { class: inSight ? "next" : "next later" },
        inSight ? "◆" : `${timeOf(job.next, now).replace(/:00$/, "")} →`),
      inSight ? this.place(next) : 100));
    }
    lane.append(placed(el("span", { class: "now" }), this.place(now)));
    return el("div", { class: "item job" },
      el("div", { class: "name" }, el("b", {}, shown(job.job_name)),
        el("span", { class: "soft" }, shown(job.job))),
      lane, el("div", { class: "num" }, badge(lookOf(job))));
  }

  bar(start, end, look) {
    const from = Math.max(0, this.place(start));
    const bar = placed(el("span", { class: look }), from);
    bar.style.width = `max(3px, ${Math.min(100, this.place(end)) - from}%)`;
    return this.place(end) < 0 ? null : bar;
  }

  chosen(job) {
    this.told = JSON.stringify(job);
    const running = job.state === "active" || (job.state === "paused" && job.started);
    const now = `${this.list.chosen} ${job.state}`;
    if (now === this.detailed && this.top.isConnected) { // What is being filled in stays.
      this.top.replaceChildren(...this.about(job));
      return;
    }
    this.detailed = now;
    this.top = el("div", {}, this.about(job));
    this.details(this.top, running ? this.ending(job) : null, this.planning(job));
  }

  about(job) {
    const plan = job.plan && [job.plan.polls === null ? "" : `${job.plan.polls} polls`,
      job.plan.seconds === null ? "" : `${job.plan.seconds} s`].filter(Boolean).join(" or ");
    return [
      el("div", { class: "title" }, badge(lookOf(job)), el("h2", { tabindex: "-1" },
        shown(job.job_name))),
      facts([
        ["Handle", el("code", {}, shown(job.handle))],
        ["Kind", job.job], ["Run", job.name !== job.job_name ? job.name : ""],
        ["Company", job.company], ["User", job.user],
        ["Started", job.started && utc(job.started)], ["Ended", job.ended && utc(job.ended)],
        ["Progress", job.state === "active" ? `${job.progress} %` : ""],
        ["Outcome", job.state === "ended" ? job.outcome : ""],
        ["Ends by itself", job.plan && job.state !== "ended" ?
          (plan ? `after ${plan}` : "never") : ""],
        ["At the latest", job.ends && utc(job.ends)],
        ["Asked about", job.plan ? `${job.polls} times` : ""],
        ["Runs next", job.next && utc(job.next)], ["Schedule", job.schedule],
        ["Log number", job.number],
      ]),
    ];
  }

  ending(job) {
    const outcome = el("select", { "aria-label": "Outcome" },
      ["success", "warnings", "errors", "fatal"].map((name) => el("option", { value: name }, name)));
    return el("form", { class: "box form", submit: (event) => {
      event.preventDefault();
      this.app.act(async () => {
        await this.app.api.send("POST", "jobs/finish",
          { handle: job.handle, outcome: outcome.value });
        await this.refresh();
      }, `${job.job_name} ended: ${outcome.value}.`);
    } }, el("h3", {}, "End it now"), el("div", { class: "fields" },
      el("label", { class: "field" }, "Outcome", outcome),
      el("button", { class: "main" }, "End")),
    el("p", { class: "soft" }, "Later jobs of this name end so, too."));
  }

  planning(job) {
    const number = (words, value, step) => el("input", {
      type: "number", min: 0, step, placeholder: "never", value, "aria-label": words });
    const polls = number("Polls", job.plan?.polls ?? "", 1);
    const seconds = number("Seconds", job.plan?.seconds ?? "", "any");
    const valueOf = (input) => (input.value === "" ? null : Number(input.value));
    return el("form", { class: "box form", submit: (event) => {
      event.preventDefault();
      this.app.act(() => this.app.api.send("POST", "jobs/plan", {
        job_name: job.job_name, plan: { polls: valueOf(polls), seconds: valueOf(seconds) },
      }), `Later runs of ${job.job_name} end by this plan.`);
    } }, el("h3", {}, "Later runs of this name end after"), el("div", { class: "fields" },
      el("label", { class: "field" }, "Polls", polls),
      el("label", { class: "field" }, "Seconds", seconds),
      el("button", {}, "Plan")));
  }
}

const utc = (moment) => moment.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");

function placed(element, percent) {
  element.style.left = `${percent}%`;
  return element;
}
