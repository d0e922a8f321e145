// Groups with real keys that leave packs, heads and receipts, for tests of what is stored: how to make them, and how to read them back.
import { bytesToHex, concatBytes } from "../../src/core/bytes.ts";
import type { GroupKey } from "../../src/core/group-key.ts";
import { contentHashFromBytes, type ContentHash } from "../../src/core/hash.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import { writePack, type SealedPack } from "../../src/engine/mailbox/pack-draft.ts";
import { PackReader } from "../../src/engine/mailbox/pack-reader.ts";
import { openHead, openReceipt, sealHead, sealReceipt, type Opener } from "../../src/engine/mailbox/sealed-objects.ts";
import type { DeviceKey, GroupSecrets } from "../../src/engine/ports/crypto.ts";
import { nobleDigest } from "../../src/web/noble-digest.ts";
import { deriveGroupSecrets, deviceKeyFromPair, newDevicePair, webVerifier } from "../../src/web/web-crypto.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { parsePackId } from "../../src/wire/mailbox-api.ts";
import { CHUNK_BYTES, chunkCount, chunkNonce, encodePackHeader } from "../../src/wire/pack.ts";
import { paddedLength } from "../../src/wire/padding.ts";
import type { BlobPlace } from "../../src/wire/pack-places.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { SealedError, type SealedErrorCode } from "../../src/wire/sealed-error.ts";
import { testHash, vectorOf } from "./arbitrary-records.ts";
import { defined } from "./relay-clients.ts";

export type PlacedPack = SealedPack & { readonly places: readonly BlobPlace[] };

export function secretsOf(group: number, relay = "wss://relay.example.org"): Promise<GroupSecrets> {
	return deriveGroupSecrets(new Uint8Array(32).fill(group) as GroupKey, defined(parseRelayUrl(relay)));
}

export function hashOf(bytes: Uint8Array): ContentHash {
	return defined(contentHashFromBytes(nobleDigest.sha256(bytes)));
}

/** One group under one of its keys, with a device in it. */
export class SealingGroup {
	readonly secrets: GroupSecrets;
	readonly device: DeviceKey;
	readonly keyEpoch: number;
	/** Whose signatures count. */
	readonly writers = new Map<DeviceId, Uint8Array>();

	private constructor(secrets: GroupSecrets, device: DeviceKey, keyEpoch: number) {
		this.secrets = secrets;
		this.device = device;
		this.keyEpoch = keyEpoch;
		this.writers.set(device.deviceId, device.publicKey);
	}

	static async of(
		group: number,
		{ relay, device, keyEpoch = 0 }: { relay?: string; device?: DeviceKey; keyEpoch?: number } = {},
	): Promise<SealingGroup> {
		const own = device ?? (await deviceKeyFromPair(await newDevicePair()));
		return new SealingGroup(await secretsOf(group, relay), own, keyEpoch);
	}

	get opener(): Opener {
		return {
			...{ secrets: this.secrets, keyEpoch: this.keyEpoch, verifier: webVerifier },
			signerOf: (device) => this.writers.get(device),
		};
	}

	pack(...blobs: readonly Uint8Array[]): Promise<PlacedPack> {
		return writePack(blobs, { keys: this.secrets.mailbox, digest: nobleDigest, random: webRandom });
	}

	/** Of `pack` as it was stored; `stored`: what the relay gives instead. */
	reader(pack: SealedPack, stored: Uint8Array = pack.bytes, onRead?: (from: number, to: number) => void): PackReader {
		return new PackReader({
			...{ id: pack.id, bytes: pack.bytes.length, storedBytes: stored.length },
			...{ keys: this.secrets.mailbox, digest: nobleDigest },
			read: (from, to) => {
				onRead?.(from, to);
				return Promise.resolve(stored.slice(from, to));
			},
		});
	}

	/** Every blob of `pack`, read from what the relay gives; the first error, if there is one. */
	async blobs(pack: PlacedPack, stored?: Uint8Array): Promise<Uint8Array[]> {
		const reader = this.reader(pack, stored);
		const blobs: Uint8Array[] = [];
		for (const place of pack.places) blobs.push(await reader.readBlob(place));
		return blobs;
	}

