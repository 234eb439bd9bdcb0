// What a component shows of the server: asked again whenever what it depends on changes, with the old
// picture kept until the new one is there. Answers that come late are dropped. Call within a component.

import { untrack } from "svelte";
import { live } from "./live.svelte";
import { Failure, get, isAbort, post } from "../api/client";
import { batcher } from "../api/metrics";
import type { MetricsQuery, MetricsResult } from "../api/types";

// Answers of one publication, so that going back shows at once what was there.
const kMostCached = 200;
let cached = new Map<string, unknown>();
let cachedOf = -1;

function recall(key: string): unknown {
  if (cachedOf !== live.epoch) cached = new Map();
  cachedOf = live.epoch;
  return cached.get(key);
}

function remember(key: string, answer: unknown): void {
  cached.set(key, answer);
  if (cached.size > kMostCached) cached.delete(cached.keys().next().value!);
}

export class Resource<T> {
  data = $state.raw<T | null>(null);
  error = $state.raw<Failure | null>(null);
  loading = $state(true);
  #again = $state(0);

  /** Depends on the signals that `request` reads; null asks for nothing. One that is `fresh` is asked
   *  again with every run that begins or ends. */
  constructor(
    request: () => unknown,
    load: (signal: AbortSignal) => Promise<T>,
    name: string,
    fresh = false,
  ) {
    const key = $derived.by(() => {
      const body = request();
      return body === null ? null : name + JSON.stringify(body);
    });
    $effect(() => {
      const now = key;
      const epoch = live.epoch;
      const again = this.#again + (fresh ? live.changes + 1 : 0);
      if (now === null) {
        this.loading = false;
        return;
      }
      const known = again === 0 ? recall(now) : undefined;
      if (known !== undefined) {
        this.data = known as T;
        this.error = null;
        this.loading = false;
        return;
      }
      const controller = new AbortController();
      this.loading = true;
      untrack(() => load(controller.signal)).then(
        (answer) => {
          if (controller.signal.aborted) return;
          if (epoch === live.epoch) remember(now, answer);
          this.data = answer;
          this.error = null;
          this.loading = false;
        },
        (error: unknown) => {
          if (controller.signal.aborted || isAbort(error)) return;
          const failure = asFailure(error);
          if (failure.code === "unreachable") {
            live.whenBack(this.retry);
            live.suspect();
            // What was shown stays, dimmed, until the server is back: the frame says why.
            if (this.data !== null) return;
          }
          this.error = failure;
          this.loading = false;
        },
      );
      return () => controller.abort();
    });
  }

  readonly retry = (): void => {
    this.#again += 1;
  };
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure({ error: String(error), hint: "", code: "internal" });
}

/** The answer to a query of metrics. */
export function metrics(query: () => MetricsQuery | null): Resource<MetricsResult> {
  return new Resource(query, (signal) => batcher.query(query()!, signal), "metrics");
}

/** The answer to a POST, and the query behind it as SQL. */
export interface Posted<T> extends Resource<T> {
  sql: () => Promise<string | null>;
}

/** `body` null asks for nothing. */
export function posted<T>(path: string, body: () => object | null): Posted<T> {
  const resource = new Resource(body, (signal) => post<T>(path, body(), signal), path);
  const sql = async () => (await post<{ sql: string | null }>(path, { ...body(), sql: true })).sql;
  return Object.assign(resource, { sql });
}

/** The answer to a GET; `path` null asks for nothing. */
export function got<T>(path: () => string | null): Resource<T> {
  return new Resource(path, (signal) => get<T>(path()!, signal), "");
}

/** The answer to a GET of what a run changes, whether it publishes or not. */
export function gotLive<T>(path: () => string | null): Resource<T> {
  return new Resource(path, (signal) => get<T>(path()!, signal), "", true);
}
