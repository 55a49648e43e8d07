// Brings Clerk's own components into the page: loads them, mounts what the page has places for, and does for the page what only Clerk can do:
// a fresh token, and the dialog that asks again who somebody is. Without them the page works on, with whole pages instead of dialogs.
(() => {
  const tag = document.currentScript;
  const { nonce } = tag;
  const { publishableKey, proxyUrl, clerkJs, clerkUi } = tag.dataset;
  const PATIENCE_MS = 15_000;
  const edge = { "&&&": { outline: "1px solid var(--border-strong)", outlineOffset: "-1px" } };
  const place = (id) => document.getElementById(id);
  const say = (state) => document.documentElement.setAttribute("data-clerk", state);

  function script(src, attributes) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      Object.entries(attributes).forEach(([name, value]) => value && element.setAttribute(name, value));
      element.nonce = nonce;
      element.crossOrigin = "anonymous";
      element.onload = resolve;
      element.onerror = () => reject(new Error(`${src} did not load`));
      element.src = src;
      document.head.append(element);
    });
  }

  async function load() {
    await Promise.all([
      script(clerkUi, {}),
      script(clerkJs, { "data-clerk-publishable-key": publishableKey, "data-clerk-proxy-url": proxyUrl }),
    ]);
    await window.Clerk.load({
      ui: { ClerkUI: window.__internal_ClerkUICtor },
      nonce,
      // Colors come from the stylesheet; the edges of Clerk's fields are too faint to be seen in the dark.
      appearance: { elements: { formFieldInput: edge, otpCodeFieldInput: edge } },
      signInUrl: "/sign-in",
      signInFallbackRedirectUrl: "/admin",
      signUpFallbackRedirectUrl: "/admin",
      afterSignOutUrl: "/",
      telemetry: false,
    });
    return window.Clerk;
  }

  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("Clerk took too long")), PATIENCE_MS));
  const ready = Promise.race([load(), late]);
  ready.then(
    (clerk) => {
      say("ready");
      mount(clerk);
      signIn(clerk);
      follow(clerk);
      nameOrigin(clerk);
    },
    (error) => {
      say("failed");
      console.warn("Clerk's components are not on this page:", error.message);
    },
  );

  // The way back was checked by the server, which wrote it into the page.
  async function signIn(clerk) {
    const form = place("clerk-sign-in");
    if (!form) return;
    const { back, form: purpose } = form.dataset;
    // A rule of the server ended the session. Clerk may not have been told yet, and would lead back at once.
    if ("ended" in form.dataset) await clerk.session?.remove().catch(() => clerk.client.reload().catch(() => null));
    form.replaceChildren();
    if (purpose === "verification") {
      reverify(clerk, "second_factor").then((confirmed) => location.replace(confirmed ? back : "/admin"));
    } else if (purpose === "sign-in" && clerk.isSignedIn && !clerk.session?.currentTask) {
      cameInHere(clerk, back);
    } else {
      clerk.mountSignIn(form, { routing: "path", path: "/sign-in", forceRedirectUrl: back, signUpForceRedirectUrl: back });
    }
  }

  // The server saw nobody, this browser knows somebody: the token lacked its origin or was old. A fresh one is asked for, once.
  async function cameInHere(clerk, back) {
    const tried = "gatehouse-token-retried";
    const again = Number(sessionStorage.getItem(tried)) > Date.now() - 10_000;
    sessionStorage.setItem(tried, String(Date.now()));
    const token = again ? null : await clerk.session.getToken({ skipCache: true }).catch(() => null);
    if (token) location.replace(back);
    else say("failed");
  }

  // The token that comes with Clerk's first answer was made for a GET, which through a proxy of our own origin names no origin. The server does not
  // accept such a token; the next one is made for a POST.
  async function nameOrigin(clerk) {
    const token = await clerk.session?.getToken().catch(() => null);
    if (token && !origin(token)) await renew();
  }

  // A token that cannot be read names none.
  function origin(token) {
    try {
      return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).azp;
    } catch {
      return undefined;
    }
  }

  // Who signs out in another tab is signed out in this one. A call that learns of it goes to sign-in by itself, and back; whatever else leaves the
  // page is not disturbed either. A departure that was called off is forgotten after a while.
  let callsWaiting = 0;
  let signedOut = false;
  let leftAt = -Infinity;
  addEventListener("beforeunload", () => (leftAt = Date.now()));

  function leave() {
    const leaving = Date.now() - leftAt < 10_000;
    if (!signedOut || callsWaiting || leaving || !location.pathname.startsWith("/admin")) return;
    // The page itself leaves where it is alive: it knows what was typed.
    if (!dispatchEvent(new Event("gatehouse:signed-out", { cancelable: true }))) return;
    leftAt = Date.now();
    location.assign("/");
  }

  function follow(clerk) {
    let wasSignedIn = Boolean(clerk.session);
    clerk.addListener(({ session }) => {
      if (session) [wasSignedIn, signedOut] = [true, false];
      if (session === null && wasSignedIn) signedOut = true;
      leave();
    });
    // The server's own sign-out is not Clerk's: it clears this cookie, where a browser tells of
    // cookies. Clerk clears it too, before it sets it again.
    window.cookieStore?.addEventListener("change", ({ changed, deleted }) => {
      const told = [...changed, ...deleted].map(({ name }) => name).filter((name) => name.startsWith("__client_uat"));
      if (told.length) setTimeout(() => look(told), 200);
    });
    async function look(names) {
      const found = await Promise.all(names.map((name) => cookieStore.get(name)));
      signedOut = wasSignedIn && found.some((cookie) => !cookie || cookie.value === "0");
      leave();
    }
  }

  async function renew() {
    const { session } = await ready;
    callsWaiting += 1;
    const token = await session?.getToken({ skipCache: true }).catch(() => null);
    // Whoever asked in vain is on the way to sign-in, while Clerk still clears its cookies.
    setTimeout(called, token ? 0 : 3_000);
    return Boolean(token);
  }

  function called() {
    callsWaiting -= 1;
    leave();
  }

  function reverify(clerk, level) {
    return new Promise((resolve) => {
      if (typeof clerk.__internal_openReverification !== "function") {
        resolve(false);
        clerk.redirectToSignIn({ redirectUrl: location.href });
        return;
      }
      clerk.__internal_openReverification({
        level,
        afterVerification: () => resolve(true),
        afterVerificationCancelled: () => resolve(false),
      });
    });
  }

  // The places are empty elements, which the browser's half of the page never looks into: this may be before it, after it, or without it.
  function mount(clerk) {
    const button = place("clerk-user-button");
    if (button) clerk.mountUserButton(button, { afterSignOutUrl: "/", signInUrl: "/sign-in?add_account=true" });
    const switcher = place("clerk-organization-switcher");
    const organizations = clerk.__internal_environment?.organizationSettings?.enabled;
    if (switcher && organizations === true) {
      const here = { afterSelectOrganizationUrl: "/admin", afterCreateOrganizationUrl: "/admin", hidePersonal: false };
      clerk.mountOrganizationSwitcher(switcher, here);
    }
  }

  // What the page asks for. Each is a promise; one that fails tells that Clerk is not here.
  window.gatehouseClerk = { renew, reverify: async (level) => reverify(await ready, level) };
})();
