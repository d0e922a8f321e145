// The Http port over Obsidian's requestUrl, which knows no CORS and no cancelling: an answer that comes too late is dropped.
import { requestUrl } from "obsidian";
import type { Clock } from "../engine/ports/clock.ts";
import { HttpError } from "../engine/ports/http.ts";
import type { Http, HttpRequest, HttpResponse } from "../engine/ports/http.ts";
import { toArrayBuffer } from "./array-buffer.ts";
import { errorMessage } from "./vault-errors.ts";

const BODY_BYTES_MAX = 1024 * 1024;

export function obsidianHttp(clock: Clock): Http {
	return (request) =>
		new Promise((resolve, reject) => {
			const cancel = clock.schedule(request.timeoutMs, () => {
				reject(new HttpError(`no answer within ${String(request.timeoutMs)} ms`));
			});
			ask(request).then(resolve, reject).finally(cancel);
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
