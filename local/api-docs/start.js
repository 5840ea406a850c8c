// The session of the console is this page's too: sign in there, and try requests here.
window.SwaggerUIBundle({
  dom_id: '#page',
  url: 'openapi.json',
  withCredentials: true,
  tryItOutEnabled: true,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  // Nobody else is asked whether the document is valid.
  validatorUrl: null,
});
