// The control interface: what is asked of it, and what it tells by itself.

import { keep, kept } from "./dom.js";

const BASE = new URL(".", location.href); // Ends in /_ips/, of a tenant too.
const PAUSE = 1000; // Milliseconds between two looks, where nothing is told.
const LOOKS = 5; // So many, then events are asked for again.

/** A refusal of the interface: its message is the problem document's `detail`. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const wait = (time) => new Promise((done) => setTimeout(done, time));

export class Api {
  /** `askToken()` gives a promise of a token, or of "" if the reader has none. */
  constructor(askToken) {
    this.askToken = askToken;
    this.token = kept("sessionStorage", "token");
    this.asking = null;
  }

  /** A response whose status is no refusal; asks for a token where the server wants one. */
  async fetch(path, options = {}) {
    for (;;) {
      const used = this.token;
      const headers = { ...options.headers };
      if (used) headers.Authorization = `Bearer ${used}`;
      const answer = await fetch(new URL(path, BASE), {
        ...options, headers, cache: "no-store", credentials: "omit", redirect: "error",
      });
      if (answer.ok) return answer;
      if (answer.status !== 401) throw new Problem(answer.status, await detailOf(answer));
      await answer.body?.cancel();
      if (used === this.token && !(await this.newToken())) {
        throw new Problem(401, "The server wants its token.");
      }
    }
  }

  newToken() {
    // All that wait for a token wait for the same one.
    this.asking ??= this.askToken().then((token) => {
      this.asking = null;
      this.token = token;
      keep("sessionStorage", "token", token);
      return token;
    });
    return this.asking;
  }

  /** The value of an answer; null if it has none. */
  async get(path) {
    return (await this.fetch(path)).json();
  }

  /** Has something done; the value of the answer, null if it has none. */
  async send(method, path, value) {
    const options = { method };
    if (method !== "DELETE") {
      options.body = JSON.stringify(value ?? {});
      options.headers = { "Content-Type": "application/json" };
    }
    const answer = await this.fetch(path, options);
    return answer.status === 204 ? null : answer.json();
  }

  /**
   * Tells what happens, for ever: by server-sent events, and by looking where these do not come.
   * They are read by fetch, for EventSource cannot send a token.
   * @param {function} told called with the kind of each event; "" for look at everything
   * @param {function} state called with "live", "looking", "offline" or "refused"
   */
  async listen(told, state) {
    for (;;) {
      try {
        const answer = await this.fetch("events", { headers: { Accept: "text/event-stream" } });
        state("live");
        told(""); // What came before this.
        await readEvents(answer.body, told);
      } catch (error) {
        if (error instanceof Problem && error.status === 401) {
          state("refused");
          return;
        }
      }
      for (let look = 0; look < LOOKS; look++) {
        await wait(PAUSE);
        try {
          await this.fetch("health");
          state("looking");
          told("");
        } catch {
          state("offline");
        }
      }
    }
  }
}

async function detailOf(answer) {
  try {
    const problem = await answer.json();
    return problem.detail || problem.title || `HTTP ${answer.status}`;
  } catch {
    return `HTTP ${answer.status} ${answer.statusText}`;
  }
}

/** Reads a stream of events (HTML standard, 9.2.6); only their kinds are of use here. */
async function readEvents(body, told) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let kind = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const rows = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = rows.pop();
    for (const row of rows) {
      if (row.startsWith("event:")) kind = row.slice(6).trim();
      else if (row === "" && kind) {
        told(kind);
        kind = "";
      }
    }
  }
}

/**
 * `run`, so that it never runs twice at the same time: who calls while it runs has it run once more,
 * `pause` milliseconds later.
 */
export function oneAtATime(run, pause) {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again) {
        again = false;
        await run();
        await wait(pause);
      }
    } finally {
      running = false;
    }
  };
}
