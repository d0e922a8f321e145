// Bodies on their way in or out: how many there may be at once, of a group and at all, that each goes on, and that whoever stops the
// relay can wait for them.
import type { Request, Response } from "express";
import type { GroupId } from "../../src/core/ids.ts";
import type { ClientAddress } from "./address.ts";
import type { RelayClock } from "./clock.ts";
import type { RelayLimits } from "./limits.ts";

export class BodyCutError extends Error {
	override readonly name = "BodyCutError";
}

export class Transfers {
	readonly #clock: RelayClock;
	readonly #limits: RelayLimits;
	/** By group, and by address. */
	readonly #counts = new Map<string, number>();
	readonly #running = new Set<Promise<unknown>>();

	constructor(clock: RelayClock, limits: RelayLimits) {
		this.#clock = clock;
		this.#limits = limits;
	}

	/** False: there are too many, and it was not begun. */
	async run(gid: GroupId, address: ClientAddress, transfer: () => Promise<void>): Promise<boolean> {
		const { transfersPerGroup, transfersPerAddress, transfersTotal } = this.#limits;
		const keys = [gid, ...(address.loopback ? [] : [address.key])];
		const isFull =
			this.#running.size >= transfersTotal ||
			this.#countOf(gid) >= transfersPerGroup ||
			(!address.loopback && this.#countOf(address.key) >= transfersPerAddress);
		if (isFull) return false;
		for (const key of keys) this.#change(key, 1);
		const running = transfer();
		this.#running.add(running);
		try {
			await running;
		} finally {
			this.#running.delete(running);
			for (const key of keys) this.#change(key, -1);
		}
		return true;
	}

	/** The body as it comes. Throws a BodyCutError when its sender went away, or nothing came for too long. */
	async *bodyOf(request: Request): AsyncGenerator<Uint8Array> {
		const iterator = (request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
		try {
			yield* this.#piecesOf(request, iterator);
		} finally {
			await iterator.return?.();
		}
	}

	/** Sends it piece by piece, each when the one before was taken; who takes nothing for too long is cut off. */
	async send(response: Response, body: AsyncIterable<Uint8Array>): Promise<void> {
		for await (const piece of body) {
			if (response.destroyed) return;
			if (response.write(piece)) continue;
			const cancel = this.#clock.schedule(this.#limits.transferIdleMs, () => {
				response.destroy();
			});
			await firstOf(response, ["drain", "close"]);
			cancel();
		}
		if (response.destroyed) return;
		const ended = firstOf(response, ["finish", "close"]);
		response.end();
		const cancel = this.#clock.schedule(this.#limits.transferIdleMs, () => {
			response.destroy();
		});
		await ended;
		cancel();
	}

	/**
	 * Reads what is left of a refused body, to nowhere: many programs that send one hear why only when it was sent. Who sends nothing
	 * for a while hears at once, and is cut off then.
	 */
	async dismiss(request: Request, response: Response): Promise<void> {
		await new Promise<void>((resolve) => {
			let cancel = (): void => undefined;
			const wait = (): void => {
				cancel();
				cancel = this.#clock.schedule(this.#limits.requestTimeoutMs, done);
			};
			const done = (): void => {
				cancel();
				request.off("data", wait).off("end", done).off("close", done);
				resolve();
			};
			wait();
			request.on("data", wait).on("end", done).on("close", done).resume();
			if (request.readableEnded || request.destroyed) done();
		});
		if (!request.readableEnded) response.set("Connection", "close");
	}

	/** Resolves when all that run now have ended, or after `mostMs`. */
	async settled(mostMs: number): Promise<void> {
		let cancel = (): void => undefined;
		const isLong = new Promise<void>((resolve) => {
			cancel = this.#clock.schedule(mostMs, resolve);
		});
		await Promise.race([this.ended(), isLong]);
		cancel();
	}

	/** Resolves when all that run now have ended, and what was left of them is cleared away. */
	async ended(): Promise<void> {
		await Promise.allSettled(this.#running);
	}

	async *#piecesOf(request: Request, iterator: AsyncIterator<Buffer>): AsyncGenerator<Uint8Array> {
		for (;;) {
			const cancel = this.#clock.schedule(this.#limits.transferIdleMs, () => {
				request.destroy();
			});
			let next: IteratorResult<Buffer>;
			try {
				next = await iterator.next();
			} catch (error) {
				throw new BodyCutError("the body was cut off", { cause: error });
			} finally {
				cancel();
			}
			if (next.done === true) return;
			yield next.value;
		}
	}

	#countOf(key: string): number {
		return this.#counts.get(key) ?? 0;
	}

	#change(key: string, by: 1 | -1): void {
		const count = this.#countOf(key) + by;
		if (count > 0) this.#counts.set(key, count);
		else this.#counts.delete(key);
	}
}

function firstOf(response: Response, events: readonly string[]): Promise<void> {
	return new Promise((resolve) => {
		const done = (): void => {
			for (const event of events) response.off(event, done);
			resolve();
		};
		for (const event of events) response.on(event, done);
	});
}
