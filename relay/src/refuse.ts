// Says no: the same small JSON body for a refused request and for a refused upgrade.
import { STATUS_CODES } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ErrorBody, ErrorCode } from "../../src/wire/relay-api.ts";
import { HTTP_HEADERS_MAX } from "./limits.ts";

export const RETRY_AFTER_S = 5;

export function errorBody(code: ErrorCode): ErrorBody {
	return { error: code };
}

/** A browser sends fifteen, a proxy adds ten. */
export function hasTooManyHeaders({ rawHeaders }: IncomingMessage): boolean {
	return rawHeaders.length > 2 * HTTP_HEADERS_MAX;
}

/** Answers on the raw connection, before it became a WebSocket, and closes it. */
export function refuseUpgrade(socket: Duplex, status: number, code: ErrorCode): void {
	const body = JSON.stringify(errorBody(code));
	const lines = [
		`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? "Refused"}`,
		"Connection: close",
		"Content-Type: application/json",
		"X-Content-Type-Options: nosniff",
		"Cache-Control: no-store",
		`Content-Length: ${String(Buffer.byteLength(body))}`,
	];
	if (status === 429 || status === 503) lines.push(`Retry-After: ${String(RETRY_AFTER_S)}`);
	socket.once("finish", () => socket.destroy());
	socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
