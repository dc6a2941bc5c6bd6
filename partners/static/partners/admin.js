// The desk: an empty text can begin with the other language, and nothing typed is left behind unasked.

const OTHER = { lv: "en", en: "lv" };

function offerCopies(page) {
  for (const text of page.querySelectorAll("[data-copy]")) {
    const [, name, language] = text.id.match(/^(.*)_(lv|en)$/) ?? [];
    const source = name && document.getElementById(`${name}_${OTHER[language]}`);
    if (!source || text.dataset.offered) continue;
    text.dataset.offered = "true";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-text";
    button.textContent = text.dataset.copy;
    const show = () => { button.hidden = Boolean(text.value.trim()) || !source.value.trim(); };
    button.addEventListener("click", () => {
      text.value = source.value;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    });
    text.addEventListener("input", show);
    source.addEventListener("input", show);
    text.after(button);
    show();
  }
}

// The library behind Django's autocompletes leaves its box for typing without a name.
function nameAutocompletes(page) {
  for (const select of page.querySelectorAll("select.admin-autocomplete[multiple]")) {
    const box = select.nextElementSibling?.querySelector(".select2-search__field");
    const label = page.querySelector(`label[for="${select.id}"]`);
    if (box && label) box.setAttribute("aria-label", label.textContent.replace(/:\s*$/, ""));
  }
}

function guard(form) {
  let isChanged = Boolean(document.querySelector(".errornote"));
  form.addEventListener("input", () => { isChanged = true; });
  form.addEventListener("change", () => { isChanged = true; });
  form.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
}

const form = document.querySelector("#content-main > form[enctype], #content-main > form[id$=_form]");
if (form) {
  offerCopies(form);
  new MutationObserver(() => nameAutocompletes(form)).observe(form, { childList: true, subtree: true });
  document.addEventListener("formset:added", (event) => offerCopies(event.target));
  guard(form);
}
