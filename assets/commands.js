// The command palette (Ctrl K, on a Mac Cmd K) and the keyboard shortcuts of the dashboard.
//
// Every command is a link or a form that the pages have as well, so nothing is lost without this
// script. The navigation lists the pages that a person may open, and a command is offered to those
// who may open its page. The server checks each of them all the same. The dialogs stand at the end
// of the document, outside of what the application hydrates.
(() => {
  const opener = document.querySelector("button.command");
  if (!opener) return;

  // The keys that open pages after `g`. A page without a key is in the palette all the same.
  const PAGE_KEYS = {
    "/admin": "o",
    "/admin/members": "m",
    "/admin/sessions": "s", // example:line sessions
    "/admin/users": "u", // example:line users
    "/admin/webhooks": "w", // example:line webhooks
    "/admin/audit": "a",
    "/admin/security": "c",
    "/admin/settings": "t",
  };
  // Label, target, and the page that a person must be able to open. A target that is no address is
  // a name in `act`.
  const COMMANDS = [
    ["Rename the organization", "/admin/settings#name", "/admin/settings"],
    ["Invite a member", "/admin/members#email-address", "/admin/members"], // example:line invitations
    ["Sign out my other sessions", "/admin/settings?confirm=revoke_other_sessions", "/admin/settings"],
    ["Open saved views of the audit log", "/admin/audit/views", "/admin/audit"], // example:line views
    ["Use the light theme", "theme=light"],
    ["Use the dark theme", "theme=dark"],
    ["Use the theme of the system", "theme=system"],
    ["Show exact times", "times"],
    ["Show keyboard shortcuts", "shortcuts"],
    ["Sign out", "sign-out"],
  ];
  const root = document.documentElement;
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  root.dataset.palette = "";
  opener.setAttribute("aria-haspopup", "dialog");
  opener.setAttribute("aria-keyshortcuts", "Control+K Meta+K");
  if (isMac) opener.dataset.mac = "";

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...children);
    return element;
  }

  // A click beside a dialog has the dialog as its target, because its content covers it.
  function dialog(attributes, ...children) {
    const element = make("dialog", attributes, ...children);
    element.addEventListener("click", ({ target }) => target === element && element.close());
    document.body.append(element);
    return element;
  }

  // ------------------------------------------------------------------------------ the commands

  const links = () => [...document.querySelectorAll(".nav a")];
  const keyOf = (link) => PAGE_KEYS[link.getAttribute("href")];
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  function pages() {
    return links().map((link) => ({
      group: "Pages",
      label: link.textContent,
      keys: keyOf(link) && `g ${keyOf(link)}`,
      run: () => open(link),
    }));
  }

  function actions() {
    const open = new Set(links().map((link) => link.getAttribute("href")));
    const offered = COMMANDS.filter(([, , page]) => !page || open.has(page));
    return offered.map(([label, target]) => {
      return { group: "Actions", label, keys: KEYS[target], run: () => act(target), waits: target.startsWith(THEME) };
    });
  }

  const KEYS = { times: "t", shortcuts: "?" };
  const THEME = "theme=";

  function act(target) {
    if (target.startsWith("/")) return visit(target);
    if (target.startsWith(THEME)) return setTheme(target.slice(THEME.length));
    if (target === "times") return toggleTimes();
    if (target === "shortcuts") return showShortcuts();
    if (target === "sign-out") document.querySelector('form[action="/sign-out"]').requestSubmit();
  }

  // The focus waits in the content, which the next page fills.
  function open(link) {
    document.querySelector("main").focus({ preventScroll: true });
    link.click();
  }

  // A link inside the document, so that the application follows it without loading the page.
  function visit(target, attributes = {}) {
    const id = new URL(target, location.href).hash.slice(1);
    const isHere = target.split(/[?#]/)[0] === location.pathname;
    const link = make("a", { href: target, ...attributes });
    document.body.append(link);
    open(link);
    link.remove();
    if (id) focusField(id, isHere ? null : document.getElementById(id));
  }

  // `before`: the field of the same name on the page that is left.
  function focusField(id, before) {
    const field = document.getElementById(id);
    if (field && field !== before) return field.focus();
    const watch = new MutationObserver(() => {
      const field = document.getElementById(id);
      if (!field || field === before) return;
      watch.disconnect();
      field.focus();
    });
    watch.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => watch.disconnect(), 10_000);
  }

  // The server keeps the choice in a cookie that scripts cannot read, and writes it into the next
  // document. This document changes at once. Returns what went wrong.
  async function setTheme(theme) {
    const { contrast = "system", density = "comfortable" } = root.dataset;
    const body = new URLSearchParams({ theme, contrast, density });
    const answer = await fetch("/appearance", { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (answer?.type !== "opaqueredirect") return "The server does not respond. Nothing was changed.";
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    document.querySelector("meta[name=color-scheme]").content = theme === "system" ? "light dark" : theme;
    const choice = document.querySelector(`input[name=theme][value=${theme}]`);
    if (choice) choice.checked = true;
  }

  // `page.js` shows the times.
  function toggleTimes() {
    dispatchEvent(new Event("application:times"));
  }

  // Without an answer the palette has the link to the page of organizations all the same.
  let organizations = [];
  async function readOrganizations() {
    const link = document.querySelector('.context a[href^="/switch-organization"]');
    const answer = await fetch(link.href, { headers: { accept: "text/html" }, redirect: "manual" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const others = page.querySelectorAll('main li:not(:has(.badge)) a[href^="/switch-organization/"]');
    organizations = [...others].map((other) => ({
      group: "Organizations",
      label: `Switch to ${other.textContent}`,
      run: () => visit(other.getAttribute("href"), { rel: "external" }),
    }));
    organizations.push({
      group: "Organizations",
      label: "Show all organizations",
      run: () => visit(link.getAttribute("href"), { rel: "external" }),
    });
  }

  // ------------------------------------------------------------------------------- the palette

  // ARIA Authoring Practices, "Editable Combobox With List Autocomplete": the focus stays in the
  // field, which names the active option.
  const field = make("input", {
    class: "input",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
    "aria-autocomplete": "list",
    "aria-label": "Search pages, actions and organizations",
    placeholder: "Search pages, actions and organizations",
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "go",
  });
  const list = make("div", { id: "palette-list", class: "palette-list", role: "listbox", "aria-label": "Commands" });
  const status = make("p", { class: "hint", role: "status" });
  const palette = dialog(
    { class: "dialog palette", "aria-label": "Commands" },
    make("div", { class: "palette-body" }, field, list, status),
  );
  let shown = [];
  let active = 0;

  function render() {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    const isMatch = ({ label, group }) => words.every((word) => folded(`${label} ${group}`).includes(word));
    shown = [...pages(), ...actions(), ...organizations].filter(isMatch);
    const groups = [...new Set(shown.map(({ group }) => group))];
    list.replaceChildren(
      ...groups.map((group) =>
        make(
          "div",
          { role: "group", "aria-label": group },
          make("div", { class: "palette-group", "aria-hidden": "true" }, group),
          ...shown.flatMap((command, place) => (command.group === group ? [option(command, place)] : [])),
        ),
      ),
    );
    const number = shown.length === 1 ? "1 result" : `${shown.length} results`;
    status.textContent = shown.length ? number : "No results. Try another word.";
    activate(0);
  }

  function option({ label, keys }, place) {
    const hint = keys ? [" ", make("kbd", {}, keys)] : [];
    const element = make("div", { role: "option", id: `palette-${place}` }, make("bdi", {}, label), ...hint);
    element.addEventListener("pointermove", () => active === place || activate(place));
    element.addEventListener("click", () => choose(place));
    return element;
  }

  function activate(place) {
    active = place;
    for (const element of list.querySelectorAll("[role=option]")) {
      element.setAttribute("aria-selected", String(element.id === `palette-${place}`));
    }
    const element = document.getElementById(`palette-${place}`);
    element?.scrollIntoView({ block: "nearest" });
    if (element) field.setAttribute("aria-activedescendant", element.id);
    else field.removeAttribute("aria-activedescendant");
  }

  async function choose(place) {
    const { run, waits } = shown[place] ?? {};
    if (!run) return;
    // A dialog gives the focus back when it closes, so a command that moves the focus runs later.
    if (!waits) palette.close();
    const problem = await run();
    if (problem) status.textContent = problem;
    else if (waits) palette.close();
  }

  field.addEventListener("input", render);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) activate((active + step + shown.length) % shown.length);
    else if (event.key === "Enter") choose(active);
    else return;
    event.preventDefault();
  });

  function openPalette() {
    field.value = "";
    render();
    palette.showModal();
    if (organizations.length) return;
    // The active option stays active: organizations come last.
    readOrganizations().catch(() => {}).then(() => {
      const before = active;
      render();
      activate(before);
    });
  }
  opener.addEventListener("click", openPalette);

  // ----------------------------------------------------------------------------- the shortcuts

  const toggle = make("input", { type: "checkbox", role: "switch" });
  const rows = make("dl", { class: "pairs shortcuts" });
  const shortcuts = dialog(
    { class: "dialog shortcuts-dialog", "aria-labelledby": "shortcuts-title" },
    make(
      "form",
      { method: "dialog", class: "form" },
      make("h2", { id: "shortcuts-title" }, "Keyboard shortcuts"),
      rows,
      make("label", { class: "choice" }, toggle, "Use shortcuts of single keys"),
      make("p", { class: "hint" }, "Applies to this browser. They never act while you type in a field."),
      make("p", {}, make("button", { class: "button button-quiet", autofocus: "" }, "Close")),
    ),
  );
  const CHOICE = "shortcuts";
  toggle.checked = localStorage.getItem(CHOICE) !== "off";
  toggle.addEventListener("change", () => localStorage.setItem(CHOICE, toggle.checked ? "on" : "off"));

  function showShortcuts() {
    const all = [
      ["Commands", isMac ? ["⌘", "K"] : ["Ctrl", "K"]],
      ["Search this page", ["/"]],
      ["Show exact times", ["t"]],
      ["Keyboard shortcuts", ["?"]],
      ...links().flatMap((link) => (keyOf(link) ? [[link.textContent, ["g", keyOf(link)]]] : [])),
    ];
    const keys = (names) => names.flatMap((name) => [make("kbd", {}, name), " "]);
    rows.replaceChildren(
      ...all.map(([label, names]) => make("div", {}, make("dt", {}, label), make("dd", {}, ...keys(names)))),
    );
    shortcuts.showModal();
  }

  // WCAG 2.1.4: a shortcut of a single key can be turned off, and it does nothing while a person
  // types, also in a field inside a component of Clerk.
  const TYPED = "input, textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox]";
  const PATIENCE_MS = 1_500;
  let leaderAt = -Infinity;

  function single(key, at) {
    const isLed = at - leaderAt < PATIENCE_MS;
    leaderAt = key === "g" && !isLed ? at : -Infinity;
    const link = isLed && links().find((link) => keyOf(link) === key);
    if (link) open(link);
    else if (isLed) return false;
    else if (key === "?") showShortcuts();
    else if (key === "t") toggleTimes();
    else if (key === "/") search();
    else return false;
    return true;
  }

  function search() {
    const found = document.querySelector("main [role=search] input:not([type=hidden])");
    if (!found) return openPalette();
    found.focus();
    found.select();
  }

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const hasCommand = (isMac ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey;
    const isOther = document.querySelector("dialog:modal:not(.palette)");
    if (hasCommand && event.key.toLowerCase() === "k" && !isOther) {
      event.preventDefault();
      if (palette.open) palette.close();
      else openPalette();
      return;
    }
    const isSingle = !event.ctrlKey && !event.metaKey && !event.altKey && toggle.checked;
    const isTyping = event.composedPath()[0]?.closest?.(TYPED);
    if (!isSingle || isTyping || document.querySelector("dialog:modal")) leaderAt = -Infinity;
    else if (single(event.key, event.timeStamp)) event.preventDefault();
  });
})();
