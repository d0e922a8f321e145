// Objects that last as long as the process.
import { createHash } from "node:crypto";
import type { RelayClock } from "../clock.ts";
import { ObjectIndex } from "./object-index.ts";
import { BodyLengthError, holds } from "./object-store.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";
import { TAG_BYTES, distinctTimes } from "./tag.ts";

interface KeptObject extends StoredObject {
	readonly content: Uint8Array;
}

export function memoryStore(clock: RelayClock): ObjectStore {
	const index = new ObjectIndex<KeptObject>();
	const nextTime = distinctTimes(clock);
	return {
		list: (listing) => Promise.resolve(index.list(listing).map(described)),
		stat: (key) => Promise.resolve(described(index.get(key))),
		read(key, { from, to } = { from: 0, to: Infinity }) {
			const object = index.get(key);
			const body = pieces(object?.content.subarray(from, to) ?? new Uint8Array());
			return Promise.resolve(object && { object: described(object), body, close: () => Promise.resolve() });
		},
		async write(key, { bytes, body, condition }) {
			// All at once, because it comes anyhow: whoever asks has made room for it.
			const content = new Uint8Array(bytes);
			let length = 0;
			for await (const piece of body) {
				if (length + piece.length > bytes) throw new BodyLengthError("the body goes on");
				content.set(piece, length);
				length += piece.length;
			}
			if (length !== bytes) throw new BodyLengthError("the body ends too early");
			const replaced = index.get(key);
			if (!holds(condition, replaced)) return undefined;
			const tag = createHash("sha256")
				.update(content)
				.digest("hex")
				.slice(0, 2 * TAG_BYTES);
			const object = { key, bytes, tag, writtenAt: nextTime(), content };
			index.set(object);
			return { object: described(object), replaced: described(replaced) };
		},
		remove(key, condition) {
			const object = index.get(key);
			if (object === undefined || !holds(condition, object)) return Promise.resolve(undefined);
			index.delete(key);
			return Promise.resolve(described(object));
		},
		close: () => Promise.resolve(),
	};
}

function described<T extends KeptObject | undefined>(object: T): T extends undefined ? undefined : StoredObject;
function described(object: KeptObject | undefined): StoredObject | undefined {
	if (object === undefined) return undefined;
	const { key, bytes, tag, writtenAt } = object;
	return { key, bytes, tag, writtenAt };
}

const PIECE_BYTES = 64 * 1024;

async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
	for (let from = 0; from < content.length; from += PIECE_BYTES) yield content.subarray(from, from + PIECE_BYTES);
}
