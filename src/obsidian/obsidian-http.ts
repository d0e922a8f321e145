// The Http port over Obsidian's requestUrl, which knows no CORS and no cancelling: an answer that comes too late is dropped.
import { requestUrl } from "obsidian";
import type { Clock } from "../engine/ports/clock.ts";
import { HttpError } from "../engine/ports/http.ts";
import type { Http, HttpRequest, HttpResponse } from "../engine/ports/http.ts";
import { toArrayBuffer } from "./array-buffer.ts";
import { errorMessage } from "./vault-errors.ts";

const BODY_BYTES_MAX = 1024 * 1024;

/** Once `signal` aborts, whoever waits is told and no timer is left. */
export function obsidianHttp(clock: Clock, signal: AbortSignal): Http {
	return async (request) => {
		const waiting = new AbortController();
		const cancel = clock.schedule(request.timeoutMs, () => {
			waiting.abort(new HttpError(`no answer within ${String(request.timeoutMs)} ms`));
		});
		const onAbort = (): void => {
			waiting.abort(new HttpError("the plugin was stopped"));
		};
		if (signal.aborted) onAbort();
		signal.addEventListener("abort", onAbort, { once: true });
		try {
			return await Promise.race([ask(request), rejection(waiting.signal)]);
		} finally {
			cancel();
			signal.removeEventListener("abort", onAbort);
		}
	};
}

function rejection(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		const give = (): void => {
			reject(signal.reason);
		};
		if (signal.aborted) give();
		else signal.addEventListener("abort", give, { once: true });
	});
}

async function ask({ method, url, headers, body }: HttpRequest): Promise<HttpResponse> {
	try {
		const { status, arrayBuffer } = await requestUrl({
			url,
			method,
			throw: false,
			...(headers === undefined ? {} : { headers: { ...headers } }),
			...(body === undefined ? {} : { body: typeof body === "string" ? body : toArrayBuffer(body) }),
		});
		if (arrayBuffer.byteLength <= BODY_BYTES_MAX) return { status, body: new Uint8Array(arrayBuffer) };
	} catch (error) {
		throw new HttpError(errorMessage(error), { cause: error });
	}
	throw new HttpError(`an answer of more than ${String(BODY_BYTES_MAX)} bytes`);
}
