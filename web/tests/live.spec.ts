import { expect, kDecember, open, settled, test } from "./fixtures";

test("a run is started from the page and followed to its end, and the numbers become new", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await open(page, "/pipeline");
  await page.getByRole("button", { name: "With options…" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Seed").fill("seven");
  await expect(sheet.getByRole("alert")).toContainText("Seed is a whole number");
  await sheet.getByLabel("Source").fill("synthetic");
  // Enough to be seen going on.
  await sheet.getByLabel("Prompts").fill("200,000");
  await sheet.getByLabel("Users").fill("2,000");
  await sheet.getByLabel("Month, or months").fill("2025-11..2025-12");
  await sheet.getByLabel("Seed").fill("7");
  await sheet.getByRole("button", { name: "Show the plan" }).click();
  // Nothing starts before a look at what it makes and drops.
  const plan = page.getByRole("dialog", { name: "What this run would do" });
  await expect(plan).toContainText("raw_prompts 2025-12");
  await expect(plan).toContainText("200,000 prompts of synthetic");
  await plan.getByRole("button", { name: /start the run/i }).click();

  await expect(page.getByText("going on for")).toBeVisible();
  await expect(page.getByRole("button", { name: "Materialize all" })).toBeDisabled();
  await expect(page.getByRole("img", { name: /^Gantt/ })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/New numbers, published by run/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/^success, published/).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Materialize all" })).toBeEnabled();
  await expect(page.locator(".provenance")).toContainText("seed 7");
});

test("making everything anew asks first, and a plan that is closed starts nothing", async ({
  page,
}) => {
  await open(page, "/pipeline");
  const runs = await page
    .getByText(/^\d+ runs?$/)
    .first()
    .textContent();
  await page.getByRole("button", { name: "Materialize all" }).click();
  const plan = page.getByRole("dialog", { name: "What this run would do" });
  await expect(plan).toContainText("fct_sessions");
  await plan.getByRole("button", { name: "Cancel" }).click();
  await expect(plan).toBeHidden();
  await expect(page.getByText(/^\d+ runs?$/).first()).toHaveText(runs ?? "");
  // A month with another seed would take the published ones away.
  await page.getByRole("button", { name: "With options…" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Source").fill("synthetic");
  await sheet.getByLabel("Month, or months").fill("2026-03");
  await sheet.getByLabel("Seed").fill("99");
  await sheet.getByRole("button", { name: "Show the plan" }).click();
  await expect(plan).toContainText("Readers lose 2025-1");
  await expect(plan.getByRole("button", { name: "Drop these and start the run" })).toBeVisible();
  await plan.getByRole("button", { name: "Cancel" }).click();
});

test("a page that is opened in the middle of a run catches up, with checks beside what they check", async ({
  page,
  server,
}) => {
  const answer = await fetch(`${server.url}/api/runs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      // It is stopped below, long before it is done.
      ...{ source: "synthetic", prompts: 3_000_000, users: 9000, seed: 3, month: "2025-12" },
    }),
  });
  const { id } = (await answer.json()) as { id: number };
  const run = async () =>
    (await (await fetch(`${server.url}/api/runs/${id}`)).json()) as {
      run: { status: string };
      steps: { name: string; kind: string; asset: string | null; ended: number | null }[];
    };
  // Something has ended before the page could hear of it, and is on record.
  await expect
    .poll(async () => (await run()).steps.filter((step) => step.ended !== null).length, {
      timeout: 60_000,
    })
    .toBeGreaterThan(0);
  const before = (await run()).steps.filter((step) => step.kind === "asset" && step.ended !== null);
  await open(page, "/pipeline");
  await expect(page.getByText("going on for")).toBeVisible();
  const gantt = page.getByRole("img", { name: /^Gantt/ });
  for (const step of before)
    await expect(gantt.locator("text").filter({ hasText: step.name }).first()).toBeVisible();
  // What is being made now is not on record yet.
  await expect(gantt.locator("rect title").filter({ hasText: ": running" }).first()).toBeAttached();
  // Checks that begin now are told by events alone, and stand in the row of their asset.
  const titles = gantt.locator("rect title").filter({ hasText: /^(unique|not_null)_/ });
  await expect(titles.first()).toBeAttached({ timeout: 30_000 });
  await expect(gantt.locator("text").filter({ hasText: /^checks$/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Stop it" }).click();
  await expect(page.getByText(/interrupted, nothing published/)).toBeVisible({ timeout: 60_000 });
});

test("a page that is open shows the numbers of a new publication by itself", async ({
  page,
  server,
}) => {
  test.setTimeout(120_000);
  await open(page, `/?${kDecember}`);
  const cost = page.locator(".tile", { hasText: "Cost" }).locator(".value");
  const before = await cost.innerText();
  const answer = await fetch(`${server.url}/api/runs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      source: "synthetic",
      prompts: 3000,
      users: 300,
      seed: 11,
      month: "2025-11..2025-12",
    }),
  });
  expect(answer.status).toBe(202);
  await expect(cost).not.toHaveText(before, { timeout: 60_000 });
  await expect(page.locator(".provenance")).toContainText("seed 11");
});

test("a server that is killed leaves the picture, and comes back by itself", async ({
  page,
  server,
  faults,
}) => {
  await open(page, `/friction?${kDecember}`);
  const board = page
    .locator("figure")
    .filter({ has: page.getByRole("heading", { name: "By region", exact: true }) });
  const shown = await board.locator("ul").innerText();
  await server.kill();
  await expect(page.getByText("The server does not answer.")).toBeVisible();
  expect(await board.locator("ul").innerText()).toBe(shown);
  // A question that gets no answer is asked again once the server is back.
  await page
    .locator("figure")
    .filter({ has: page.getByRole("heading", { name: "By tier", exact: true }) })
    .getByRole("button", { name: /^free/ })
    .click();
  await server.start();
  await expect(page.getByText("The server does not answer.")).toBeHidden({ timeout: 30_000 });
  await settled(page);
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(await board.locator("ul").innerText()).not.toBe(shown);
  faults.splice(0);
});
