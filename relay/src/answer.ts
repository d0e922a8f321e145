// What the routes of the HTTP interface share: saying no, in one form, and being asynchronous.
import type { Request, RequestHandler, Response } from "express";
import type { ErrorCode } from "../../src/wire/relay-api.ts";
import type { RelayContext } from "./context.ts";
import { RETRY_AFTER_S, errorBody } from "./refuse.ts";

export function whyClosed({ draining, memory }: RelayContext): "draining" | "overloaded" | undefined {
	if (draining()) return "draining";
	return memory.isShort() ? "overloaded" : undefined;
}

/** Says no when the relay takes nobody; the caller is done then. */
export function isClosed(context: RelayContext, response: Response): boolean {
	const why = whyClosed(context);
	if (why !== undefined) refuse(response, 503, why);
	return why !== undefined;
}

/** An asynchronous handler whose failure goes to the last handler of the app. */
export function route(handle: (request: Request, response: Response) => Promise<void>): RequestHandler {
	return (request, response, next) => {
		handle(request, response).catch(next);
	};
}

export function refuse(response: Response, status: number, code: ErrorCode): void {
	if (status === 503) response.set("Retry-After", String(RETRY_AFTER_S));
	response.status(status).json(errorBody(code));
}

export function refuseForNow(response: Response, waitMs: number): void {
	response.set("Retry-After", String(Math.max(1, Math.ceil(waitMs / 1000))));
	response.status(429).json(errorBody("rate-limited"));
}
