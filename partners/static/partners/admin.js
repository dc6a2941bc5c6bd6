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

const nameOf = (select) => document.querySelector(`label[for="${select.id}"]`)?.textContent.replace(/:\s*$/, "") ?? "";

// The library behind Django's autocompletes leaves what it makes of a choice without a name.
function nameAutocompletes(page) {
  for (const select of page.querySelectorAll("select.admin-autocomplete")) {
    const box = select.nextElementSibling?.querySelector("[role=combobox]");
    if (!box) continue;
    if (select.multiple) {
      box.querySelector(".select2-search__field")?.setAttribute("aria-label", nameOf(select));
      continue;
    }
    const label = page.querySelector(`label[for="${select.id}"]`);
    const chosen = box.querySelector(".select2-selection__rendered");
    label.id ||= `${select.id}_label`;
    box.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
    for (const attribute of ["role", "aria-readonly"]) chosen.removeAttribute(attribute); // it is no field itself
  }
}

function nameList({ target }) {
  const parts = ".select2-container--open :is(.select2-search--dropdown input, [role=listbox])";
  for (const part of document.querySelectorAll(parts)) part.setAttribute("aria-label", nameOf(target));
}

// What an agreement supplements is another one with the partner that is chosen.
function narrowSupplements(form) {
  const city = form.querySelector("#id_city");
  if (!city || !form.querySelector("#id_supplements")) return;
  const [, agreement = ""] = location.pathname.match(/\/(\d+)\/change\/$/) ?? [];
  django.jQuery.ajaxPrefilter((options, asked) => {
    if (asked.data?.field_name === "supplements") options.data += `&with=${city.value}&besides=${agreement}`;
  });
}

// Signs that Django draws and names, but for no role that may have a name.
function giveSignsARole() {
  for (const sign of document.querySelectorAll("span.help-tooltip[aria-label]")) sign.setAttribute("role", "img");
}

// Django leaves the focus on the link that adds a line below it, and with the line that is removed it lets it go.
function keepFocus({ type, target, detail }) {
  if (type === "formset:removed") {
    document.querySelector(`#${detail.formsetName}-group .add-row a`)?.focus();
    return;
  }
  const controls = [...target.querySelectorAll("input, select, textarea")];
  controls.find((control) => control.checkVisibility())?.focus();
}

// What is wrong gets the focus first, and each entry leads to what gets it next. Django puts the focus into a new
// form as soon as it is there, so ours waits until all is.
function leadToErrors(summary) {
  window.addEventListener("load", () => summary.focus());
  for (const link of summary.querySelectorAll("a")) {
    link.addEventListener("click", (event) => {
      const target = document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      const control = target.matches(".select2-hidden-accessible")
        ? target.nextElementSibling.querySelector(target.multiple ? ".select2-search__field" : "[role=combobox]")
        : target;
      if (!control.matches("a, button, input, select, textarea, [tabindex]")) control.tabIndex = -1;
      control.focus();
      control.scrollIntoView({ block: "center" });
    });
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
  django.jQuery(form).on("select2:open", nameList);
  document.addEventListener("formset:added", (event) => offerCopies(event.target));
  for (const name of ["formset:added", "formset:removed"]) document.addEventListener(name, keepFocus);
  narrowSupplements(form);
  guard(form);
}
const summary = document.querySelector(".error-summary");
if (summary) leadToErrors(summary);
window.addEventListener("load", giveSignsARole);
