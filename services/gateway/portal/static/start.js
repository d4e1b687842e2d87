// Before the page is drawn: says that scripts run, so that components show themselves as they will be.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
