// Brings Clerk's own components into the page: loads them, mounts what the page has places for, and does for the page what only Clerk can do:
// a fresh token, and the dialog that asks again who somebody is. Without them the page works on, with whole pages instead of dialogs.
(() => {
  const tag = document.currentScript;
  const { nonce } = tag;
  const { publishableKey, proxyUrl, clerkJs, clerkUi } = tag.dataset;
  const PATIENCE_MS = 15_000;
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
      appearance: {
        variables: { colorPrimary: "var(--accent)", colorPrimaryForeground: "var(--on-accent)", fontFamily: "inherit" },
      },
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
      signIn(clerk);
      follow(clerk);
    },
    (error) => {
      say("failed");
      console.warn("Clerk's components are not on this page:", error.message);
    },
  );

  // The way back was checked by the server, which wrote it into the page.
  function signIn(clerk) {
    const form = place("clerk-sign-in");
    if (!form) return;
    const { back } = form.dataset;
    form.replaceChildren();
    if ("verifies" in form.dataset) {
      reverify(clerk, "second_factor").then((confirmed) => location.replace(confirmed ? back : "/admin"));
    } else if (clerk.isSignedIn && !clerk.session?.currentTask && !location.search.includes("__clerk_ticket=")) {
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

  // Who signs out in another tab is signed out in this one.
  function follow(clerk) {
    let wasSignedIn = Boolean(clerk.session);
    clerk.addListener(({ session }) => {
      if (wasSignedIn && session === null && location.pathname.startsWith("/admin")) location.assign("/");
      wasSignedIn ||= Boolean(session);
    });
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

  // What the page asks for. Each is a promise; one that fails tells that Clerk is not here.
  window.gatehouseClerk = {
    renew: async () => Boolean(await (await ready).session?.getToken({ skipCache: true })),
    reverify: async (level) => reverify(await ready, level),
    mount: async () => {
      const clerk = await ready;
      const button = place("clerk-user-button");
      if (button) clerk.mountUserButton(button, { afterSignOutUrl: "/" });
      const switcher = place("clerk-organization-switcher");
      const organizations = clerk.__internal_environment?.organizationSettings?.enabled;
      if (switcher && organizations !== false) {
        const here = { afterSelectOrganizationUrl: "/admin", afterCreateOrganizationUrl: "/admin", hidePersonal: false };
        clerk.mountOrganizationSwitcher(switcher, here);
      }
      return true;
    },
  };
})();
