// The graph as a net to walk through. Without this file the page has a picture, the lists and the
// table, and every choice is a link. Positions come from the server; nothing moves by itself.

const explorer = document.getElementById("explorer");
const status = document.getElementById("graph-status");
const dark = matchMedia("(prefers-color-scheme: dark)");
const KINDS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"];
const WIDTH = { strong: 6, moderate: 3, weak: 2 };
const SHAPES = ["ellipse", "rectangle", "diamond"];

// The library would write a style element for this class, which the policy of the page forbids.
const placeholder = document.createElement("template");
placeholder.id = "__________cytoscape_stylesheet";
document.head.append(placeholder);

let net; // what Cytoscape draws
let walk; // where one is in the lists
let asked = 0;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-stay]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link.href);
});

document.addEventListener("submit", (event) => {
  if (!explorer.contains(event.target)) return;
  event.preventDefault();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(event.target)) if (value) query.append(name, value);
  show(`${location.pathname}?${query}`);
});

addEventListener("popstate", () => show(location.href, false));
dark.addEventListener("change", () => net?.style(styles()));
new MutationObserver(() => net?.style(styles())).observe(document.documentElement, {
  attributeFilter: ["data-theme"], // the button at the top of the page
});

start(location.href);

async function show(address, push = true) {
  const number = ++asked;
  const before = document.activeElement?.id;
  status.textContent = "Loading…";
  const response = await fetch(address, { headers: { accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (number !== asked) return; // a later question was faster
  const fresh = page.getElementById("explorer");
  if (!fresh) return location.assign(address);
  net?.destroy();
  net = walk = undefined;
  explorer.replaceChildren(...fresh.childNodes);
  document.querySelector("footer").replaceWith(page.querySelector("footer")); // names the twin
  if (push) history.pushState(null, "", address);
  await start(address, true);
  const next = (before && document.getElementById(before))
    || explorer.querySelector("#nodes [aria-current], #nodes [tabindex='0']");
  if (number === asked) (next ?? explorer.querySelector("form button")).focus();
}

async function start(address, moved = false) {
  const place = document.getElementById("net");
  if (!place) {
    status.textContent = explorer.querySelector("[role=alert]")?.textContent ?? "";
    return;
  }
  const number = asked;
  const twin = new URL(address, location.href);
  twin.searchParams.set("format", "json");
  const [{ default: cytoscape }, record] = await Promise.all([
    import(place.dataset.library),
    fetch(twin).then((response) => response.json()),
  ]);
  if (number !== asked) return;
  place.hidden = explorer.querySelector(".tools").hidden = false;
  net = draw(cytoscape, place, record);
  walk = walker(record);
  if (moved) status.textContent = record.says;
}

// ---- the picture ---------------------------------------------------------------------------

function draw(cytoscape, place, record) {
  const narrow = place.clientWidth < 700;
  const heights = record.nodes.map(({ y }) => y);
  const span = heights.length ? Math.max(...heights) - Math.min(...heights) : 0;
  place.style.height = `${Math.min(Math.max(span * (narrow ? 0.75 : 0.95) + 90, 240), 1600)}px`;
  const nodes = record.nodes.map(({ x, y, ...node }) => ({
    group: "nodes",
    data: {
      ...node,
      label: narrow ? code(node) : `${code(node)}  ${node.title}`,
      shape: SHAPES[node.side],
      ...(node.group ? { color: KINDS[(node.group - 1) % KINDS.length] } : {}),
    },
    classes: `side${node.side}`,
    position: { x: narrow ? x / 2 : x, y },
  }));
  const headings = record.headings.map(({ x, y, text, side }, at) => ({
    group: "nodes",
    data: { id: `heading ${at}`, label: text },
    classes: `heading side${side}`,
    position: { x: narrow ? x / 2 : x, y },
    selectable: false,
  }));
  const edges = record.edges.map((edge, at) => ({
    group: "edges",
    data: {
      ...edge,
      id: `edge ${at}`,
      source: edge.from,
      target: edge.to,
      width: WIDTH[edge.strength] ?? 1.5,
      label: edge.step ? String(edge.step) : "",
    },
    classes: [edge.strength, edge.verdict, edge.derived && "derived", edge.step && "path"]
      .filter(Boolean).join(" "),
  }));
  const made = cytoscape({
    container: place,
    elements: [...nodes, ...(narrow ? [] : headings), ...edges],
    layout: { name: "preset", fit: false },
    style: styles(),
    autoungrabify: true,
    boxSelectionEnabled: false,
    userZoomingEnabled: false, // the wheel belongs to the page; there are buttons
    userPanningEnabled: false,
    minZoom: 0.1,
    maxZoom: 4,
  });
  const fit = () => made.fit(undefined, 16);
  fit();
  for (const button of explorer.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      const factor = Number(button.dataset.zoom);
      if (!factor) fit();
      else {
        const { width, height } = place.getBoundingClientRect();
        made.zoom({ level: made.zoom() * factor, renderedPosition: { x: width / 2, y: height / 2 } });
      }
      made.userPanningEnabled(factor !== 0); // else a finger on the picture scrolls the page
    });
  }
  made.on("tap", "node[title]", (event) => walk?.to(event.target.id()));
  made.on("dbltap", "node[title]", (event) => item(event.target.id())?.click());
  made.on("tap", "edge", (event) => {
    const edge = event.target.data();
    status.textContent = `${sentence(edge, edge.from)} ${edge.rationale}`;
    light([edge.from, edge.to], [event.target.id()]);
  });
  return made;
}

// A statement of a third framework is called by its whole name.
function code(node) {
  return node.side === 2 ? node.id : node.id.split(":")[1];
}

function styles() {
  const probe = document.createElement("span"); // turns a name into the color of the theme
  document.body.append(probe);
  const value = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const ink = value("--ink"), paper = value("--paper"), accent = value("--accent");
  const muted = value("--muted"), focus = value("--focus");
  const font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return [
    { selector: "node", style: {
      "background-color": ink, "border-color": ink, "border-width": 1.5, color: ink, "font-family": font,
      "font-size": 13, height: 16, label: "data(label)", "text-max-width": 300, "text-valign": "center",
      "text-wrap": "wrap", width: 16, "line-height": 1.15,
    } },
    { selector: "node[shape]", style: { shape: "data(shape)" } },
    { selector: "node[color]", style: { "background-color": "data(color)" } },
    { selector: "node[links = 0]", style: { "background-color": paper } },
    { selector: ".side0", style: { "text-halign": "left", "text-margin-x": -6 } },
    { selector: ".side1", style: { "text-halign": "right", "text-margin-x": 6 } },
    { selector: ".side2", style: { "text-valign": "bottom", "text-margin-y": 4 } },
    { selector: ".heading", style: {
      "background-opacity": 0, "border-width": 0, color: muted, events: "no", "font-weight": "bold", height: 1, width: 1,
    } },
    { selector: "edge", style: {
      "curve-style": "straight", "line-color": muted, "line-opacity": 0.85, width: "data(width)",
      color: ink, "font-family": font, "font-size": 13, "font-weight": "bold",
    } },
    { selector: "edge.strong, edge.moderate", style: { "line-color": accent } },
    { selector: "edge.weak", style: { "line-opacity": 1, "line-style": "dashed", "line-dash-pattern": [2, 4] } },
    { selector: "edge.derived", style: { "line-style": "dashed", "line-dash-pattern": [8, 5] } },
    { selector: "edge.not-aligned", style: {
      "line-style": "dashed", "line-dash-pattern": [1, 5], "mid-target-arrow-color": muted, "mid-target-arrow-shape": "tee", width: 1,
    } },
    { selector: "edge.path", style: {
      label: "data(label)", "line-color": focus, "line-opacity": 1, "text-background-color": paper,
      "text-background-opacity": 1, "text-background-padding": 3, "z-index": 9,
    } },
    { selector: ".pale", style: { opacity: 0.18 } },
    { selector: "node.here", style: { "border-color": focus, "border-width": 5, "font-weight": "bold" } },
  ];
}

// What belongs to the chosen statement stands out; the rest is pale.
function light(nodes, edges) {
  if (!net) return;
  const kept = new Set([...nodes, ...edges]);
  net.batch(() => {
    net.elements().removeClass("pale here");
    net.elements(":not(.heading)").filter((element) => !kept.has(element.id())).addClass("pale");
    net.getElementById(nodes[0]).addClass("here");
  });
}

// ---- the keyboard --------------------------------------------------------------------------

function item(id) {
  return explorer.querySelector(`#nodes [data-node="${CSS.escape(id)}"]`);
}

function sentence(edge, id) {
  const other = edge.from === id ? edge.to : edge.from;
  if (edge.verdict === "not-aligned") return `Judged not aligned with ${other}, confidence ${edge.confidence}.`;
  const how = [edge.strength, edge.derived && "derived", `confidence ${edge.confidence}`];
  return `Linked with ${other}: ${how.filter(Boolean).join(", ")}.`;
}

function walker(record) {
  const items = [...explorer.querySelectorAll("#nodes [data-node]")];
  const ids = items.map((link) => link.dataset.node);
  const titles = Object.fromEntries(record.nodes.map((node) => [node.id, node.title]));
  const links = Object.fromEntries(ids.map((id) => [id, []]));
  record.edges.forEach((edge, at) => {
    for (const end of [edge.from, edge.to]) {
      links[end].push({ edge, at, other: end === edge.from ? edge.to : edge.from });
    }
  });
  const weight = ({ edge }) => (edge.verdict === "aligned" ? (WIDTH[edge.strength] ?? 0) : -1);
  for (const list of Object.values(links)) {
    list.sort((a, b) => weight(b) - weight(a) || b.edge.confidence - a.edge.confidence);
  }
  const trail = []; // statements that one came from, the last one last
  let here = explorer.querySelector("#nodes [aria-current]")?.dataset.node ?? ids[0];
  for (const link of items) link.tabIndex = link.dataset.node === here ? 0 : -1;

  const siblings = () => (trail.length ? links[trail.at(-1)].map(({ other }) => other) : ids);

  const to = (id, focus = true) => {
    const before = item(here);
    if (before) before.tabIndex = -1;
    here = id;
    const link = item(id);
    link.tabIndex = 0;
    if (focus) link.focus();
    const mine = links[id];
    light([id, ...mine.map(({ other }) => other)], mine.map(({ at }) => `edge ${at}`));
    const origin = trail.at(-1);
    const count = mine.filter(({ edge }) => edge.verdict === "aligned").length;
    let where = `${id} ${titles[id]}: aligned with ${count} here.`;
    if (origin) {
      const among = siblings();
      const { edge } = mine.find(({ other }) => other === origin);
      where = `${id} ${titles[id]}, ${among.indexOf(id) + 1} of ${among.length} that ${origin} is linked with. `
        + `${sentence(edge, id)} It is aligned with ${count} here.`;
    }
    status.textContent = where;
  };

  explorer.querySelector("#nodes").addEventListener("keydown", (event) => {
    if (!event.target.dataset.node || event.ctrlKey || event.altKey || event.metaKey) return;
    const among = siblings();
    const at = among.indexOf(here);
    if (event.key === "ArrowDown") to(among[Math.min(at + 1, among.length - 1)]);
    else if (event.key === "ArrowUp") to(among[Math.max(at - 1, 0)]);
    else if (event.key === "Home") to(among[0]);
    else if (event.key === "End") to(among.at(-1));
    else if (event.key === "ArrowRight" && links[here].length) {
      trail.push(here);
      to(links[here][0].other);
    } else if (event.key === "ArrowLeft" && trail.length) to(trail.pop());
    else return;
    event.preventDefault();
  });

  return { to: (id) => { trail.length = 0; to(id); } };
}
