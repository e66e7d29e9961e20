// Opens the OpenAPI document in Swagger UI, against the server that this page comes from.
"use strict";
(function () {
  const target = document.getElementById("swagger-ui");
  fetch(target.dataset.document, { headers: { Accept: "application/json", "Accept-Language": target.dataset.lang } })
    .then(function (response) {
      return response.json();
    })
    .then(function (document_) {
      document_.servers = [{ url: window.location.origin + target.dataset.root }];
      window.SwaggerUIBundle({
        spec: document_,
        domNode: target,
        deepLinking: true,
        docExpansion: "none",
        displayRequestDuration: true,
        validatorUrl: null,
        persistAuthorization: false,
      });
    });
})();
