// Brings a page to life: loads the browser's half of the application, and hands it the document as the server sent it, whoever else has changed it
// meanwhile. Where that fails, or stops later, nothing of that half may stand in the way any more: the page's own links and forms do the same.
(() => {
  const { script, wasm } = document.currentScript.dataset;
  const root = document.documentElement;
  const isText = ({ nodeType }) => nodeType === Node.TEXT_NODE || nodeType === Node.COMMENT_NODE;
  const isTranslation = (node) => node?.localName === "font";

  // What the server sent, before anybody else could change it: each element with its children. Elements without any are left to whoever fills them.
  const sent = [document.body, ...document.body.querySelectorAll("*")].map((element) => [element, [...element.childNodes]]).filter(([, nodes]) => nodes.length);

  // Takes out what others put in, and puts back what they took out. What comes after the application stays after it.
  function restore() {
    for (const [parent, nodes] of sent) {
      const known = new Set(nodes);
      for (const node of [...parent.childNodes]) {
        if (!known.has(node) && parent === document.body) parent.append(node);
        else if (!known.has(node)) node.remove();
      }
      nodes.forEach((node, place) => {
        if (parent.childNodes[place] !== node) parent.insertBefore(node, parent.childNodes[place] ?? null);
      });
    }
  }

  // A translator puts elements in place of texts. The application still changes the texts it knows, so they stay beside their translation, empty. Once
  // the application changes or removes one, its translation goes; once the translator takes the translation back, the text is as it was.
  const translations = new WeakMap();
  const originals = new WeakMap();
  const observer = new MutationObserver((changes) => {
    changes.forEach(follow);
    observer.takeRecords();
  });

  function follow({ type, target, removedNodes, addedNodes, previousSibling, nextSibling }) {
    if (type === "characterData") return forget(target);
    for (const node of removedNodes) if (originals.has(node) && !node.isConnected) takeBack(node);
    const translation = [...addedNodes, previousSibling, nextSibling].find((node) => isTranslation(node) && node.isConnected);
    const taken = [...removedNodes].filter((node) => isText(node) && !node.isConnected);
    for (const node of taken) {
      if (translations.has(node) || !translation) forget(node);
      else keep(node, translation);
    }
  }

  function keep(node, translation) {
    translation.after(node);
    if (node.nodeType !== Node.TEXT_NODE) return;
    translations.set(node, translation);
    originals.set(translation, [node, node.data]);
    node.data = "";
  }

  function forget(text) {
    const translation = translations.get(text);
    translations.delete(text);
    originals.delete(translation);
    translation?.remove();
  }

  function takeBack(translation) {
    const [text, was] = originals.get(translation);
    translations.delete(text);
    originals.delete(translation);
    if (text.data === "") text.data = was;
  }

  // The half that stopped has listeners everywhere, and they would keep the browser from following a link or sending a form. Nothing reaches them any
  // more. What is Clerk's is alive: it gets its events, and only the router at the window does not.
  let over = false;
  const isOurs = ({ target }) => !target?.closest?.("#clerk-organization-switcher, #clerk-user-button, [class*='cl-']");
  for (const name of ["click", "submit", "close"]) {
    addEventListener(name, (event) => over && isOurs(event) && event.stopImmediatePropagation(), true);
    document.addEventListener(name, (event) => over && event.stopPropagation());
  }
  // The addresses before this one were shown by the same document, which shows no other any more.
  addEventListener("popstate", (event) => {
    if (!over) return;
    event.stopImmediatePropagation();
    location.reload();
  }, true);

  function end(state, reason) {
    if (over) return;
    over = true;
    root.dataset.page = state;
    delete document.body.dataset.hydrated;
    observer.disconnect();
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    console.error("The browser's half of this page does not run; its links and forms work without.", reason);
  }

  // Told by the panic hook. Before the page was alive nothing is lost by that, and nothing need be said.
  const stopped = (reason) => end("hydrated" in document.body.dataset ? "stopped" : "plain", reason);
  window.gatehousePage = { stopped };

  async function start() {
    const half = await import(script);
    await half.default({ module_or_path: wasm });
    if (document.readyState === "loading") await new Promise((done) => addEventListener("DOMContentLoaded", done, { once: true }));
    restore();
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
    half.hydrate();
    // Tells tests and people's tools that the page is alive.
    if (!over) document.body.dataset.hydrated = "";
  }

  start().catch(stopped);
})();
