// A list beside the details of what is chosen in it: what three of the views have in common.

import { el } from "./dom.js";
import { VirtualList } from "./list.js";

export class SplitView {
  /**
   * @param {HTMLElement} root the section, with a `.side` and a `.detail`
   * @param {object} list what `VirtualList` is made with, its `label` and `id`, and what stands
   *   beside and below the search field; `open` says whether it has done all there is to do
   * @param {object} words `find`: of the search field; `hint`: while nothing is chosen; `empty`:
   *   makes an element for an empty list
   */
  constructor(root, { id, label, height, draw, key, open, tools = [], above = [] }, words) {
    this.root = root;
    this.detail = root.querySelector(".detail");
    this.search = el("input", {
      type: "search", placeholder: words.find, "aria-label": words.find, "aria-keyshortcuts": "/",
      input: () => this.filter(),
    });
    const box = el("div", { id, class: "list", "aria-label": label });
    this.none = el("div", { class: "none" });
    this.empty = words.empty;
    this.hint = words.hint;
    root.querySelector(".side").append(
      el("div", { class: "tools" }, tools, this.search), ...above, box, this.none);
    this.list = new VirtualList(box, {
      height, draw, key,
      choose: (row) => this.chosen(row),
      open: (row, index, event) => {
        if (open?.(row, event)) return;
        root.classList.add("opened");
        if (!event) this.detail.querySelector("h2")?.focus();
      },
    });
    this.detail.setAttribute("aria-label", "Details");
    this.leave();
  }

  filter() {}

  chosen() {}

  /** Shows so many rows, or why there are none. */
  rows(length, at, above = 0) {
    this.none.classList.toggle("hidden", length > 0);
    if (!length) {
      const sought = this.search.value.trim() !== "" || this.filtered;
      this.none.replaceChildren(sought ? el("p", { class: "soft" }, "Nothing fits.") : this.empty());
    }
    this.list.show(length, at, above);
  }

  /** The details: elements below a way back, which only narrow screens show. */
  details(...parts) {
    const top = this.detail.scrollTop;
    this.detail.replaceChildren(
      el("button", { type: "button", class: "back", click: () => this.back() }, "‹ Back"),
      ...parts.filter(Boolean));
    this.detail.scrollTop = top;
  }

  /** To the list again, on narrow screens. */
  back() {
    this.root.classList.remove("opened");
    this.list.box.focus();
  }

  /** Nothing is chosen. */
  leave() {
    this.root.classList.remove("opened");
    this.list.leave();
    this.detail.replaceChildren(el("p", { class: "soft hint" }, this.hint));
  }
}
