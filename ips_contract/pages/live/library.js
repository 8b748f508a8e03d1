// Folders and the assets in them, as a tree; and one of them.

import { counted, el, facts, shown } from "./dom.js";
import { SplitView } from "./view.js";

const PAGE = 1000;
const FEW = 500; // Assets; more are asked for only while they are in sight.
const MOST = 20_000; // Assets, and folders, that are shown.

export class Library extends SplitView {
  constructor(root, app) {
    super(root, {
      id: "asset-list", label: "Folders and assets", height: 34,
      draw: (row) => this.draw(row), key: (row) => row.key,
      open: (row, event) => this.fold(row, event),
    }, {
      find: "Find asset, folder, type …",
      hint: "Choose a folder or an asset, or press j.",
      empty: () => el("div", { class: "welcome" }, el("h2", {}, "No folders"),
        el("p", { class: "soft" }, "Uploads and a seed make folders and assets.")),
    });
    this.app = app;
    this.folded = new Set();
    this.assets = [];
    this.folders = [];
    this.filter();
  }

  async refresh() {
    if (this.app.view !== "library" && this.assets.length > FEW) return;
    [this.folders, this.assets] = await Promise.all([this.every("folders"), this.every("assets")]);
    this.inFolder = Map.groupBy(this.assets, (row) => `${row.company} ${row.folder}`);
    this.app.count("library", this.assets.length);
    this.filter();
    const index = this.list.find();
    if (index >= 0) this.chosen(this.tree[index]);
    else if (this.list.chosen !== null) this.leave();
  }

  async every(what) {
    const rows = [];
    let since = 0;
    while (rows.length < MOST) {
      const answer = await this.app.api.get(`${what}?since=${since}&limit=${PAGE}`);
      rows.push(...answer[what]);
      since = answer.next;
      if (!answer.more) break;
    }
    return rows;
  }

  filter() {
    const sought = this.search.value.trim().toLowerCase();
    this.tree = [];
    for (const [place, folder] of this.folders.entries()) {
      const path = `${folder.company} ${folder.path}`;
      const assets = (this.inFolder.get(path) ?? []).filter((row) => !sought ||
        `${row.path} ${row.type} ${row.name}`.toLowerCase().includes(sought));
      if (sought && !assets.length && !folder.path.toLowerCase().includes(sought)) continue;
      const steps = folder.path.split("/").filter(Boolean);
      const above = steps.map((_, depth) => `${folder.company} ${steps.slice(0, depth).join("/")}/`);
      if (!sought && above.some((each) => this.folded.has(each))) continue;
      const key = `${folder.company} ${steps.join("/")}/`;
      const below = this.folders[place + 1];
      const folds = assets.length > 0 ||
        (below?.company === folder.company && below.path.startsWith(folder.path));
      const row = { key, folder, folds, depth: Math.max(0, steps.length - 1),
        count: assets.length };
      this.tree.push(row);
      if (!sought && this.folded.has(key)) continue;
      for (const asset of assets) {
        this.tree.push({ key: `asset ${asset.number}`, asset, depth: row.depth + 1 });
      }
    }
    this.rows(this.tree.length, (index) => this.tree[index]);
  }

  /** Folds or unfolds a folder, by Enter or a click at its mark; whether it was that. */
  fold(row, event) {
    if (!row.folder || (event && !event.target.classList.contains("fold"))) return false;
    if (!this.folded.delete(row.key)) this.folded.add(row.key);
    this.filter();
    return true;
  }

  draw(row) {
    const inside = row.folder ? [
      el("span", { class: "fold soft" }, !row.folds ? "" : this.folded.has(row.key) ? "▸" : "▾"),
      el("b", {}, shown(nameOf(row.folder))),
      row.count ? el("span", { class: "soft num" }, String(row.count)) : null,
    ] : [
      el("span", { class: "fold" }),
      el("span", { class: "name" }, shown(row.asset.file_name || row.asset.name)),
      row.asset.ready_for_publish ? el("span", { class: "chip", title: "marked for publish" },
        "publish") : null,
      el("span", { class: "soft num" }, shown(row.asset.type)),
    ];
    const item = el("div", { class: "item branch" }, inside);
    item.style.paddingInlineStart = `${12 + 18 * Math.min(row.depth, 12)}px`;
    return item;
  }

  chosen(row) {
    if (row.folder) {
      this.details(el("h2", { tabindex: "-1" }, shown(row.folder.path)),
        el("p", { class: "soft" }, `Company ${row.folder.company} · ${counted(
          row.folder.assets.length, "asset")}`));
      return;
    }
    const { asset } = row;
    const fields = (values) => facts(Object.entries(values).map(([name, value]) =>
      [name, Array.isArray(value) ? value.join(", ") : value === null ? "" : String(value)]));
    this.details(
      el("div", { class: "title" }, el("h2", { tabindex: "-1" }, shown(asset.name)),
        el("span", { class: "soft" }, asset.type)),
      facts([
        ["Path", asset.path], ["File", asset.file_name], ["Sub-type", asset.sub_type],
        ["Company", asset.company],
        ["Marked for publish", asset.ready_for_publish ? "yes" : "no"],
        ["Created", `${utc(asset.created)}, by ${asset.create_user}`],
        ["Changed", `${utc(asset.last_modified)}, by ${asset.last_modify_user}`],
      ]),
      ...(Object.keys(asset.metadata).length ? [el("h3", {}, "Metadata"), fields(asset.metadata)]
        : []),
      ...(Object.keys(asset.info).length ? [el("h3", {}, "Of its type"), fields(asset.info)] : []));
  }
}

const nameOf = (folder) => folder.path.split("/").filter(Boolean).at(-1) ?? "/";
const utc = (moment) => moment.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
