// requestUrl as in the app: native HTTP without CORS, the whole body at once. The host's server makes the request.
import type { RequestUrlParam, RequestUrlResponse, RequestUrlResponsePromise } from "obsidian";

import type { Heap } from "./host-adapter.ts";

/** What the host's server answers in `x-host-response`; the body comes as it is. */
export interface BridgedResponse {
	readonly status: number;
	readonly headers: Record<string, string>;
}

let heap: Heap | undefined;

/** A body crosses the bridge of a phone as a whole, as text: a third larger than it is. */
export function capBodies(cap: Heap): void {
	heap = cap;
}

export function requestUrl(request: RequestUrlParam | string): RequestUrlResponsePromise {
	const response = send(typeof request === "string" ? { url: request } : request);
	// Lazy: a promise nobody asked for must not fail unheard.
	return Object.defineProperties(response, {
		arrayBuffer: { get: () => response.then((one) => one.arrayBuffer) },
		json: { get: () => response.then((one) => one.json as unknown) },
		text: { get: () => response.then((one) => one.text) },
	}) as RequestUrlResponsePromise;
}

async function send(request: RequestUrlParam): Promise<RequestUrlResponse> {
	const { url, method = "GET", contentType, headers = {} } = request;
	const allHeaders = contentType === undefined ? headers : { ...headers, "content-type": contentType };
	const token = document.querySelector<HTMLMetaElement>('meta[name="request-token"]')?.content ?? "";
	const wanted = encodeURIComponent(JSON.stringify({ url, method, headers: allHeaders }));
	const answer = await fetch("/request", {
		method: "POST",
		headers: { "x-host-token": token, "x-host-request": wanted },
		body: request.body ?? null,
	});
	const bridged = answer.headers.get("x-host-response");
	if (bridged === null) throw new Error(`net::ERR_FAILED ${await answer.text()}`);
	const { status, headers: answered } = JSON.parse(decodeURIComponent(bridged)) as BridgedResponse;
	const arrayBuffer = await answer.arrayBuffer();
	if (heap !== undefined && (arrayBuffer.byteLength * 4) / 3 > heap.capBytes) {
		heap.exceeded();
		return new Promise<never>(() => undefined);
	}
	if (status >= 400 && request.throw !== false)
		throw Object.assign(new Error(`Request failed, status ${String(status)}`), { status });
	const text = new TextDecoder().decode(arrayBuffer);
	// The app parses when somebody asks, and throws then.
	return {
		status,
		headers: answered,
		arrayBuffer,
		text,
		get json(): unknown {
			return JSON.parse(text) as unknown;
		},
	};
}
