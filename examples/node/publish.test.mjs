import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { IpsMock } from "./ips-mock.mjs";
import { publishDaily } from "./publish.mjs";

const AT_TWO = "0 0 2 * * ?";
let mock;

before(async () => {
  mock = await IpsMock.start("--clock", "2014-04-03T00:00:00Z");
});
beforeEach(() => mock.control("POST", "reset", {})); // Each test finds the service as new.
after(async () => assert.equal(await mock.stop(), 0));

test("the job runs each night", async () => {
  const handle = await publishDaily(mock.place.endpoint, "Nightly", AT_TWO);
  assert.match(handle, /\|Nightly\|/);
  await mock.control("POST", "clock/advance", { hours: 3 });
  const { jobs } = (await mock.control("GET", "jobs?job_name=Nightly")).body;
  const runs = jobs.filter((job) => job.state === "ended");
  assert.deepEqual(
    runs.map((run) => [run.started.slice(0, 16), run.outcome]),
    [["2014-04-03T02:00", "success"]],
  );
});

test("a refusal is told to the caller", async () => {
  await mock.control("POST", "scripts", { fault: 20003 }); // For the next submission.
  const refused = publishDaily(mock.place.endpoint, "Nightly", AT_TWO);
  await assert.rejects(refused, /refused: 20003/);
});

test("what was submitted is what was meant", async () => {
  await publishDaily(mock.place.endpoint, "Nightly", AT_TWO);
  const meant = { job_name: "Nightly", job: "imageServingPublishJob", execSchedule: AT_TWO };
  const found = await mock.control("POST", "verify", { submitted: meant, times: 1 });
  assert.equal(found.status, 200, found.body.detail);
  const other = await mock.control("POST", "verify", { submitted: { job_name: "Weekly" } });
  assert.equal(other.status, 409);
  assert.match(other.body.detail, /Nightly/); // It says what came instead.
});
