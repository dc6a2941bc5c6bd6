// The desk: an empty text can begin with the one in the other language, and nothing typed is left behind unasked.

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
  document.addEventListener("formset:added", (event) => offerCopies(event.target));
  guard(form);
}
