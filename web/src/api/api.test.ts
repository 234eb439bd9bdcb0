import { afterEach, describe, expect, test, vi } from "vitest";
import { Failure, get, post } from "./client";
import { Batcher } from "./metrics";
import type { MetricsQuery, MetricsResponse, MetricsResult } from "./types";

afterEach(() => vi.unstubAllGlobals());

function answers(status: number, body: string): void {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(status === 204 ? null : body, { status })),
  );
}

describe("the client", () => {
  test("gives the body of an answer", async () => {
    answers(200, '{"a": 1}');
    expect(await get("/api/x")).toEqual({ a: 1 });
    answers(204, "");
    expect(await post("/api/x", {})).toBeUndefined();
  });

  test("tells the server's error with its hint and place", async () => {
    answers(
      400,
      '{"error": "no column x", "hint": "did you mean y?", "code": "sql_error", "line": 3}',
    );
    const failure = await get("/api/x").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
      message: "no column x",
      hint: "did you mean y?",
      code: "sql_error",
      line: 3,
    });
  });

  test("tells an answer that is no JSON by its status", async () => {
    answers(502, "<html>");
    await expect(get("/api/x")).rejects.toMatchObject({ code: "internal", message: /502/ });
  });

  test("tells a server that is not there", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));
    await expect(get("/api/x")).rejects.toMatchObject({ code: "unreachable" });
  });

  test("lets an abort be an abort", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new DOMException("", "AbortError")));
    await expect(get("/api/x")).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("queries of the same moment", () => {
  const query = (measure: "sessions" | "cost"): MetricsQuery => ({ measures: [measure] });
  const result = (measure: string) => ({ measures: [measure] }) as unknown as MetricsResult;

  function setUp() {
    const sent: {
      queries: MetricsQuery[];
      signal: AbortSignal;
      answer: (response: Partial<MetricsResponse>) => void;
    }[] = [];
    const batcher = new Batcher(
      ((_: string, body: { queries: MetricsQuery[] }, signal: AbortSignal) =>
        new Promise((resolve) =>
          sent.push({ queries: body.queries, signal, answer: resolve }),
        )) as unknown as typeof post,
    );
    return { sent, batcher };
  }
  const tick = () => new Promise((resolve) => setTimeout(resolve));

  test("go as one request, each once, and each gets its own answer", async () => {
    const { sent, batcher } = setUp();
    const signal = new AbortController().signal;
    const asked = [
      batcher.query(query("sessions"), signal),
      batcher.query(query("cost"), signal),
      batcher.query(query("sessions"), signal),
    ];
    await tick();
    expect(sent).toHaveLength(1);
    expect(sent[0]!.queries).toEqual([query("sessions"), query("cost")]);
    sent[0]!.answer({ results: [result("sessions"), result("cost")] });
    expect((await Promise.all(asked)).map((one) => one.measures[0])).toEqual([
      "sessions",
      "cost",
      "sessions",
    ]);
  });

  test("of which one is wrong are answered all the same", async () => {
    const { sent, batcher } = setUp();
    const signal = new AbortController().signal;
    const wrong = batcher.query(query("sessions"), signal);
    const right = batcher.query(query("cost"), signal);
    await tick();
    sent[0]!.answer({ results: [{ error: "no", hint: "", code: "bad_request" }, result("cost")] });
    await expect(wrong).rejects.toMatchObject({ code: "bad_request" });
    expect((await right).measures).toEqual(["cost"]);
  });

  test("are given up only when nobody waits for any of them", async () => {
    const { sent, batcher } = setUp();
    const first = new AbortController();
    const second = new AbortController();
    const one = batcher.query(query("sessions"), first.signal).catch(() => "left");
    const other = batcher.query(query("cost"), second.signal).catch(() => "left");
    await tick();
    first.abort();
    expect(await one).toBe("left");
    expect(sent[0]!.signal.aborted).toBe(false);
    second.abort();
    expect(await other).toBe("left");
    expect(sent[0]!.signal.aborted).toBe(true);
  });

  test("that nobody waits for before they were sent are not sent", async () => {
    const { sent, batcher } = setUp();
    const controller = new AbortController();
    const asked = batcher.query(query("sessions"), controller.signal).catch(() => "left");
    controller.abort();
    await asked;
    await tick();
    expect(sent).toHaveLength(0);
  });

  test("are sent in as many requests as the contract needs", async () => {
    const { sent, batcher } = setUp();
    const signal = new AbortController().signal;
    for (let limit = 1; limit <= 40; limit += 1)
      void batcher.query({ measures: ["cost"], limit }, signal);
    await tick();
    expect(sent.map((request) => request.queries.length)).toEqual([32, 8]);
  });
});
