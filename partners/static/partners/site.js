// Lists and the map follow their filters without loading the page anew. Nothing here is needed to use them.

const PAUSE = 350; // milliseconds without a key pressed before the list follows
const results = document.getElementById("results");
const form = document.querySelector("[data-filters]");
let asking; // the request under way
let timer;

async function show(address, { push = true, replace = false } = {}) {
  asking?.abort();
  asking = new AbortController();
  let page;
  try {
    const answer = await fetch(address, { signal: asking.signal });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
    return;
  }
  const found = page.getElementById("results");
  if (!found) {
    location.assign(address);
    return;
  }
  if (replace) history.replaceState(null, "", address);
  else if (push) history.pushState(null, "", address);
  document.title = page.title;
  const chosen = results.contains(document.activeElement) && document.activeElement.textContent.trim();
  results.replaceChildren(...found.childNodes);
  if (chosen) focusLike(chosen);
  centre();
  followLinks(page);
  followForm(page, { push });
  document.querySelector("[data-announcement]").textContent =
    results.querySelector("[data-count], [role=alert]")?.textContent.trim() ?? "";
}

// The same control again if it is still there: whoever uses the keyboard stays where they were.
function focusLike(text) {
  const same = [...results.querySelectorAll("a")].find((link) => link.textContent.trim() === text);
  (same ?? results).focus();
}

// Where the map is wider than its frame, what was asked for is in the middle.
function centre() {
  const frame = results.querySelector(".map-frame");
  if (frame) frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
}

function followLinks(page) {
  for (const selector of [".languages a", "link[hreflang]", "link[rel=canonical]", "link[rel=alternate][type]"]) {
    const links = document.querySelectorAll(selector);
    page.querySelectorAll(selector).forEach((link, place) => links[place]?.setAttribute("href", link.getAttribute("href")));
  }
}

function followForm(page, { push }) {
  for (const control of form?.elements ?? []) {
    const now = page.getElementById(control.id);
    if (!now) continue;
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (now.hasAttribute(name)) control.setAttribute(name, now.getAttribute(name));
      else control.removeAttribute(name);
    }
    if (push && control.matches("input") && control === document.activeElement) continue;
    const { value } = now; // options take their being chosen along only if it is said again
    if (control.matches("select")) control.replaceChildren(...now.childNodes);
    control.value = value;
  }
}

function addressOf(filters) {
  const asked = [...new FormData(filters)].filter(([, value]) => value.trim());
  return `${location.pathname}?${new URLSearchParams(asked)}`;
}

if (results) {
  results.tabIndex = -1;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-filter]");
    const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain) return;
    const address = new URL(link.getAttribute("href"), location);
    if (address.pathname !== location.pathname) return;
    event.preventDefault();
    show(address);
  });
  window.addEventListener("popstate", () => show(location.href, { push: false }));
}

if (results && form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show(addressOf(form));
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=number]")) show(addressOf(form));
  });
  form.addEventListener("input", (event) => {
    const { type, value } = event.target;
    const isHalf = type === "number" && value.length !== 4 && value !== "";
    clearTimeout(timer);
    if (event.target.matches("input") && !isHalf) {
      timer = setTimeout(() => show(addressOf(form), { replace: true }), PAUSE);
    }
  });
}

// Dragging the map, and coming nearer with the wheel while Ctrl is held, as browsers do for a page.

if (results?.querySelector("[data-map]")) {
  let from;

  const moved = (map, event) => {
    const { x, y, width, height } = from.box;
    const scale = width / map.getBoundingClientRect().width;
    return { x: x - (event.clientX - from.x) * scale, y: y - (event.clientY - from.y) * scale, width, height };
  };

  const settle = ({ x, y, width, height }) => {
    const asked = { x: x + width / 2, y: y + height / 2, width };
    const numbers = Object.entries(asked).map(([name, value]) => [name, Math.max(0, value).toFixed(2)]);
    show(`${location.pathname}?${new URLSearchParams(numbers)}`);
  };

  results.addEventListener("pointerdown", (event) => {
    const map = event.target.closest("[data-map]");
    if (!map || event.button || event.pointerType === "touch") return;
    const { x, y, width, height } = map.viewBox.baseVal;
    from = { x: event.clientX, y: event.clientY, box: { x, y, width, height }, isDrag: false };
  });
  results.addEventListener("pointermove", (event) => {
    const map = event.target.closest("[data-map]");
    if (!from || !map) return;
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > 4) from.isDrag = true;
    if (!from.isDrag) return;
    map.setPointerCapture(event.pointerId);
    const box = moved(map, event);
    map.setAttribute("viewBox", [box.x, box.y, box.width, box.height].join(" "));
  });
  results.addEventListener("pointerup", (event) => {
    const map = event.target.closest("[data-map]");
    if (from?.isDrag && map) settle(moved(map, event));
    from = from?.isDrag ? { ...from, isOver: true } : undefined;
  });
  results.addEventListener("pointercancel", () => {
    from = undefined;
  });
  // A drag that ends on a marker is no choice of it.
  results.addEventListener(
    "click",
    (event) => {
      if (from?.isOver) {
        event.preventDefault();
        event.stopPropagation();
      }
      from = undefined;
    },
    { capture: true },
  );
  results.addEventListener("dragstart", (event) => event.target.closest("[data-map]") && event.preventDefault());
  results.addEventListener(
    "wheel",
    (event) => {
      const map = event.target.closest("[data-map]");
      if (!map || !event.ctrlKey) return;
      event.preventDefault();
      const { x, y, width, height } = map.viewBox.baseVal;
      const frame = map.getBoundingClientRect();
      const times = event.deltaY < 0 ? 0.8 : 1.25;
      const left = (event.clientX - frame.left) / frame.width;
      const top = (event.clientY - frame.top) / frame.height;
      const box = { x: x + width * (1 - times) * left, y: y + height * (1 - times) * top };
      box.width = width * times;
      box.height = height * times;
      map.setAttribute("viewBox", [box.x, box.y, box.width, box.height].join(" "));
      clearTimeout(timer);
      timer = setTimeout(settle, PAUSE, box);
    },
    { passive: false },
  );
}
