// One question to the relay over HTTP, and what came of it. The relay is a stranger: whatever it answers goes through a limit and a
// schema, and no word of it reaches a person.
import { base64urlnopad } from "@scure/base";
import * as v from "valibot";
import { HttpError } from "../engine/ports/http.ts";
import type { Http, HttpRequest, HttpResponse } from "../engine/ports/http.ts";
import { errorBodySchema } from "../wire/relay-api.ts";
import type { ErrorCode } from "../wire/relay-api.ts";
import { relayHttpUrl } from "../wire/relay-url.ts";
import type { RelayUrl } from "../wire/relay-url.ts";

export type RelayErrorCode =
	/** No answer, or the relay is in trouble: try again. */
	| "unreachable"
	/** It understood and does not want us: `reason` says why. */
	| "refused"
	/** What answers there is not a relay, or not one we understand. */
	| "bad-answer"
	| "rate-limited";

export class RelayError extends Error {
	override readonly name = "RelayError";
	readonly code: RelayErrorCode;
	readonly reason: ErrorCode | undefined;

	constructor(
		code: RelayErrorCode,
		message: string,
		options: { reason?: ErrorCode | undefined; cause?: unknown } = {},
	) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.reason = options.reason;
	}
}

const TIMEOUT_MS = 10_000;

/** Of a slow line, 16 KB/s: what goes one way, or comes back, takes its time. */
const BYTES_PER_MS = 16;

export interface RelayRequest {
	readonly http: Http;
	readonly relayUrl: RelayUrl;
	readonly method: HttpRequest["method"];
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Uint8Array | string;
	/** A longer answer is none. */
	readonly answerBytesMax: number;
	/** Bytes that were asked for. */
	readonly contentBytes?: number;
}

export interface RelayQuestion<S extends v.GenericSchema> extends RelayRequest {
	readonly schema: S;
}

/** Rejects with a RelayError. */
export async function ask<S extends v.GenericSchema>(question: RelayQuestion<S>): Promise<v.InferOutput<S>> {
	const answer = v.safeParse(question.schema, parseJson((await send(question)).body));
	if (answer.success) return answer.output;
	throw new RelayError("bad-answer", `the answer to ${question.path} is not a relay's`);
}

/** The bytes of the answer, when it is a good one (200, 206). Rejects with a RelayError. */
export async function send(request: RelayRequest): Promise<HttpResponse> {
	const { http, relayUrl, method, path, headers, body, answerBytesMax, contentBytes = 0 } = request;
	let response: HttpResponse;
	try {
		response = await http({
			method,
			url: relayHttpUrl(relayUrl, path),
			...(headers === undefined ? {} : { headers }),
			...(body === undefined ? {} : { body }),
			timeoutMs: TIMEOUT_MS + Math.ceil(((body?.length ?? 0) + contentBytes) / BYTES_PER_MS),
		});
	} catch (error) {
		if (!(error instanceof HttpError)) throw error;
		throw new RelayError("unreachable", "the relay does not answer", { cause: error });
	}
	const isGood = response.status === 200 || response.status === 206;
	const isLong = response.body.length > answerBytesMax;
	if (isGood && !isLong) return response;
	if (isGood) throw new RelayError("bad-answer", `the answer to ${path} is longer than any of a relay`);
	throw whyRefused(response.status, isLong ? undefined : parseJson(response.body), path);
}

function whyRefused(status: number, json: unknown, path: string): RelayError {
	const body = v.safeParse(errorBodySchema, json);
	const reason = body.success ? body.output.error : undefined;
	const said = `status ${String(status)}${reason === undefined ? "" : `, ${reason}`}`;
	if (status === 429) return new RelayError("rate-limited", `the relay wants us to wait (${said})`, { reason });
	if (status >= 500) return new RelayError("unreachable", `the relay cannot serve now (${said})`, { reason });
	if (reason === undefined || status === 404)
		return new RelayError("bad-answer", `no relay at ${path} (${said})`, { reason });
	return new RelayError("refused", refusals[reason] ?? `the relay refused ${path} (${said})`, { reason });
}

/** What a person can do something about. */
const refusals: Partial<Record<ErrorCode, string>> = {
	"access-code": "the relay asks for an access code, and this device has none or another one",
	"group-refused": "the relay takes only the groups on its list, and this one is not on it",
};

function parseJson(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/** base64url of an answer whose characters were checked; `undefined`: it encodes nothing. */
export function decoded(text: string): Uint8Array | undefined {
	try {
		return base64urlnopad.decode(text);
	} catch {
		// The characters were checked; what is left to throw about is a length or trailing bits that encode nothing.
		return undefined;
	}
}
