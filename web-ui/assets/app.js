// Makes pages live. Everything here is an extra: each page works without it.

const SETTLE_MS = 400;
const SAY_MS = 8000;

const byId = (id) => document.getElementById(id);

// --- Live pages: the server says that something changed, the page fetches its own parts again. ---

function follow(root) {
  const source = new EventSource(root.dataset.events);
  let timer = null;
  let ended = false;
  const refresh = () => {
    timer = null;
    update(root.dataset.fragment).finally(() => ended && source.close());
  };
  const soon = () => { timer ??= setTimeout(refresh, SETTLE_MS); };
  source.addEventListener("change", soon);
  source.addEventListener("open", soon);
  source.addEventListener("end", () => { ended = true; soon(); });
}

async function update(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (keyOf(fresh) !== keyOf(document)) return location.reload();
  for (const part of fresh.querySelectorAll("[data-part]")) replace(byId(part.id), part);
  await moreLines();
  say();
}

// The front page shows the newest batch: when that is another one, nothing on the page is right any more.
function keyOf(where) {
  return where.querySelector("[data-key]")?.dataset.key;
}

// Parts that did not change stay untouched, and so do the reader's place, selection and focus.
function replace(old, part) {
  if (!old || old.isEqualNode(part)) return;
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const href = focus?.getAttribute("href");
  const open = [...old.querySelectorAll("details")].map((details) => details.open);
  const next = document.adoptNode(part);
  old.replaceWith(next);
  [...next.querySelectorAll("details")].forEach((details, at) => { details.open = open[at] ?? details.open; });
  if (focus) (href && next.querySelector(`[href="${CSS.escape(href)}"]`) || next.querySelector("a, button"))?.focus();
}

// At most one announcement in SAY_MS, and always the latest.
let saidAt = 0;
let saying = null;
function say() {
  clearTimeout(saying);
  saying = setTimeout(() => {
    const text = document.querySelector("[data-say]")?.textContent.trim() ?? "";
    if (byId("announce").textContent !== text) byId("announce").textContent = text;
    saidAt = Date.now();
  }, Math.max(0, saidAt + SAY_MS - Date.now()));
}

// --- The log of a running job grows at its end. ---

async function moreLines() {
  const lines = byId("lines");
  if (!lines?.dataset.follow) return;
  const box = lines.parentElement;
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  const answer = await fetch(`${lines.dataset.follow}?after=${lines.dataset.last}`);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("li");
  if (fresh.length === 0) return;
  lines.dataset.last = fresh[fresh.length - 1].id.slice(1);
  lines.append(...fresh);
  byId("no-lines")?.remove();
  sift();
  if (atEnd) box.scrollTop = box.scrollHeight;
}

// --- The filter hides lines of this page while one types; Enter asks the server for the whole log. ---

function sift() {
  const query = byId("q");
  if (!query || query.dataset.touched === undefined) return;
  const text = query.value.toLowerCase();
  let hits = 0;
  for (const line of byId("lines").children) {
    line.hidden = !line.lastElementChild.textContent.toLowerCase().includes(text);
    hits += line.hidden ? 0 : 1;
  }
  byId("log-hits").textContent = text ? `${hits} of the lines shown here` : "";
}

// --- Upload: show what was chosen, and say when cameras are needed. ---

function showChosen(input) {
  const file = input.files[0];
  byId("chosen").textContent = file ? `${file.name}, ${Math.ceil(file.size / 1024).toLocaleString("en")} KiB` : "";
  const bare = file !== undefined && file.name.toLowerCase().endsWith(".bin");
  const ticked = document.querySelector("[name=camera]:checked") !== null;
  const first = document.querySelector("[name=camera]");
  first?.setCustomValidity(bare && !ticked ? "Tick the camera that this autoexec.bin is built for." : "");
}

function enhanceUpload(input) {
  const zone = input.closest(".drop");
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length > 0) { input.files = event.dataTransfer.files; showChosen(input); }
  });
  input.form.addEventListener("change", () => showChosen(input));
}

// --- Arrow keys turn the frames. ---

function turn(event) {
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (!rel || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, .log, .scroll")) return;
  document.querySelector(`nav.pager [rel=${rel}]`)?.click();
}

const root = document.querySelector("[data-events]");
if (root) follow(root);
const query = byId("q");
query?.addEventListener("input", () => { query.dataset.touched = ""; sift(); });
const upload = document.querySelector(".drop input");
if (upload) enhanceUpload(upload);
if (document.querySelector(".enlargement")) document.addEventListener("keydown", turn);
const box = document.querySelector(".log");
if (box && byId("lines").dataset.follow && !location.hash) box.scrollTop = box.scrollHeight;
