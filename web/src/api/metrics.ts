// Batches metrics queries: those of the same microtask go to the server as one request, which it answers
// from one snapshot. Equal queries are sent once. When all callers have aborted, so does the request, and
// the server stops its queries.

import { Failure, isFailure, post } from "./client";
import type { MetricsQuery, MetricsResponse, MetricsResult } from "./types";

// The limit of the API.
const kMaxQueries = 32;

interface Waiting {
  query: MetricsQuery;
  waiters: Set<Waiter>;
  /** Called when the last waiter has left, if the query was already sent. */
  abandoned?: () => void;
}

interface Waiter {
  resolve: (result: MetricsResult) => void;
  reject: (error: unknown) => void;
}

export class Batcher {
  #next = new Map<string, Waiting>();
  readonly #send: typeof post;

  constructor(send: typeof post = post) {
    this.#send = send;
  }

  query(query: MetricsQuery, signal: AbortSignal): Promise<MetricsResult> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      if (this.#next.size === 0) queueMicrotask(() => this.#flush());
      const key = JSON.stringify(query);
      const waiting: Waiting = this.#next.get(key) ?? { query, waiters: new Set() };
      this.#next.set(key, waiting);
      const waiter = { resolve, reject };
      waiting.waiters.add(waiter);
      signal.addEventListener("abort", () => {
        waiting.waiters.delete(waiter);
        if (waiting.waiters.size === 0) waiting.abandoned?.();
        reject(signal.reason as Error);
      });
    });
  }

  #flush(): void {
    const all = [...this.#next.values()].filter((waiting) => waiting.waiters.size > 0);
    this.#next = new Map();
    for (let begin = 0; begin < all.length; begin += kMaxQueries)
      void this.#ask(all.slice(begin, begin + kMaxQueries));
  }

  async #ask(batch: Waiting[]): Promise<void> {
    const controller = new AbortController();
    const giveUp = () => {
      if (batch.every((waiting) => waiting.waiters.size === 0)) controller.abort();
    };
    for (const waiting of batch) waiting.abandoned = giveUp;
    try {
      const body = { queries: batch.map((waiting) => waiting.query) };
      const response = await this.#send<MetricsResponse>("/api/metrics", body, controller.signal);
      batch.forEach((waiting, index) => settle(waiting, response.results[index]));
    } catch (error) {
      for (const waiting of batch) for (const waiter of waiting.waiters) waiter.reject(error);
    }
  }
}

function settle(waiting: Waiting, result: MetricsResponse["results"][number] | undefined): void {
  for (const waiter of waiting.waiters) {
    if (result && !isFailure(result)) waiter.resolve(result as MetricsResult);
    else
      waiter.reject(
        new Failure(result ?? { error: "The server left a query out", hint: "", code: "internal" }),
      );
  }
}

export const batcher = new Batcher();
