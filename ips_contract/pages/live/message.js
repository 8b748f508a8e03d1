// A message: its lines, its findings at the lines that they are at; and a difference.
// It makes the elements that pages/message.py writes for reports; a test compares them.

import { counted, el, shown } from "./dom.js";
import { EVIDENCE, FAULTS } from "./facts.js";

const MOST_FOLDED = 1000; // Lines that can be unfolded at one place.
const MOST_LINES = 60; // Lines of a message that are shown; of a longer one those near findings.
const CONTEXT = 6;
const MARKED = /<[^<>]*\/>|<[^<>]*>?[^<]*/y;
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

const clean = (text) => shown(text.replaceAll("\t", "    "));

/** A line of code: its number or sign, what is in it, and the class of its colour. */
function line(number, inside, kind = "") {
  return el("div", { class: `row ${kind}` }, el("span", {}, String(number)),
    el("span", {}, inside));
}

const rowsOf = (text) =>
  text.split("\n").map((row) => (row.endsWith("\r") ? row.slice(0, -1) : row));

/** Text with the numbers of its lines. */
export function lines(text) {
  const rows = rowsOf(text).slice(0, MOST_FOLDED);
  return el("div", { class: "code" }, rows.map((row, at) => line(at + 1, clean(row))));
}

/** The lines of a diff, in their colours. */
export function difference(changes) {
  return el("div", { class: "code" }, changes.map((text) => {
    const sign = "+-".includes(text.slice(0, 1)) ? text.slice(0, 1) : "";
    return line(sign, clean(text.slice(1)), { "+": "add", "-": "del" }[sign] || "");
  }));
}

/**
 * The lines of a message, the findings below the lines that they are at.
 * @param {string} text the message
 * @param {object[]} violations the findings, as a report in JSON has them
 * @param {number[]} failing which of them fail
 */
export function message(text, violations, failing) {
  const rows = rowsOf(text);
  const at = new Map();
  violations.forEach((found, index) => {
    const where = found.line !== null && found.line <= rows.length ? found.line : 0;
    at.set(where, [...(at.get(where) || []), { found, fails: failing.includes(index) }]);
  });
  const box = el("div", { class: "code" });
  const notes = (here) => here.map(({ found, fails }) => note(found, fails));
  box.append(...notes(at.get(0) || []));
  let last = 0;
  for (const number of [...shownLines(rows.length, at), rows.length + 1]) {
    if (number !== last + 1) {
      const folded = [];
      for (let row = last + 1; row < Math.min(number, last + 1 + MOST_FOLDED); row++) {
        folded.push(line(row, clean(rows[row - 1])));
      }
      box.append(el("details", {},
        el("summary", { class: "gap" }, counted(number - last - 1, "line")), folded));
    }
    last = number;
    if (number > rows.length) break;
    const here = at.get(number) || [];
    box.append(line(number, marked(rows[number - 1], here), rowClass(here)), ...notes(here));
  }
  return box;
}

function shownLines(count, at) {
  const every = Array.from({ length: Math.min(count, MOST_LINES) }, (_, index) => index + 1);
  if (count <= MOST_LINES) return every;
  const near = new Set(every.slice(0, 12));
  for (const place of at.keys()) {
    for (let row = place - CONTEXT; row <= place + CONTEXT; row++) near.add(row);
  }
  return [...near].filter((row) => row >= 1 && row <= count).sort((a, b) => a - b);
}

function rowClass(here) {
  if (!here.length) return "";
  return here.some(({ fails }) => fails) ? "hit" : "hit warn-row";
}

/** A line with the places of findings marked. Columns count characters, not UTF-16 units. */
function marked(row, here) {
  const columns = here.map(({ found }) => found.column).filter((column) => column !== null);
  if (!columns.length) return clean(row);
  const parts = [];
  let done = 0;
  for (const column of [...new Set(columns)].sort((a, b) => a - b)) {
    const start = unitsOf(row, column - 1);
    if (start < done || start >= row.length) continue;
    MARKED.lastIndex = start;
    const match = MARKED.exec(row);
    const end = start + (match ? trimmed(match[0]) : String.fromCodePoint(row.codePointAt(start)))
      .length;
    parts.push(clean(row.slice(done, start)), el("mark", {}, clean(row.slice(start, end))));
    done = end;
  }
  return [...parts, clean(row.slice(done))];
}

function unitsOf(row, characters) {
  if (!/[\ud800-\udfff]/.test(row)) return characters;
  return Array.from(row).slice(0, characters).join("").length;
}

function trimmed(text) {
  let end = text.length;
  while (end && SPACES.test(text[end - 1])) end--;
  return text.slice(0, end);
}

function note(found, fails) {
  const fault = found.fault_code === null ? "" :
    `fault ${found.fault_code} (${FAULTS[found.fault_code]}) · `;
  const words = `${found.path} · ${fault}source: ${evidence(found.source)}`;
  return el("div", { class: fails ? "note" : "note warn-row" },
    el("b", { class: found.severity === "error" ? "bad" : "warn" }, found.rule),
    ` ${shown(found.message)}`, el("small", {}, shown(words)));
}

function evidence(source) {
  return source.split("; ").map(inWords).join("; ");
}

function inWords(part) {
  const colon = part.indexOf(":");
  const letters = colon < 0 ? part : part.slice(0, colon);
  const names = letters.split(" ").filter(Boolean).map((letter) => EVIDENCE[letter]);
  if (names.includes(undefined)) return part; // It goes on about the source before it.
  return names.join(", ") + (colon < 0 ? "" : part.slice(colon));
}
