// Asks the running device of a state directory.
import { readFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import * as v from "valibot";
import { ANSWER_BYTES_MAX, answerSchema, SOCKET_PLACE_FILE, socketPlaceSchema } from "./control-protocol.ts";
import type { ControlRequest } from "./control-protocol.ts";
import { errnoOf, ifThere } from "./errno.ts";
import { CommandError, EXIT } from "./exit.ts";

export type Asked =
	| { readonly kind: "answered"; readonly result: unknown }
	/** Understood and not done, for a reason in words. */
	| { readonly kind: "declined"; readonly message: string }
	/** No device runs on this state. */
	| { readonly kind: "not-running" };

/** Waits for as long as the work takes. */
export async function ask(stateDirectory: string, request: ControlRequest): Promise<Asked> {
	const place = await ifThere(readFile(join(stateDirectory, SOCKET_PLACE_FILE), "utf8"));
	const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), socketPlaceSchema), place);
	if (!parsed.success) return { kind: "not-running" };
	const text = await exchange(parsed.output.socket, `${JSON.stringify(request)}\n`);
	if (text === undefined) return { kind: "not-running" };
	const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), answerSchema), text);
	if (!answer.success) {
		throw new CommandError(EXIT.failed, "the running psync stopped before it answered, or is of another version");
	}
	if (!answer.output.ok) return { kind: "declined", message: answer.output.message };
	return { kind: "answered", result: answer.output.result };
}

/** Everything the other side says; `undefined`: nobody is there. */
function exchange(socketPath: string, line: string): Promise<string | undefined> {
	return new Promise((resolve, reject) => {
		const socket = createConnection({ path: socketPath, allowHalfOpen: true });
		const chunks: Buffer[] = [];
		let length = 0;
		socket.once("connect", () => {
			socket.write(line);
		});
		socket.on("data", (chunk) => {
			chunks.push(chunk);
			length += chunk.length;
			if (length > ANSWER_BYTES_MAX) socket.destroy();
		});
		socket.once("end", () => socket.end());
		socket.once("close", () => {
			resolve(Buffer.concat(chunks).toString("utf8"));
		});
		socket.once("error", (error) => {
			const errno = errnoOf(error) ?? "";
			// Left by a process that was killed; or it ended while we asked.
			if (["ENOENT", "ECONNREFUSED", "ENOTSOCK"].includes(errno)) resolve(undefined);
			else if (["ECONNRESET", "EPIPE"].includes(errno)) resolve("");
			else reject(error);
		});
	});
}
