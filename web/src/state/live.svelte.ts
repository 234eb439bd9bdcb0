// Events of the server while the page is open: runs and publications. A lost connection is reopened with
// exponential back-off; meanwhile the page keeps what it shows.

import { get } from "../api/client";
import type { LogEvent, Run, RunDetail, Runs, Step } from "../api/types";

const kFirstWaitMs = 500;
const kLongestWaitMs = 15_000;
// The last lines; the record of the run has all of them.
const kMaxLogs = 500;

export interface LiveRun {
  run: Run;
  steps: Step[];
  /** Progress from 0 to 1 by step, for steps that report it. */
  progress: Record<number, number>;
  logs: LogEvent[];
  /** performance.now() at the start of the run, estimated if the page did not see it. */
  since: number;
}

class Live {
  /** The publication that the page shows; -1 until the server has named one. */
  publication = $state(-1);
  /** Increases with each new publication: answers of an earlier epoch are stale. */
  epoch = $state(0);
  /** Whether the event stream is open; if not, a note says so. */
  connected = $state(true);
  /** The current run, or the last one that the page followed. */
  run = $state.raw<LiveRun | null>(null);
  /** Increases with everything that changes a list of runs or assets. */
  changes = $state(0);
  /** The latest run that the page knows. */
  newest = $state.raw<Run | null>(null);
  /** The run that published while the page was open, for a note; null: no note. */
  announced = $state<number | null>(null);

  #source: EventSource | null = null;
  #wait = kFirstWaitMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #adopting: number | null = null;
  #holds = 0;
  #held: number | null = null;
  #waiting = new Set<() => void>();

  start(): void {
    this.#connect();
    addEventListener("online", () => this.#soon(0));
    // The browser may drop a page's connections while it is hidden.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && !this.connected) this.#soon(0);
    });
  }

  /** Holds back new publications during a drag. Call the returned function to let them in. */
  hold(): () => void {
    this.#holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      if (this.#holds === 0 && this.#held !== null) this.publish(this.#held);
    };
  }

  publish(publication: number): void {
    if (this.#holds > 0) {
      this.#held = publication;
      return;
    }
    this.#held = null;
    if (this.publication >= 0 && publication !== this.publication) {
      this.announced = publication;
      this.epoch += 1;
    }
    this.publication = publication;
  }

  /** Call when a request got no answer: reconnects if the event stream is not open. */
  suspect(): void {
    if (this.connected && this.#source?.readyState !== EventSource.OPEN) this.#lost();
  }

  /** Calls `call` once, when the server is back. */
  whenBack(call: () => void): void {
    this.#waiting.add(call);
  }

  #connect(): void {
    this.#source?.close();
    const source = new EventSource("/api/events");
    this.#source = source;
    source.onopen = () => {
      this.#wait = kFirstWaitMs;
      const back = !this.connected;
      this.connected = true;
      if (back) this.changes += 1;
      void this.#catchUp();
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const call of waiting) call();
    };
    source.onerror = () => this.#lost();
    const on = <T>(name: string, handle: (data: T) => void) =>
      source.addEventListener(name, (event) => {
        handle(JSON.parse((event as MessageEvent<string>).data) as T);
      });
    on<{ run: Run }>("run_started", ({ run }) => this.#began(run));
    on<{ run: number; step: Step; progress?: number | null }>("step", (event) =>
      this.#stepped(event.run, event.step, event.progress ?? null),
    );
    on<LogEvent>("log", (event) => this.#logged(event));
    on<{ run: Run }>("run_finished", ({ run }) => this.#ended(run));
    on<{ publication: number }>("published", (event) => this.publish(event.publication));
    on("reset", () => (this.changes += 1));
  }

  #lost(): void {
    this.connected = false;
    this.#source?.close();
    this.#soon(this.#wait);
    this.#wait = Math.min(this.#wait * 2, kLongestWaitMs);
  }

  #soon(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), ms);
  }

  // Catches up on events before the connection: adopts the running run, or the followed run that ended
  // meanwhile.
  async #catchUp(): Promise<void> {
    try {
      const newest = (await get<Runs>("/api/runs?limit=1")).runs[0];
      if (newest) this.newest = newest;
      const missed = this.run?.run.status === "running" ? this.run.run.id : null;
      if (newest?.status === "running") await this.#adopt(newest.id);
      else if (missed !== null) await this.#adopt(missed);
    } catch {
      // The next event or connection catches up.
    }
  }

  async #adopt(id: number): Promise<void> {
    if (this.#adopting === id) return;
    this.#adopting = id;
    try {
      const { run, steps, events } = await get<RunDetail>(`/api/runs/${id}`);
      const seen = this.run?.run.id === id ? this.run.steps : [];
      const newest = new Map([...steps, ...seen].map((step) => [step.step, step]));
      const age = Math.max(0, ...steps.map((step) => step.ended ?? step.begun ?? 0));
      this.run = {
        run,
        steps: [...newest.values()].sort((a, b) => a.step - b.step),
        progress: {},
        logs: events.slice(-kMaxLogs),
        since: performance.now() - age * 1000,
      };
    } finally {
      this.#adopting = null;
    }
  }

  // Whether an event belongs to the followed run. A newer run is adopted.
  #isKnown(id: number): boolean {
    if (this.run?.run.id === id) return true;
    if (id > (this.run?.run.id ?? 0)) this.#adopt(id).catch(() => undefined);
    return false;
  }

  #began(run: Run): void {
    this.run = { run, steps: [], progress: {}, logs: [], since: performance.now() };
    this.newest = run;
    this.changes += 1;
  }

  #stepped(id: number, step: Step, progress: number | null): void {
    if (!this.#isKnown(id) || !this.run) return;
    const steps = this.run.steps.filter((other) => other.step !== step.step);
    steps.push(step);
    steps.sort((a, b) => a.step - b.step);
    const all = { ...this.run.progress };
    if (progress !== null) all[step.step] = progress;
    this.run = { ...this.run, steps, progress: all };
  }

  #logged(event: LogEvent): void {
    if (!this.#isKnown(event.run) || !this.run) return;
    this.run = { ...this.run, logs: [...this.run.logs, event].slice(-kMaxLogs) };
  }

  #ended(run: Run): void {
    if (this.run?.run.id === run.id) this.run = { ...this.run, run };
    if (run.id >= (this.newest?.id ?? 0)) this.newest = run;
    this.changes += 1;
  }
}

export const live = new Live();
