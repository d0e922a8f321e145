// HTTP to the relay: Obsidian's requestUrl in the plugin, fetch in the daemon.

export interface HttpRequest {
	readonly method: "GET" | "POST" | "PUT" | "DELETE";
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Uint8Array | string;
	readonly timeoutMs: number;
}

export interface HttpResponse {
	readonly status: number;
	/** Whole body, at most 1 MiB; a longer one rejects. */
	readonly body: Uint8Array;
}

/** Rejects with HttpError when there is no answer at all; any status is an answer. */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

export class HttpError extends Error {
	override readonly name = "HttpError";
}
