// The app's requestUrl as the Http port: every failure is an HttpError, every status an answer.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { RequestUrlParam } from "obsidian";
import { HttpError } from "../../src/engine/ports/http.ts";
import type { HttpRequest } from "../../src/engine/ports/http.ts";
import { obsidianHttp } from "../../src/obsidian/obsidian-http.ts";
import { ManualClock } from "../support/manual-clock.ts";

type Answer = (request: RequestUrlParam) => Promise<{ status: number; arrayBuffer: ArrayBuffer }>;
const app = vi.hoisted(() => ({ answer: undefined as Answer | undefined }));
// What the app answers; the mocks' own requestUrl answers nothing.
vi.mock("obsidian", () => ({ requestUrl: (request: RequestUrlParam) => app.answer?.(request) }));

const request: HttpRequest = { method: "POST", url: "http://127.0.0.1/x", timeoutMs: 1_000 };
let clock: ManualClock;
let lifetime: AbortController;

beforeEach(() => {
	clock = new ManualClock();
	lifetime = new AbortController();
});

describe("obsidianHttp", () => {
	it.each([200, 403, 500])("takes status %d for an answer, with its bytes", async (status) => {
		app.answer = () => Promise.resolve({ status, arrayBuffer: new Uint8Array([1, 2]).buffer });
		expect(await obsidianHttp(clock, lifetime.signal)(request)).toEqual({ status, body: new Uint8Array([1, 2]) });
		expect(clock.pending).toBe(0);
	});

	it("sends headers, text and bytes as they are, and never lets the app throw for a status", async () => {
		const seen: RequestUrlParam[] = [];
		app.answer = (sent) => {
			seen.push(sent);
			return Promise.resolve({ status: 200, arrayBuffer: new ArrayBuffer(0) });
		};
		const http = obsidianHttp(clock, lifetime.signal);
		await http({ ...request, headers: { a: "b" }, body: "text" });
		await http({ ...request, body: new Uint8Array([0, 7, 8, 0]).subarray(1, 3) });
		expect(seen[0]).toEqual({ url: request.url, method: "POST", throw: false, headers: { a: "b" }, body: "text" });
		expect(seen[1]?.body).toEqual(new Uint8Array([7, 8]).buffer);
	});

	it("rejects when there is no answer at all", async () => {
		app.answer = () => Promise.reject(new Error("net::ERR_CONNECTION_REFUSED"));
		await expect(obsidianHttp(clock, lifetime.signal)(request)).rejects.toBeInstanceOf(HttpError);
		expect(clock.pending).toBe(0);
	});

	it("rejects when the answer takes too long, and drops it when it comes", async () => {
		app.answer = () => new Promise(() => undefined);
		const outcome = obsidianHttp(clock, lifetime.signal)(request).catch((error: unknown) => error);
		await clock.advance(1_000);
		expect(await outcome).toBeInstanceOf(HttpError);
	});

	it("rejects and leaves no timer when the plugin is stopped, also before it asks", async () => {
		app.answer = () => new Promise(() => undefined);
		const http = obsidianHttp(clock, lifetime.signal);
		const outcome = http(request).catch((error: unknown) => error);
		lifetime.abort();
		expect(await outcome).toBeInstanceOf(HttpError);
		await expect(http(request)).rejects.toBeInstanceOf(HttpError);
		expect(clock.pending).toBe(0);
	});

	it("rejects an answer of more than a mebibyte", async () => {
		app.answer = () => Promise.resolve({ status: 200, arrayBuffer: new ArrayBuffer(1024 * 1024 + 1) });
		await expect(obsidianHttp(clock, lifetime.signal)(request)).rejects.toBeInstanceOf(HttpError);
	});
});
