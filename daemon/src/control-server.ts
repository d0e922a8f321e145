// Answers the commands that act on a running device, on a local socket that only this user can open.
import { chmod, mkdtemp, rm, unlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import * as v from "valibot";
import {
	ownSocketPath,
	REQUEST_BYTES_MAX,
	REQUEST_TIME_MS,
	requestSchema,
	shortSocketFolder,
	SOCKET_PLACE_FILE,
} from "./control-protocol.ts";
import type { ControlAnswer, ControlRequest } from "./control-protocol.ts";
import { ifThere } from "./errno.ts";

export interface ControlServerOptions {
	/** Locked by the caller: a socket found there is a dead process's. */
	readonly stateDirectory: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly answer: (request: ControlRequest) => Promise<ControlAnswer>;
	readonly onError: (error: unknown) => void;
}

/** The returned function closes the socket and every connection, and removes what it made. */
export async function startControlServer(options: ControlServerOptions): Promise<() => Promise<void>> {
	const { stateDirectory, env } = options;
	const own = ownSocketPath(stateDirectory);
	const path = own ?? join(await mkdtemp(shortSocketFolder(env)), "control.sock");
	await ifThere(unlink(path));
	const connections = new Set<Socket>();
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		connections.add(socket);
		socket.once("close", () => connections.delete(socket));
		// Whoever asked may be gone before the answer is; nothing follows from that.
		socket.on("error", () => socket.destroy());
		void serve(socket, options);
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(path, resolve);
	});
	server.on("error", options.onError);
	await chmod(path, 0o600);
	await writeFile(join(stateDirectory, SOCKET_PLACE_FILE), `${JSON.stringify({ socket: path })}\n`, { mode: 0o600 });

	return async () => {
		const closed = new Promise<void>((resolve) => {
			server.close(() => {
				resolve();
			});
		});
		for (const socket of connections) socket.destroy();
		await closed;
		await ifThere(unlink(path));
		await ifThere(unlink(join(stateDirectory, SOCKET_PLACE_FILE)));
		if (own === undefined) await rm(dirname(path), { recursive: true, force: true });
	};
}

async function serve(socket: Socket, { answer, onError }: ControlServerOptions): Promise<void> {
	const line = await requestLine(socket);
	if (line === undefined) {
		socket.destroy();
		return;
	}
	const request = v.safeParse(requestSchema, parseJson(line));
	let said: ControlAnswer;
	try {
		said = request.success ? await answer(request.output) : { ok: false, message: "not a request of this version" };
	} catch (error) {
		onError(error);
		said = { ok: false, message: error instanceof Error ? error.message : "failed" };
	}
	socket.end(`${JSON.stringify(said)}\n`);
}

/** The first line; `undefined`: it was too long or too late, or the other side left. */
function requestLine(socket: Socket): Promise<string | undefined> {
	return new Promise((resolve) => {
		let text = "";
		const timer = setTimeout(done, REQUEST_TIME_MS, undefined);
		socket.setEncoding("utf8");
		socket.on("data", (chunk: string) => {
			text += chunk;
			const end = text.indexOf("\n");
			if (end >= 0) done(text.slice(0, end));
			else if (text.length > REQUEST_BYTES_MAX) done(undefined);
		});
		socket.once("close", () => done(undefined));
		function done(line: string | undefined): void {
			clearTimeout(timer);
			resolve(line);
		}
	});
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
