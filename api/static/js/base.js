// What every page can use: a search that answers while one types, and a choice of light or dark.
// Without this file the form still searches, and the page follows the system.
// A field with data-suggest="competency" is filled with what is chosen; others go there.

const LIMIT = 8;
const WAIT = 120; // milliseconds after the last key

for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);
document.addEventListener("suggest", (event) => suggest(event.target));

for (const button of document.querySelectorAll("[data-theme-button]")) chooseTheme(button);

function chooseTheme(button) {
  const root = document.documentElement;
  const dark = () =>
    (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => {
    button.textContent = dark() ? "Light" : "Dark";
    button.title = `Show the page in ${dark() ? "light" : "dark"} colours`;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Storage is off; the choice lasts for this page.
    }
    label();
  });
  label();
}

function suggest(input) {
  const kind = input.dataset.suggest;
  const list = document.createElement("ul");
  list.id = `${input.id}-found`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  let timer, asked = 0, chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (place) => {
    const options = [...list.children];
    if (!options.length) return;
    clearTimeout(timer); // whoever chooses has typed enough: the list must not change below them
    asked++;
    chosen = (place + options.length) % options.length;
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === chosen)));
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };

  const take = (option) => {
    if (!kind) return location.assign(option.dataset.path);
    input.value = option.dataset.id;
    close();
    input.dispatchEvent(new CustomEvent("suggestion", { bubbles: true }));
  };

  const ask = async () => {
    const words = input.value.trim();
    const number = ++asked;
    if (words.length < 2) return close();
    const asking = new URLSearchParams({ q: words, limit: LIMIT, ...(kind && { kind }) });
    const response = await fetch(`/api/v1/search?${asking}`);
    if (number !== asked || !response.ok) return;
    const { items } = await response.json();
    if (number !== asked) return; // a later question was faster
    list.replaceChildren(...items.map((item, n) => option(item, `${list.id}-${n}`)));
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(Boolean(items.length)));
    chosen = -1;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
    else return;
    event.preventDefault();
  });
  if (kind) {
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      take(option);
    });
    list.addEventListener("click", (event) => event.preventDefault());
  }
  input.addEventListener("blur", () => setTimeout(close, 200));
}

function option(item, id) {
  const element = document.createElement("li");
  const link = document.createElement("a");
  element.id = id;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
  element.dataset.path = link.href = pathOf(item);
  element.dataset.id = item.id;
  link.tabIndex = -1;
  const name = document.createElement("code");
  name.className = "id";
  name.textContent = item.kind === "alignment" ? item.ends.join(" – ") : item.id;
  link.append(name, " ", ...item.title_segments.map(segment));
  element.append(link);
  return element;
}

function segment({ text, marked }) {
  if (!marked) return document.createTextNode(text);
  const mark = document.createElement("mark");
  mark.textContent = text;
  return mark;
}

export function pathOf(item) {
  const folder = { competency: "competencies", alignment: "alignments", framework: "frameworks" };
  return `/${folder[item.kind]}/${encodeURIComponent(item.id).replaceAll("%3A", ":")}`;
}
