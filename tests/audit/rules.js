// What the rules have to find, and what they have to leave alone. Nothing of this is ever run.

function html(element, range, text) {
  // ruleid: html-from-text
  element.innerHTML = text;
  // ruleid: html-from-text
  element.innerHTML += text;
  // ruleid: html-from-text
  element.outerHTML = text;
  // ruleid: html-from-text
  element.insertAdjacentHTML("beforeend", text);
  // ruleid: html-from-text
  range.createContextualFragment(text);
  // ruleid: html-from-text
  document.write(text);
  // ruleid: html-from-text
  $(element).html(text);
  // ok: html-from-text
  element.textContent = text;
}

function code(text) {
  // ruleid: code-from-text
  eval(text);
  // ruleid: code-from-text
  new Function(text);
  // ruleid: code-from-text
  setTimeout("show()", 100);
  // ok: code-from-text
  setTimeout(show, 100);
}
