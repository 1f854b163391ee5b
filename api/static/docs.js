// Shows the OpenAPI document; kept apart from the page so that no script needs to be inline.
window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  validatorUrl: null,
});
