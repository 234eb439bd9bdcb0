// The real server on a warehouse of its own, which tests may kill and start again.
//
//   GSA        the program, by default ../build/release/gsa
//   GSA_SERVE  another command that serves: {warehouse} and {port} are filled in

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const gsa = process.env["GSA"] ?? join(import.meta.dirname, "../../build/release/gsa");
const serve =
  process.env["GSA_SERVE"] ?? `${gsa} serve --no-token --warehouse {warehouse} --port {port}`;
const kStartMs = 20_000;
const kTwoMonths = "--source synthetic --prompts 3000 --users 300 --month 2025-11..2025-12";

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

export class Server {
  readonly url: string;
  readonly #warehouse: string;
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#warehouse = join(folder, "warehouse.duckdb");
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Two months of 3,000 generations, so that there is a period before to compare with; or as `options`
   *  of a run say, in which {folder} stands for a folder that has `files`. */
  static async create(options = kTwoMonths, files: Record<string, string> = {}): Promise<Server> {
    const server = new Server(mkdtempSync(join(tmpdir(), "gsa-web-")), await freePort());
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(server.#folder, name), text);
    execFileSync(gsa, [
      ...["run", "--quiet", "--warehouse", server.#warehouse],
      ...options.replace("{folder}", server.#folder).split(" "),
    ]);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const [program, ...options] = serve
      .replace("{warehouse}", this.#warehouse)
      .replace("{port}", String(this.#port))
      .split(" ");
    this.#process = spawn(program!, options, { stdio: ["ignore", "ignore", "inherit"] });
    const until = Date.now() + kStartMs;
    for (;;) {
      try {
        if ((await fetch(`${this.url}/api/catalog`)).ok) return;
      } catch {
        // Not yet.
      }
      if (Date.now() > until) throw new Error(`no server: ${serve}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** As a crash would. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (!process || process.exitCode !== null) return;
    const gone = new Promise((resolve) => process.once("exit", resolve));
    process.kill("SIGKILL");
    await gone;
    this.#process = null;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
