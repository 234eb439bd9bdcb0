// A page of the real server, on which no error may go by unseen.

import { test as base, type Page } from "@playwright/test";
import { Server } from "./server";

export { expect } from "@playwright/test";

interface Fixtures {
  /** Errors of the page's console and of the content security policy; none may be left at the end. */
  faults: string[];
}

interface Servers {
  server: Server;
  /** Eight months of few generations: more days than a chart has places for. */
  months: Server;
  /** One month of prompts that try to look like something else. */
  odd: Server;
  /** A product's own events: half of the latencies are unknown, and all retries, feedback and downloads. */
  own: Server;
  /** Events that tell no more than who paid what when. */
  bare: Server;
}

/** Longer than any screen, and unlike any other. */
export const kLongPrompt = Array.from({ length: 2500 }, (_, place) => `word${place}`).join(" ");
export const kOddPrompt = "a cat \u202egnp.exe\u200b";
const kOddRows = [kLongPrompt, kOddPrompt, "=HYPERLINK(1)"];

const kStates = ["succeeded", "succeeded", "succeeded", "timeout", "content_policy_violation"];
const kPlans = ["basic", "gold", "team"];
const kEvents = 900;
const kEventUsers = 60;
const kMinute = 60_000;

/** Sessions of three requests, by turns of the users. */
function eventsOf(what: "all" | "bare"): string {
  const first = Date.UTC(2026, 1, 1);
  return Array.from({ length: kEvents }, (_, place) => {
    const session = Math.floor(place / 3);
    const user = session % kEventUsers;
    const bare = {
      user_id: `user_${user}`,
      created_at: new Date(first + place * 17 * kMinute).toISOString(),
      cost_usd: ((place % 90) + 1) / 10_000,
    };
    const rest = {
      request_id: `req_${place}`,
      status: kStates[place % kStates.length],
      latency_ms: session % 2 === 0 ? 200 + (place % 40) * 150 : null,
      plan: kPlans[user % kPlans.length],
      model: place % 3 === 0 ? "flux-dev" : "sdxl",
      country: ["DE", "FR"][user % 2],
      app_version: place % 4 === 0 ? null : `2.${place % 4}`,
      build: `build ${place}`,
      prompt: `a picture of number ${place}`,
    };
    return JSON.stringify(what === "all" ? { ...bare, ...rest } : bare) + "\n";
  }).join("");
}

async function serveEvents(what: "all" | "bare"): Promise<Server> {
  return Server.create("--source {folder}/events.jsonl", { "events.jsonl": eventsOf(what) });
}

export const test = base.extend<Fixtures, Servers>({
  months: [
    async ({}, use) => {
      const server = await Server.create(
        "--source synthetic --prompts 300 --users 60 --month 2025-05..2025-12",
      );
      await use(server);
      await server.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  odd: [
    async ({}, use) => {
      const rows = Array.from({ length: 60 }, (_, row) => kOddRows[row % kOddRows.length]!);
      const server = await Server.create(
        "--source {folder}/odd.jsonl --prompts 60 --users 20 --month 2025-12",
        { "odd.jsonl": rows.map((prompt) => JSON.stringify({ prompt }) + "\n").join("") },
      );
      await use(server);
      await server.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  own: [
    async ({}, use) => {
      const server = await serveEvents("all");
      await use(server);
      await server.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  bare: [
    async ({}, use) => {
      const server = await serveEvents("bare");
      await use(server);
      await server.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  server: [
    async ({}, use) => {
      const server = await Server.create();
      await use(server);
      await server.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
      });
      await page.addInitScript(() =>
        addEventListener("securitypolicyviolation", (event) =>
          console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
        ),
      );
      await use(faults);
      base.expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

/** Waits until nothing on the page is being asked for. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor({ state: "attached" });
  await page.waitForFunction(() => document.querySelector("main [aria-busy=true]") === null);
}

/** Opens a page and waits until it shows what it has. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settled(page);
}

export const kDecember = "from=2025-12-01&to=2025-12-30";
