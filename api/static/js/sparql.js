// The SPARQL editor with colours, over the plain form of the page, which stays a button away.
// Nothing is loaded but the editor itself from our own address, and nothing is kept in the browser.

const plain = document.getElementById("plain");
const rich = document.getElementById("rich");
const field = document.getElementById("query");
const said = document.getElementById("said");
const button = document.getElementById("switch");

const prefixes = Object.fromEntries(
  [...document.getElementById("prefixes").textContent.matchAll(/^PREFIX (\S+): <(.+)>$/gm)]
    .map(([, prefix, iri]) => [prefix, iri]),
);

await import(plain.dataset.editor);
const { Yasqe, Yasr } = globalThis.Yasgui.Yasgui ?? globalThis.Yasgui;

Yasqe.forkAutocompleter("prefixes", {
  name: "our-prefixes",
  persistenceId: null,
  get: () => Object.entries(prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`).sort(),
}, false);

rich.hidden = false;
const editor = new Yasqe(document.getElementById("editor"), {
  autocompleters: ["our-prefixes", "variables"],
  createShareableLink: () => addressOf(editor.getValue()),
  consumeShareLink: null,
  persistenceId: null,
  requestConfig: { endpoint: new URL("/sparql", location.href).href, method: "POST" },
  value: field.value,
});
const results = new Yasr(document.getElementById("results"), {
  persistenceId: null,
  prefixes,
  getDownloadFileName: () => "answer",
});

// The editor leaves its field without a name.
editor.getInputField().setAttribute(
  "aria-label",
  "SPARQL query. Escape leaves the editor, Control and Enter run the query",
);

editor.on("query", () => {
  said.textContent = "The query runs.";
  for (const id of ["answer", "fault"]) document.getElementById(id)?.remove(); // of another query
});
editor.on("queryResponse", (_, response, milliseconds) => {
  results.setResponse(response, milliseconds);
  const rows = results.results?.getBindings?.()?.length;
  said.textContent = results.results?.getError?.()
    ? "The query was refused; the reason stands below."
    : rows === undefined ? "The answer stands below." : `${rows} rows stand below.`;
  history.replaceState(null, "", addressOf(editor.getValue()));
});

let coloured = true;
const show = () => {
  plain.hidden = coloured;
  for (const id of ["editor", "results"]) document.getElementById(id).hidden = !coloured;
  button.setAttribute("aria-pressed", String(!coloured));
  if (coloured) {
    editor.setValue(field.value);
    editor.refresh();
  } else field.value = editor.getValue();
};
button.addEventListener("click", () => {
  coloured = !coloured;
  show();
  (coloured ? editor : field).focus();
});
show();

for (const link of document.querySelectorAll("a[data-example]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    field.value = new URL(link.href).searchParams.get("query");
    if (coloured) editor.setValue(field.value);
    history.replaceState(null, "", link.href);
    said.textContent = `${link.textContent} stands in the editor.`;
    (coloured ? editor : field).focus();
  });
}

function addressOf(query) {
  return `${location.pathname}?${new URLSearchParams({ query })}`;
}

// On paper the query stands as text.
addEventListener("beforeprint", () => {
  document.getElementById("asked").textContent = coloured ? editor.getValue() : field.value;
});
