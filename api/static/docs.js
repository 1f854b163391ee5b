// Shows the OpenAPI document; kept apart from the page so that no script needs to be inline.
const documentation = document.getElementById("documentation");

// A page has one main region; what is drawn here would bring another.
new MutationObserver(() => {
  for (const inner of documentation.querySelectorAll("main:not([role])")) {
    inner.setAttribute("role", "none");
  }
}).observe(documentation, { childList: true, subtree: true });

window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  validatorUrl: null,
});
