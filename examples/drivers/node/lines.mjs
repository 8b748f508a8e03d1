// The line protocol of `ips-contract fuzz --persistent`, for any client in Node.
import { createInterface } from "node:readline";

/**
 * Answers a line for each line on standard input.
 * @param {(task: Record<string, string>) => Promise<string>} submit resolves to the handle, or rejects.
 */
export async function answerLines(submit) {
  for await (const line of createInterface({ input: process.stdin })) {
    const task = JSON.parse(line);
    const answer = { case: task.IPS_CASE };
    try {
      answer.output = String(await submit(task)); // What console.log would print.
    } catch (error) {
      answer.error = String(error);
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
