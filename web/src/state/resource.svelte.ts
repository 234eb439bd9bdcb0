// Answers of the server as state of a component. A resource asks again whenever its request changes,
// shows the old answer until the new one arrives, and drops answers that arrive late.
//
// Each use… function starts an effect: call it while a component initialises. The effect ends with the
// component.

import { untrack } from "svelte";
import { asFailure, get, isAbort, post, type Failure } from "../api/client";
import { batcher } from "../api/metrics";
import type { MetricsQuery, MetricsResult } from "../api/types";
import { live } from "./live.svelte";

// Answers of one publication, by request: Back shows them at once.
const kMaxCached = 200;
let cache = new Map<string, unknown>();
let cacheEpoch = -1;

function recall(key: string): unknown {
  if (cacheEpoch !== live.epoch) cache = new Map();
  cacheEpoch = live.epoch;
  return cache.get(key);
}

function remember(key: string, answer: unknown): void {
  cache.set(key, answer);
  if (cache.size > kMaxCached) cache.delete(cache.keys().next().value!);
}

class Resource<T> {
  data = $state.raw<T | null>(null);
  error = $state.raw<Failure | null>(null);
  loading = $state(true);
  #retries = $state(0);

  constructor(
    request: () => unknown,
    load: (signal: AbortSignal) => Promise<T>,
    name: string,
    followsRuns: boolean,
  ) {
    const key = $derived.by(() => {
      const body = request();
      return body === null ? null : name + JSON.stringify(body);
    });
    $effect(() => {
      const current = key;
      const epoch = live.epoch;
      const retried = this.#retries > 0;
      // Reading the counter runs this effect again with every run that begins or ends.
      if (followsRuns) void live.changes;
      if (current === null) {
        this.loading = false;
        return;
      }
      const cached = retried || followsRuns ? undefined : recall(current);
      if (cached !== undefined) {
        this.#succeed(cached as T);
        return;
      }
      const controller = new AbortController();
      this.loading = true;
      untrack(() => load(controller.signal)).then(
        (answer) => {
          if (controller.signal.aborted) return;
          if (epoch === live.epoch) remember(current, answer);
          this.#succeed(answer);
        },
        (error: unknown) => {
          if (!controller.signal.aborted && !isAbort(error)) this.#fail(asFailure(error));
        },
      );
      return () => controller.abort();
    });
  }

  readonly retry = (): void => {
    this.#retries += 1;
  };

  #succeed(answer: T): void {
    this.data = answer;
    this.error = null;
    this.loading = false;
  }

  #fail(failure: Failure): void {
    if (failure.code === "unreachable") {
      live.whenBack(this.retry);
      live.suspect();
      // The old answer stays, dimmed, until the server is back; a note above the page says why.
      if (this.data !== null) return;
    }
    this.error = failure;
    this.loading = false;
  }
}

export type { Resource };

/** The answer that `load` gets. It is loaded again when a signal that `request` reads changes its result;
 *  null loads nothing. `name` tells apart resources whose requests look the same. */
export function useResource<T>(
  request: () => unknown,
  load: (signal: AbortSignal) => Promise<T>,
  name: string,
): Resource<T> {
  return new Resource(request, load, name, false);
}

/** The answer to a metrics query; null, or a query without measures, asks for nothing. */
export function useMetrics(query: () => MetricsQuery | null): Resource<MetricsResult> {
  const asked = () => (query()?.measures.length ? query() : null);
  return useResource(asked, (signal) => batcher.query(asked()!, signal), "metrics");
}

export interface PostResource<T> extends Resource<T> {
  /** The SQL behind the answer. */
  sql: () => Promise<string | null>;
}

/** The answer to a POST of `body`; null asks for nothing. */
export function usePost<T>(path: string, body: () => object | null): PostResource<T> {
  const resource = useResource(body, (signal) => post<T>(path, body(), signal), path);
  const sql = async () => (await post<{ sql: string | null }>(path, { ...body(), sql: true })).sql;
  return Object.assign(resource, { sql });
}

/** The answer to a GET of `path`; null asks for nothing. */
export function useGet<T>(path: () => string | null): Resource<T> {
  return useResource(path, (signal) => get<T>(path()!, signal), "");
}

/** As useGet, and asks again whenever a run begins or ends, whether it publishes or not. */
export function useLiveGet<T>(path: () => string | null): Resource<T> {
  return new Resource(path, (signal) => get<T>(path()!, signal), "", true);
}
