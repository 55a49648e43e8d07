// Small services for every page of the dashboard: a button copies a text, a menu closes, and a time
// says how long ago it was. The application takes no part, so the pages without it have them, too.
// The script changes attributes and never the text of a page, because the application hydrates it.
(() => {
  const root = document.documentElement;
  root.dataset.tools = "";

  // The status tells a screen reader, and the style shows it. A path becomes a whole address.
  addEventListener("click", async ({ target }) => {
    const button = target.closest?.("[data-copy]");
    if (!button) return;
    const { copy } = button.dataset;
    const text = copy.startsWith("/") ? new URL(copy, location.origin).href : copy;
    const said = await navigator.clipboard.writeText(text).then(() => "Copied", () => "Not copied");
    button.nextElementSibling.textContent = said;
    setTimeout(() => button.nextElementSibling.replaceChildren(), 2_000);
  });

  // A menu closes as people expect it. Without this script its button closes it.
  function closeMenus(except) {
    const open = [...document.querySelectorAll("details.menu[open]")].filter((menu) => !menu.contains(except));
    open.forEach((menu) => (menu.open = false));
    return open;
  }
  addEventListener("click", ({ target }) => closeMenus(target));
  addEventListener("keydown", ({ key, target }) => {
    if (key !== "Escape") return;
    const menu = closeMenus(null).find((menu) => menu.contains(target));
    menu?.querySelector("summary").focus();
  });

  // The server knows neither the person's time zone nor how long the page is open.
  const exact = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "long" });
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];
  // A month ago, the date says more than the number of days.
  const LONGEST_MS = 30 * 86_400_000;

  function since(milliseconds) {
    const [unit, length] = UNITS.find(([, length]) => Math.abs(milliseconds) >= length) ?? ["second", Infinity];
    return relative.format(Math.round(milliseconds / length), unit);
  }

  function describe(time) {
    const away = new Date(time.dateTime) - Date.now();
    time.title = `${since(away)} – ${exact.format(new Date(time.dateTime))}`;
    return away;
  }

  addEventListener("pointerover", ({ target }) => {
    const time = target.closest?.("time[datetime]");
    if (time) describe(time);
  });

  // The style shows the attribute over the text, which keeps its width, so nothing moves.
  function tell() {
    for (const time of document.querySelectorAll("time.ago")) {
      const away = describe(time);
      if (Math.abs(away) < LONGEST_MS) time.dataset.ago = since(away);
      else delete time.dataset.ago;
    }
  }
  tell();
  setInterval(tell, 30_000);

  // A person may want the exact times: the shortcut and the command reach everybody, and a pointer
  // is not needed.
  const CHOICE = "shown-times";
  root.toggleAttribute("data-exact-times", localStorage.getItem(CHOICE) === "exact");
  addEventListener("application:times", () => {
    localStorage.setItem(CHOICE, root.toggleAttribute("data-exact-times") ? "exact" : "relative");
  });

  let isDue = false;
  new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      tell();
    });
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["datetime"] });

  // The commands and the shortcuts.
  const commands = document.createElement("script");
  commands.src = "/commands.js";
  document.head.append(commands);
})();
