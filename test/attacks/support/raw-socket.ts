// A TCP connection whose every byte is the attacker's: requests that no client would write, WebSocket frames that no library
// would send.
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { relayAddress } from "../../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";

export class RawSocket {
	readonly socket: Socket;
	readonly closed: Promise<void>;
	#received: Buffer = Buffer.alloc(0);
	#wake: (() => void) | undefined;
	#isClosed = false;

	constructor(url: RelayUrl) {
		const { port } = relayAddress(url);
		this.socket = connect(port, "127.0.0.1");
		this.socket.on("data", (data: Buffer) => {
			this.#received = Buffer.concat([this.#received, data]);
			this.#wake?.();
		});
		// Being cut off is what an attacker has to expect; `closed` tells.
		this.socket.on("error", () => undefined);
		this.closed = new Promise((resolve) => {
			this.socket.on("close", () => {
				this.#isClosed = true;
				this.#wake?.();
				resolve();
			});
		});
	}

	get received(): Buffer {
		return this.#received;
	}

	write(bytes: string | Uint8Array): void {
		if (!this.#isClosed) this.socket.write(bytes);
	}

	/** Writes without end, as fast as it is taken, until the relay cuts it off; resolves to how many bytes were taken. */
	async pour(piece: Uint8Array, mostBytes: number): Promise<number> {
		let sent = 0;
		for (; sent < mostBytes && !this.#isClosed; sent += piece.length) {
			if (this.socket.write(piece)) continue;
			await Promise.race([new Promise((resolve) => this.socket.once("drain", resolve)), this.closed]);
		}
		return sent;
	}

	/** Sends a request and gives the status of the answer; `undefined` when it was cut off without one. */
	async ask(head: string): Promise<number | undefined> {
		this.write(head);
		await this.#until(() => this.#received.includes("\r\n"));
		const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(this.#received.toString("latin1")) ?? [];
		return status === undefined ? undefined : Number(status);
	}

	/** Becomes a WebSocket at this path. Rejects when the relay does not want it. */
	async upgrade(url: RelayUrl, pathAndQuery: string, headers: readonly string[] = []): Promise<this> {
		const status = await this.ask(upgradeRequest(url, pathAndQuery, headers));
		if (status !== 101) throw new Error(`refused with ${String(status)}`);
		await this.#until(() => this.#received.includes("\r\n\r\n"));
		this.#received = this.#received.subarray(this.#received.indexOf("\r\n\r\n") + 4);
		return this;
	}

	/** The code with which the relay closes the WebSocket; `undefined` when it just cuts the line. */
	async closeCode(): Promise<number | undefined> {
		let code: number | undefined;
		await this.#until(() => {
			code = closeCodeIn(this.#received);
			return code !== undefined;
		});
		this.socket.destroy();
		return code;
	}

	async #until(isDone: () => boolean): Promise<void> {
		while (!isDone() && !this.#isClosed) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}
}

export function upgradeRequest(url: RelayUrl, pathAndQuery: string, headers: readonly string[] = []): string {
	const lines = [
		`GET ${pathAndQuery} HTTP/1.1`,
		`Host: ${new URL(url).host}`,
		"Connection: Upgrade",
		"Upgrade: websocket",
		"Sec-WebSocket-Version: 13",
		`Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
		...headers,
	];
	return `${lines.join("\r\n")}\r\n\r\n`;
}

/** One WebSocket frame. `declaredBytes`: the length it claims, when that is not the one it has. */
export function webSocketFrame(options: {
	readonly first: number;
	readonly payload?: Uint8Array;
	readonly declaredBytes?: number;
	readonly masked?: boolean;
}): Buffer {
	const { first, payload = Buffer.alloc(0), masked = true } = options;
	const length = options.declaredBytes ?? payload.length;
	const short = Buffer.from([first, (masked ? 0x80 : 0) | Math.min(length, length < 126 ? length : 127)]);
	const long = Buffer.alloc(length < 126 ? 0 : 8);
	if (length >= 126) long.writeBigUInt64BE(BigInt(length));
	const mask = Buffer.from(masked ? [1, 2, 3, 4] : []);
	const body = Buffer.from(payload.map((byte, i) => (masked ? byte ^ ((i % 4) + 1) : byte)));
	return Buffer.concat([short, long, mask, body]);
}

/** Walks over the relay's frames, which are never masked. */
function closeCodeIn(bytes: Buffer): number | undefined {
	let at = 0;
	while (at + 2 <= bytes.length) {
		const first = bytes.readUInt8(at);
		const short = bytes.readUInt8(at + 1) & 0x7f;
		const header = short < 126 ? 2 : short === 126 ? 4 : 10;
		if (at + header > bytes.length) return undefined;
		const length =
			short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
		if ((first & 0x0f) === 8 && at + header + 2 <= bytes.length) return bytes.readUInt16BE(at + header);
		at += header + length;
	}
	return undefined;
}
