// The mock as a test has it: started, driven through its control interface, ended.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export class IpsMock {
  /** Starts `ips-contract serve`; it ends with this process, however that ends. */
  static async start(...options) {
    const mock = new IpsMock();
    mock.folder = mkdtempSync(join(tmpdir(), "ips-"));
    const ready = join(mock.folder, "ready.json");
    mock.process = spawn(
      "ips-contract",
      ["serve", "--exit-with-stdin", "--ready-file", ready, ...options],
      { stdio: ["pipe", "ignore", "inherit"] },
    );
    await once(mock.process, "spawn");
    while (!existsSync(ready)) {
      if (mock.process.exitCode !== null) throw new Error("the mock did not start");
      await sleep(20);
    }
    mock.place = JSON.parse(readFileSync(ready, "utf8"));
    return mock;
  }

  /** Asks the control interface; what it says is in `status` and `body`. */
  async control(method, path, body) {
    const answer = await fetch(this.place.control + path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
  }

  /** Ends it; its exit status. */
  async stop() {
    const ended = once(this.process, "exit");
    this.process.stdin.end();
    const [status] = await ended;
    rmSync(this.folder, { recursive: true });
    return status;
  }
}
