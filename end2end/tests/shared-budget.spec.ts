// A JavaScript service and this server share one budget: the built server and `@upstash/ratelimit`
// from npm, at one Upstash. However their calls mix, a person gets the budget once.
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
import { test as base, expect } from "@playwright/test";
import { SigningKeys } from "../support/other-clerk/keys";
import { Server } from "../support/server";
import { Upstash } from "../support/upstash";

/** All calls at once; then some in turn. */
const [AT_ONCE, IN_TURN] = [200, 20];
const [LIMIT, CALLS, WINDOW_MS] = [5, 16, 60_000];
const HOST = "shared-budget-1.clerk.accounts.dev";
const PREFIX = "budget:rename_organization";

/** A round must not run across the end of a window, after which a new budget begins. */
async function awayFromTheEndOfTheWindow() {
  const left = WINDOW_MS - (Date.now() % WINDOW_MS);
  if (left < 5_000) await new Promise((next) => setTimeout(next, left));
}

base(`${LIMIT} of ${CALLS} calls pass in each of ${AT_ONCE} rounds, through either side`, async () => {
  base.setTimeout(180_000);
  const [keys, upstash] = [new SigningKeys(), await Upstash.start()];
  const server = await Server.start({
    CLERK_PUBLISHABLE_KEY: `pk_test_${Buffer.from(`${HOST}$`).toString("base64")}`,
    CLERK_SECRET_KEY: "sk_test_sharedbudgetsharedbudget",
    CLERK_JWT_KEY: keys.pem(),
    CLERK_API_URL: "http://127.0.0.1:9",
    UPSTASH_REDIS_REST_URL: upstash.url,
    UPSTASH_REDIS_REST_TOKEN: upstash.token,
    RATE_LIMIT_PREFIX: "budget",
  });
  const redis = new Redis({ url: upstash.url, token: upstash.token, enableTelemetry: false });
  const limiter = Ratelimit.slidingWindow(LIMIT, `${WINDOW_MS} ms`);
  const library = new Ratelimit({ redis, limiter, prefix: PREFIX, ephemeralCache: false });

  async function askLibrary(user: string): Promise<boolean> {
    const { success, reason } = await library.limit(user);
    expect(reason, "the library asked, and nothing came too late").toBeUndefined();
    return success;
  }

  async function askServer(token: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${token}`, origin: server.origin, accept: "application/json" };
    const body = new URLSearchParams({ name: "Difference Engines" });
    const answer = await fetch(`${server.origin}/api/rename_organization`, { method: "POST", headers, body });
    expect([200, 429], await answer.text()).toContain(answer.status);
    return answer.status === 200;
  }

  try {
    const passed = { library: 0, server: 0 };
    for (let round = 0; round < AT_ONCE + IN_TURN; round++) {
      await awayFromTheEndOfTheWindow();
      const [user, now] = [`user_${round}`, Math.floor(Date.now() / 1000)];
      const token = keys.sign({
        v: 2, iss: `https://${HOST}`, azp: server.origin, sub: user, sid: `sess_${round}`, jti: "1", sts: "active",
        fva: [0, -1],
        iat: now, nbf: now - 10, exp: now + 60, fea: "o:admin",
        o: { id: "org_engines", slg: "engines", rol: "admin", per: "access", fpm: "1" },
      });
      const ask = async (number: number) => {
        const who = number % 2 === 0 ? "library" : "server";
        if (await (who === "library" ? askLibrary(user) : askServer(token))) passed[who]++;
      };
      const before = passed.library + passed.server;
      const numbers = [...Array(CALLS).keys()];
      if (round < AT_ONCE) await Promise.all(numbers.map(ask));
      else for (const number of numbers) await ask(number);
      expect(passed.library + passed.server - before, `round ${round}`).toBe(LIMIT);
      expect((await library.getRemaining(user)).remaining, `round ${round}`).toBe(0);
      expect(await redis.get(`${PREFIX}:${user}:${Math.floor(now / 60)}`), `round ${round}`).toBe(LIMIT);
    }
    console.log(
      `${AT_ONCE} rounds at once, ${IN_TURN} in turn: ` +
        `${passed.library} passed through the library, ${passed.server} through the server`,
    );
    // Each side got a share; otherwise the test would not have mixed them.
    expect(Math.min(passed.library, passed.server)).toBeGreaterThan(AT_ONCE / 4);
    expect(server.said()).not.toContain(upstash.token);
  } finally {
    await server.stop();
    await upstash.stop();
  }
});
