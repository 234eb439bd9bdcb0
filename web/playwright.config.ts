import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // A worker has a server and a warehouse of its own.
  workers: 1,
  fullyParallel: false,
  // Generous: the machine may be busy with other things.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // The sandbox needs rights that containers do not give.
      args: ["--no-sandbox"],
    },
    viewport: { width: 1280, height: 900 },
    trace: "retain-on-failure",
  },
});
