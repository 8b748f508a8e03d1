// A list of any length of which only what is in sight is in the page.

import { el } from "./dom.js";

const MORE = 6; // Rows beyond the edges.
const AIM = 500; // Milliseconds after a move of the pointer in which no row moves below it.

/**
 * Rows of one height in a box that scrolls.
 *
 * `choose(row, index)` is called when a row is chosen, by a click or a key, and `open` for a click or
 * Enter; `key(row)` is a text of its own for each row, by which the choice survives a change of the
 * list.
 */
export class VirtualList {
  constructor(box, { height, draw, key, choose, open = () => {} }) {
    this.pressed = null;
    this.box = box;
    this.height = height;
    this.draw = draw;
    this.key = key;
    this.choose = choose;
    this.open = open;
    this.length = 0;
    this.at = () => undefined;
    this.chosen = null; // The key of the chosen row.
    this.index = -1; // Where it is; -1 if it is not in the list.
    this.room = el("div", { class: "room", role: "presentation" });
    box.replaceChildren(this.room);
    box.setAttribute("role", "listbox");
    box.setAttribute("tabindex", "0");
    box.addEventListener("scroll", () => this.soon(), { passive: true });
    box.addEventListener("keydown", (event) => this.onKey(event));
    this.aimed = -AIM;
    this.waiting = null; // Rows that are to be shown, once nobody aims.
    box.addEventListener("pointermove", () => {
      this.aimed = performance.now();
    }, { passive: true });
    // Rows may move between press and release: what was pressed on is what is chosen.
    box.addEventListener("pointerdown", (event) => {
      const row = this.at(this.indexAt(event));
      this.pressed = row ? this.key(row) : null;
    });
    this.room.addEventListener("click", (event) => {
      const index = this.pressed ? this.find(this.pressed, this.indexAt(event)) : -1;
      this.pressed = null;
      if (index < 0) return;
      this.take(index);
      this.open(this.at(index), index, event);
    });
    new ResizeObserver(() => this.soon()).observe(box);
  }

  /**
   * Shows other rows.
   * @param {number} length how many
   * @param {function} at index → row
   * @param {number} above how many of them came in above those in sight, which stay there
   */
  show(length, at, above = 0) {
    const waits = this.waiting !== null;
    this.waiting = above ? { length, at, above: above + (this.waiting?.above ?? 0) } : null;
    if (!above) this.put(length, at, 0);
    else if (!waits) this.putSoon();
  }

  putSoon() {
    if (this.waiting === null) return;
    const rest = this.aimed + AIM - performance.now();
    if (rest > 0 && this.length) {
      setTimeout(() => this.putSoon(), rest);
      return;
    }
    const { length, at, above } = this.waiting;
    this.waiting = null;
    this.put(length, at, above);
  }

  put(length, at, above) {
    this.length = length;
    this.at = at;
    this.room.style.height = `${length * this.height}px`;
    this.box.classList.toggle("hidden", !length);
    if (above && this.box.scrollTop > 0) this.box.scrollTop += above * this.height;
    this.soon();
  }

  /** Draws anew, once before the next frame, however often it is called. */
  soon() {
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => {
      this.waits = false;
      this.redraw();
    });
  }

  redraw() {
    const { scrollTop, clientHeight } = this.box;
    const first = Math.max(0, Math.floor(scrollTop / this.height) - MORE);
    const last = Math.min(this.length, Math.ceil((scrollTop + clientHeight) / this.height) + MORE);
    const rows = [];
    let active = "";
    for (let index = first; index < last; index++) {
      const row = this.at(index);
      const key = this.key(row);
      const element = this.draw(row, index);
      const chosen = key === this.chosen;
      element.setAttribute("role", "option");
      element.setAttribute("aria-selected", String(chosen));
      element.setAttribute("aria-posinset", index + 1);
      element.setAttribute("aria-setsize", this.length);
      element.id = `${this.box.id}-${index}`;
      element.style.top = `${index * this.height}px`;
      element.style.height = `${this.height}px`;
      if (chosen) active = element.id;
      rows.push(element);
    }
    this.room.replaceChildren(...rows);
    if (active) this.box.setAttribute("aria-activedescendant", active);
    else this.box.removeAttribute("aria-activedescendant");
  }

  /** Chooses the row at `index`, brings it into sight and tells. */
  take(index) {
    if (!this.length) return;
    const place = Math.max(0, Math.min(index, this.length - 1));
    const row = this.at(place);
    this.chosen = this.key(row);
    this.index = place;
    this.reveal(place);
    this.soon();
    this.choose(row, place);
  }

  reveal(index) {
    const top = index * this.height;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop) this.box.scrollTop = top;
    else if (top + this.height > scrollTop + clientHeight) {
      this.box.scrollTop = top + this.height - clientHeight;
    }
  }

  /** Chooses the next row, or the one before: `step` is 1 or -1. */
  move(step) {
    const now = this.find();
    this.take(now < 0 ? (step > 0 ? 0 : this.length - 1) : now + step);
  }

  /** Where the row with `key` is now, which was near `start`; -1 if it is gone. */
  find(key = this.chosen, start = this.index) {
    if (key === null) return -1;
    for (let near = 0; near < this.length + Math.abs(start); near++) {
      for (const index of [start + near, start - near]) {
        if (index >= 0 && index < this.length && this.key(this.at(index)) === key) return index;
      }
    }
    return -1;
  }

  indexAt(event) {
    return Math.floor((event.clientY - this.room.getBoundingClientRect().top) / this.height);
  }

  /** Nothing is chosen any more. */
  leave() {
    this.chosen = null;
    this.index = -1;
    this.soon();
  }

  onKey(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in moves) this.take(Math.max(this.find(), moves[event.key] > 0 ? -1 : 0)
      + moves[event.key]);
    else if (event.key === "Home") this.take(0);
    else if (event.key === "End") this.take(this.length - 1);
    else if (event.key === "Enter" || event.key === " ") {
      const now = this.find();
      if (now >= 0) this.open(this.at(now), now);
    } else return;
    event.preventDefault();
  }
}
