"use strict";
const zoo = JSON.parse(document.getElementById("zoo").textContent);
const files = zoo.files, COUNT = files.name.length, STEP = 100;
const at = id => document.getElementById(id);
const number = value => value === null ? "?" : value.toLocaleString("en");
const path = row => { const folder = zoo.folders[files.folder[row]]; return folder ? folder + "/" + files.name[row] : files.name[row]; };
const unfolded = zoo.causes.map((cause, position) => position);
let lower = null, shown = STEP, rows = [], sorted = "harm";

/* Each filter makes, of its value, a question about a row. */
const FILTERS = {
  text: value => {
    const wanted = value.toLowerCase();
    if (lower === null) lower = files.name.map((name, row) => path(row).toLowerCase());
    return row => lower[row].includes(wanted);
  },
  rule: value => {
    const wanted = new Set(unfolded.filter(position => zoo.causes[position].name === value));
    return row => files.causes[row].some(position => wanted.has(position));
  },
  cause: value => row => files.causes[row].includes(Number(value)),
  folder: value => {
    const inside = zoo.folders.map(folder => folder === value || folder.startsWith(value + "/"));
    return row => inside[files.folder[row]];
  },
  version: value => {
    const wanted = zoo.versions.indexOf(value);
    return row => files.version[row] === wanted;
  },
  container: value => {
    const wanted = zoo.containers.indexOf(value);
    return row => files.container[row] === wanted;
  },
  loads: value => {
    const [target, outcome] = value.split("|"), wanted = zoo.outcomes.indexOf(outcome);
    const column = files.outcomes[zoo.targets.indexOf(target)] || [];
    return row => column[row] === wanted;
  },
};

const ORDERS = {
  harm: null,
  file: (one, other) => path(one) > path(other) ? 1 : -1,
  params: (one, other) => files.params[other] - files.params[one] || one - other,
  size: (one, other) => files.size[other] - files.size[one] || one - other,
};
const orders = {};
const ordered = () => {
  if (!orders[sorted]) {
    orders[sorted] = files.name.map((name, row) => row);
    if (ORDERS[sorted]) orders[sorted].sort(ORDERS[sorted]);
  }
  return orders[sorted];
};

const made = (tag, text, name) => {
  const one = document.createElement(tag);
  if (text !== undefined) one.textContent = text;
  if (name) one.className = name;
  return one;
};
const asked = () => new URLSearchParams(location.hash.startsWith("#files?") ? location.hash.slice(7) : "");

const update = () => {
  const wanted = asked(), tests = [];
  for (const [name, question] of Object.entries(FILTERS)) {
    const value = wanted.get(name), control = at("filter-" + name);
    if (control) { if (control.value !== (value || "")) control.value = value || ""; }
    if (value !== null) tests.push(question(value));
  }
  rows = tests.length ? ordered().filter(row => tests.every(test => test(row))) : ordered();
  shown = STEP;
  at("rows").replaceChildren();
  draw(0);
  const cause = zoo.causes[wanted.get("cause")];
  at("told").textContent = number(rows.length) + " of " + number(COUNT) + " files" + (cause ? ": " + cause.sentence : "");
  at("unfiltered").disabled = tests.length === 0;
};

const draw = from => {
  const part = document.createDocumentFragment();
  for (const row of rows.slice(from, shown)) part.append(line(row));
  at("rows").append(part);
  at("more").hidden = shown >= rows.length;
};

const line = row => {
  const tr = made("tr"), head = made("th"), button = made("button", undefined, "plain");
  head.scope = "row";
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const folder = zoo.folders[files.folder[row]];
  if (folder) button.append(made("span", folder + "/", "muted"));
  button.append(files.name[row]);
  button.addEventListener("click", () => unfold(row, tr, button));
  head.append(button);
  const outcome = zoo.newest ? files.outcomes[zoo.targets.indexOf(zoo.newest)][row] : -1;
  const causes = new Map(files.causes[row].filter(position => zoo.causes[position].weight).map(position => [zoo.causes[position].name, position]));
  tr.append(
    head, made("td", number(files.harm[row]), "number"), made("td", zoo.versions[files.version[row]] || ""),
    made("td", zoo.containers[files.container[row]] || "", "wide"), made("td", number(files.params[row]), "number"),
    made("td", number(files.size[row]), "number wide"), made("td", zoo.outcomes[outcome] || "", "wide"),
    made("td", [...causes.keys()].join(", "), "wide"),
  );
  return tr;
};

