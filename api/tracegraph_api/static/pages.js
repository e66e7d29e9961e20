// What pages do besides, where scripts run: move the focus to what is new, and say it. Everything works without.
"use strict";

(() => {
  const live = () => document.getElementById("live");

  /** Say a text to who listens to the page. */
  function tell(text) {
    const place = live();
    if (!place) return;
    place.textContent = "";
    setTimeout(() => { place.textContent = text; }, 50);
  }

  /** Move the focus to an element that does not take it by itself. */
  function focusOn(element) {
    if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
    element.focus({ preventScroll: false });
  }

  // What is wrong is on top of the page, and that is where reading begins.
  const wrong = document.querySelector("[data-focus]");
  if (wrong) focusOn(wrong);

  // A part of the page was replaced: its heading gets the focus, unless somebody is typing; its counts are said.
  document.addEventListener("htmx:after:swap", (event) => {
    const detail = event.detail || {};
    const target = (detail.ctx && detail.ctx.target) || detail.target;
    if (!(target instanceof Element)) return;
    const typing = document.activeElement && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    const errors = target.querySelector("[data-focus]");
    const heading = target.querySelector("h1, h2, h3");
    if (errors) focusOn(errors);
    else if (heading && !typing && !target.hasAttribute("data-quiet")) focusOn(heading);
    const said = target.querySelector("[data-say]");
    if (said) tell(said.textContent.trim());
  });

  // A form is sent once: its button rests until there is an answer.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });

  // All boxes of a list at once: <input type="checkbox" data-all="NAME"> beside boxes called NAME.
  document.addEventListener("change", (event) => {
    const all = event.target;
    if (!(all instanceof HTMLInputElement) || !all.dataset.all || !all.form) return;
    for (const box of all.form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.all)}"]`)) {
      box.checked = all.checked;
    }
  });
})();
