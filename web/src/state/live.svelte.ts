// What happens on the server while the page is open: runs, and new publications. A lost connection is
// taken up again by itself, at first soon, then ever less often; meanwhile what is shown stays.

import { get } from "../api/client";
import type { LogEvent, Run, RunDetail, Runs, Step } from "../api/types";

const kFirstWaitMs = 500;
const kLongestWaitMs = 15_000;
// A reader sees the last lines; the run's page has all of them.
const kMaxLogs = 500;

export interface LiveRun {
  run: Run;
  steps: Step[];
  /** From 0 to 1 by step, of those that tell. */
  progress: Record<number, number>;
  logs: LogEvent[];
  /** performance.now() when it began, as far as the page can tell. */
  since: number;
}

class Live {
  /** Of the numbers that should be shown; -1 until the server has told. */
  publication = $state(-1);
  /** Grows when the numbers that are shown are no longer the newest. */
  epoch = $state(0);
  /** Whether the server was heard of lately; false shows a quiet note. */
  connected = $state(true);
  /** The run that is going on, or went on last. */
  run = $state.raw<LiveRun | null>(null);
  /** Grows with everything that a list of runs or assets would show. */
  changes = $state(0);
  /** The run that began last, as far as the page was told. */
  newest = $state.raw<Run | null>(null);
  /** The run that published while the page was open, for a quiet note. */
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

  /** Keeps new numbers back while the reader drags; the function that is returned lets them in. */
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

  /** A request got no answer: have a look whether the server is still there. */
  suspect(): void {
    if (this.connected && this.#source?.readyState !== EventSource.OPEN) this.#lost();
  }

  /** Calls once the server is heard of again. */
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

  // What went on before the page listened: a run that is going on, or one that ended meanwhile.
  async #catchUp(): Promise<void> {
    try {
      const newest = (await get<Runs>("/api/runs?limit=1")).runs[0];
      if (newest) this.newest = newest;
      const missed = this.run?.run.status === "running" ? this.run.run.id : null;
      if (newest?.status === "running") await this.#adopt(newest.id);
      else if (missed !== null) await this.#adopt(missed);
    } catch {
      // The next event, or the next connection, tells.
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

  // Whether an event is of the run that is shown; one that is not known yet is looked up.
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