const unfold = (row, tr, button) => {
  const is_open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!is_open));
  if (is_open) { tr.nextSibling.remove(); return; }
  const inner = made("td"), list = made("ul", undefined, "said");
  inner.colSpan = 8;
  if (files.errors[row]) list.append(made("li", files.errors[row]));
  else for (const position of files.causes[row]) {
    const cause = zoo.causes[position], item = made("li"), link = made("a", cause.name);
    if (cause.severity) item.append(made("span", cause.severity, "tag " + cause.severity), " ");
    link.href = "#files?cause=" + position;
    item.append(link, ": " + cause.said);
    list.append(item);
  }
  if (list.children.length) inner.append(list);
  const outcomes = zoo.targets.map((target, column) => [target, zoo.outcomes[files.outcomes[column][row]]]).filter(pair => pair[1]);
  if (outcomes.length) inner.append(made("p", outcomes.map(pair => pair.join(": ")).join("; "), "muted"));
  const below = made("tr", undefined, "below");
  below.append(inner);
  tr.after(below);
};

/* The choices of a filter, with the number of files of each. */
const offer = (name, counts, label) => {
  for (const [value, files_of] of counts) {
    const option = made("option", (label ? label(value) : value) + " (" + number(files_of) + ")");
    option.value = value;
    at("filter-" + name).append(option);
  }
};
const counted = values => {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return counts;
};
const byName = counts => [...counts].sort((one, other) => one[0] > other[0] ? 1 : -1);
const chosen = (codes, texts) => byName(counted(codes.filter(code => code >= 0).map(code => texts[code])));
const parents = folder => folder.split("/").map((step, depth, steps) => steps.slice(0, depth + 1).join("/")).filter(Boolean);

offer("rule", [...counted(files.causes.flatMap(own => [...new Set(own.map(position => zoo.causes[position].name))]))].sort((one, other) => other[1] - one[1]));
offer("folder", byName([...counted(files.folder)].reduce((sums, [code, files_of]) => {
  for (const folder of parents(zoo.folders[code])) sums.set(folder, (sums.get(folder) || 0) + files_of);
  return sums;
}, new Map())));
offer("version", chosen(files.version, zoo.versions));
offer("container", chosen(files.container, zoo.containers));
zoo.targets.map((target, column) => [target, column]).reverse().forEach(([target, column]) => offer(
  "loads", chosen(files.outcomes[column], zoo.outcomes).map(([outcome, files_of]) => [target + "|" + outcome, files_of]),
  value => value.replace("|", ": "),
));

const narrow = () => {
  const wanted = new URLSearchParams();
  const cause = asked().get("cause");
  if (cause !== null) wanted.set("cause", cause);
  for (const name of Object.keys(FILTERS)) {
    const control = at("filter-" + name);
    if (control) { if (control.value) wanted.set(name, control.value); }
  }
  history.replaceState(null, "", "#files" + (String(wanted) ? "?" + wanted : ""));
  update();
};
at("filters").addEventListener("input", narrow);
at("filters").addEventListener("submit", event => event.preventDefault());
at("unfiltered").addEventListener("click", () => {
  at("filters").reset();
  history.replaceState(null, "", "#files");
  update();
  at("filter-text").focus();
});
at("more").addEventListener("click", () => {
  const from = shown;
  shown += STEP;
  draw(from);
  const next = at("rows").querySelectorAll("button")[from];
  if (next) next.focus({ preventScroll: true });
});
for (const button of document.querySelectorAll("#list thead button")) button.addEventListener("click", () => {
  sorted = button.dataset.order;
  for (const other of document.querySelectorAll("#list thead th")) other.removeAttribute("aria-sort");
  button.parentElement.setAttribute("aria-sort", sorted === "file" ? "ascending" : "descending");
  update();
});
for (const cell of document.querySelectorAll("[data-files]")) {
  const link = made("a", cell.textContent);
  link.href = "#files?" + cell.dataset.files;
  cell.replaceChildren(link);
}
const arrive = () => {
  update();
  if (location.hash.startsWith("#files?")) { at("files").scrollIntoView(); at("told").focus({ preventScroll: true }); }
};
addEventListener("hashchange", arrive);
at("filters").hidden = false;
arrive();