	async head(more: Partial<Parameters<typeof sealHead>[0]> = {}, device = this.device) {
		const head: Parameters<typeof sealHead>[0] = {
			...{
				seq: 1,
				previous: undefined,
				madeMs: 1_700_000_000_000,
				roster: [],
				isWhole: false,
				segments: [],
				packs: [],
			},
			...{ from: vectorOf(), to: vectorOf({ ...dot, counter: 3 }), forgotten: vectorOf() },
			...more,
		};
		return defined(await sealHead(head, this, device));
	}

	openHead(bytes: Uint8Array): ReturnType<typeof openHead> {
		return openHead(bytes, this.opener);
	}

	async receipt(more: Partial<Parameters<typeof sealReceipt>[0]> = {}, device = this.device): Promise<Uint8Array> {
		const receipt = {
			...{ seq: 0, head: undefined, knowledge: vectorOf({ ...dot, counter: 3 }), madeMs: 1_700_000_000_000 },
			...more,
		};
		return defined(await sealReceipt(receipt, this, device));
	}

	openReceipt(bytes: Uint8Array, device = this.device.deviceId): ReturnType<typeof openReceipt> {
		return openReceipt(bytes, device, this.opener);
	}
}

const dot = { epoch: bytesToHex(new Uint8Array(12).fill(1)) as never, counter: 1 };

/** A head that says where one pack and its index are. */
export function claimOf(pack: PlacedPack): Pick<Parameters<typeof sealHead>[0], "packs" | "segments"> {
	const index = { pack: pack.id, ...defined(pack.places[0]) };
	return {
		packs: [{ id: pack.id, bytes: pack.bytes.length, hash: pack.hash }],
		segments: [{ index, hash: testHash(7), from: vectorOf(), to: vectorOf({ ...dot, counter: 3 }) }],
	};
}

/** The code of the error that `work` ends with; `undefined`: none. Any other error than a SealedError is thrown. */
export async function refusal(work: () => unknown): Promise<SealedErrorCode | undefined> {
	try {
		await work();
		return undefined;
	} catch (error) {
		if (error instanceof SealedError) return error.code;
		throw error;
	}
}

/** `bytes` with bit `bit` of byte `at` turned. */
export function flipped(bytes: Uint8Array, at: number, bit = 0): Uint8Array {
	const changed = bytes.slice();
	changed[at] = (changed[at] ?? 0) ^ (1 << bit);
	return changed;
}

/** As `webRandom.bytes`, which the platform limits to 64 KiB at a time. */
export function noise(length: number): Uint8Array {
	const parts: Uint8Array[] = [];
	for (let rest = length; rest > 0; rest -= 65_536) parts.push(webRandom.bytes(Math.min(rest, 65_536)));
	return concatBytes(...parts);
}

/** A pack as a member makes it that does not go by the rules: what is in it is not compressed, whatever it is. */
export async function storedAsTheyAre(group: SealingGroup, ...blobs: readonly Uint8Array[]): Promise<PlacedPack> {
	const contents = concatBytes(...blobs);
	const contentBytes = paddedLength(contents.length);
	const id = defined(parsePackId(bytesToHex(webRandom.bytes(16))));
	const salt = webRandom.bytes(32);
	const key = await group.secrets.mailbox.packKey(salt);
	const header = encodePackHeader({ id, contentBytes, salt, commitment: key.commitment });
	const parts = [header];
	for (let chunk = 0; chunk < chunkCount(contentBytes); chunk++) {
		const plaintext = new Uint8Array(Math.min(CHUNK_BYTES, contentBytes - chunk * CHUNK_BYTES));
		plaintext.set(contents.subarray(chunk * CHUNK_BYTES, chunk * CHUNK_BYTES + plaintext.length));
		parts.push(await key.seal(plaintext, chunkNonce(chunk, contentBytes), nobleDigest.sha256(header)));
	}
	const bytes = concatBytes(...parts);
	let end = 0;
	const places = blobs.map(({ length }) => {
		const place = { offset: end, bytes: length, size: length, isCompressed: false };
		end += length;
		return place;
	});
	return { id, bytes, hash: hashOf(bytes), places };
}
