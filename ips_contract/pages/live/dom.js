// Elements of the page. What came from outside is only ever text in them.

// Characters that may move a cursor, turn text around or hide themselves; a space does not.
const DOUBTFUL = /(?! )[\p{C}\p{Z}]/gu;
const NAMED = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character) {
  if (NAMED[character]) return NAMED[character];
  const code = character.codePointAt(0);
  const digits = code.toString(16);
  if (code < 0x100) return "\\x" + digits.padStart(2, "0");
  return code < 0x10000 ? "\\u" + digits.padStart(4, "0") : "\\U" + digits.padStart(8, "0");
}

/** `text` on one line, with what cannot be seen written as escapes. */
export function shown(text) {
  return String(text).replace(DOUBTFUL, escaped);
}

/**
 * A new element.
 * @param {string} name of the element
 * @param {object} attributes name → value; true: without one; null and false: not there.
 *   Functions are listeners: `{click: open}`.
 * @param {...(Node|string|null)} children texts become text nodes, never markup
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== null && value !== false && value !== undefined) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** The element of the page with an id. */
export const byId = (id) => document.getElementById(id);

/** A number and what it counts: `1 line`, `12 lines`. */
export const counted = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;

/** A badge: the class of a colour, a sign and a word. */
export const badge = ([kind, sign, words]) =>
  el("span", { class: `badge ${kind}` }, `${sign} ${words}`);

/** Names and values, as rows: `[[name, value or element], …]`; those without a value are left out. */
export function facts(rows) {
  const list = el("dl", { class: "facts" });
  for (const [name, value] of rows) {
    if (value === null || value === undefined || value === "") continue;
    list.append(el("dt", {}, name), el("dd", {}, value instanceof Node ? value : shown(value)));
  }
  return list;
}

/** `2014-04-03T09:30:00.000Z` → `09:30:00`, with the date if it is another than today's. */
export function timeOf(moment, now) {
  if (!moment) return "";
  const [day, time] = [moment.slice(0, 10), moment.slice(11, 19)];
  return now && new Date(now).toISOString().slice(0, 10) !== day ? `${day} ${time}` : time;
}

/** What the browser keeps under a name; "" if it keeps nothing, as in some private windows. */
export function kept(storage, name) {
  try {
    return globalThis[storage].getItem(`ips-contract ${name}`) || "";
  } catch {
    return "";
  }
}

/** Has the browser keep a text under a name; "" forgets it. */
export function keep(storage, name, text) {
  try {
    if (text) globalThis[storage].setItem(`ips-contract ${name}`, text);
    else globalThis[storage].removeItem(`ips-contract ${name}`);
  } catch {
    // Then it is forgotten when the page is left.
  }
}
