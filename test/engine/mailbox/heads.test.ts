// Heads and receipts as they are stored and read again, with real keys.
import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../../../src/core/bytes.ts";
import type { DeviceId } from "../../../src/core/ids.ts";
import { parseEntryId } from "../../../src/core/roster/entry.ts";
import { sealHead, sealReceipt } from "../../../src/engine/mailbox/sealed-objects.ts";
import { deviceKeyFromPair, newDevicePair } from "../../../src/web/web-crypto.ts";
import { MAILBOX_HEAD_BYTES_MAX, MAILBOX_RECEIPT_BYTES_MAX, parsePackId } from "../../../src/wire/mailbox-api.ts";
import {
	decodeHead,
	encodeHead,
	headContext,
	headHashOf,
	headSignatureMessage,
	type MailboxHead,
} from "../../../src/wire/mailbox-head.ts";
import { decodeReceipt, receiptContext } from "../../../src/wire/mailbox-receipt.ts";
import { paddedLength } from "../../../src/wire/padding.ts";
import { testEpoch, testHash, vectorOf, vectors } from "../../support/arbitrary-records.ts";
import { defined } from "../../support/relay-clients.ts";
import { claimOf, flipped, noise, refusal, SealingGroup } from "../../support/sealed-mailbox.ts";

const group = await SealingGroup.of(1);
const stranger = await deviceKeyFromPair(await newDevicePair());

const hash32 = fc.nat(1000).map(testHash);
const packs = fc.uniqueArray(fc.nat(50), { maxLength: 6 }).map((numbers) =>
	numbers.map((number) => ({
		...{ id: defined(parsePackId(number.toString(16).padStart(32, "0"))), bytes: 1 + number, hash: testHash(number) },
	})),
);
const segmentsIn = (used: readonly { readonly id: NonNullable<ReturnType<typeof parsePackId>> }[]) =>
	used.length === 0
		? fc.constant([])
		: fc.array(
				fc
					.record({ pack: fc.constantFrom(...used), offset: fc.nat(1000), hash: hash32, from: vectors, to: vectors })
					.map(({ pack, offset, ...segment }) => ({
						index: { pack: pack.id, offset, bytes: 10, size: 20, isCompressed: true },
						...segment,
					})),
				{ maxLength: 3 },
			);
const heads = packs.chain((used) =>
	fc.record({
		seq: fc.integer({ min: 1, max: 2 ** 40 }),
		previous: fc.option(fc.uint8Array({ minLength: 1, maxLength: 4 }).map(headHashOf), { nil: undefined }),
		madeMs: fc.nat(2 ** 31 - 1),
		roster: fc.array(
			hash32.map((hash) => defined(parseEntryId(hash))),
			{ maxLength: 3 },
		),
		to: vectors,
		forgotten: vectors,
		isWhole: fc.constant(true),
		from: fc.constant(vectorOf()),
		packs: fc.constant(used),
		segments: segmentsIn(used),
	}),
);

describe("[ZF7] a head", () => {
	test("comes out as it went in, and is named by what it says", async () => {
		await fc.assert(
			fc.asyncProperty(heads, async (head) => {
				const sealed = await group.head(head);
				const opened = await group.openHead(sealed.bytes);
				expect(opened).toEqual({ head: sealed.head, hash: sealed.hash });
				expect(opened.head).toMatchObject(head);
				expect(opened.head).toMatchObject({ by: group.device.deviceId, groupId: group.secrets.groupId, keyEpoch: 0 });
			}),
			{ numRuns: 60 },
		);
	});

	test("[ZF2] is another one each time it is sealed, of the same hash and of a padded size", async () => {
		const [one, two] = await Promise.all([group.head(), group.head()]);
		expect(one.hash).toBe(two.hash);
		expect(Buffer.from(one.bytes).equals(two.bytes)).toBe(false);
		const many = await group.head(claimOf(await group.pack(noise(1000))));
		for (const { bytes } of [one, two, many]) expect(paddedLength(bytes.length)).toBe(bytes.length);
	});

	test("is refused by name: changed, of another group, of another key, by nobody, or with another's signature", async () => {
		const { bytes, head } = await group.head();
		for (const at of [0, 11, 12, 100, bytes.length - 1]) {
			expect(await refusal(() => group.openHead(flipped(bytes, at)))).toBe("other-key");
		}
		expect(await refusal(() => group.openHead(bytes.slice(0, -1)))).toBe("other-key");
		expect(await refusal(() => group.openHead(bytes.slice(0, 5)))).toBe("other-key");
		expect(await refusal(() => group.openHead(concatBytes(bytes, Uint8Array.of(0))))).toBe("other-key");
		expect(await refusal(() => group.openHead(new Uint8Array(MAILBOX_HEAD_BYTES_MAX + 1)))).toBe("too-large");

		const others = [await SealingGroup.of(2), await SealingGroup.of(1, { relay: "wss://other.example.org" })];
		for (const other of others) expect(await refusal(() => other.openHead(bytes))).toBe("other-key");
		const later = await SealingGroup.of(1, { device: group.device, keyEpoch: 1 });
		expect(await refusal(() => later.openHead(bytes))).toBe("other-epoch");
		expect(await refusal(async () => group.openHead((await group.head({}, stranger)).bytes))).toBe("not-a-writer");

		// What only somebody with the group's key can make.
		const resealed = (body: Uint8Array, signature: Uint8Array) => sealedBy(body, signature);
		const own = (body: Uint8Array): Promise<Uint8Array> => group.device.sign(headSignatureMessage(body));
		const body = encodeHead(head);
		expect(await refusal(async () => group.openHead(await resealed(body, await own(body))))).toBeUndefined();
		expect(await refusal(async () => group.openHead(await resealed(body, noise(64))))).toBe("bad-signature");
		const replayed = encodeHead({ ...head, seq: 2 });
		expect(await refusal(async () => group.openHead(await resealed(replayed, await own(body))))).toBe("bad-signature");
		const posing = encodeHead({ ...head, by: stranger.deviceId });
		group.writers.set(stranger.deviceId, stranger.publicKey);
		expect(await refusal(async () => group.openHead(await resealed(posing, await own(posing))))).toBe("bad-signature");
		group.writers.delete(stranger.deviceId);
		const elsewhere = encodeHead({ ...head, groupId: "ab".repeat(32) as never });
		expect(await refusal(async () => group.openHead(await resealed(elsewhere, await own(elsewhere))))).toBe(
			"other-group",
		);
		for (const inside of [new Uint8Array(10), concatBytes(new Uint8Array(64), Uint8Array.of(255, 0, 0, 0))]) {
			const sealed = await group.secrets.mailbox.seal("head", inside, headContext(group.secrets.groupId));
			expect(await refusal(() => group.openHead(sealed))).toBe("malformed");
		}
	});

	/** As `sealHead` does it, with any body and signature. */
	function sealedBy(body: Uint8Array, signature: Uint8Array): Promise<Uint8Array> {
		const length = new Uint8Array(4);
		new DataView(length.buffer).setUint32(0, body.length);
		const inside = concatBytes(signature, length, body);
		return group.secrets.mailbox.seal("head", inside, headContext(group.secrets.groupId));
	}

	test("is refused when it contradicts itself, as is whatever has another form", async () => {
		const { head } = await group.head(claimOf(await group.pack(noise(100))));
		const body = (more: Partial<MailboxHead>) => refusal(() => decodeHead(encodeHead({ ...head, ...more })));
		expect(await body({})).toBeUndefined();
		expect(await body({ isWhole: true })).toBeUndefined();
		expect(await body({ isWhole: true, from: head.to })).toBe("malformed");
		expect(await body({ packs: [] })).toBe("malformed");
		expect(await body({ packs: [...head.packs, ...head.packs] })).toBe("malformed");
		expect(await body({ seq: 0 })).toBe("malformed");
		expect(await body({ seq: 1.5 })).toBe("malformed");
		expect(await body({ keyEpoch: -1 })).toBe("malformed");
		expect(await body({ madeMs: -1 })).toBe("malformed");
		expect(await body({ by: "ab" as DeviceId })).toBe("malformed");
		expect(await body({ segments: Array.from({ length: 65 }, () => defined(head.segments[0])) })).toBe("malformed");
		for (const value of [null, [], [1], {}, "head", [2, ...Array.from({ length: 13 }, () => null)]]) {
			expect(await refusal(() => decodeHead(encode(value)))).toBe("malformed");
		}
	});

	test("that is larger than a relay takes is not made", async () => {
		const many = vectorOf(...Array.from({ length: 1000 }, (_, i) => ({ epoch: testEpoch(i + 1), counter: 2 ** 40 })));
		const head = { ...(await group.head()).head, from: many, to: many, forgotten: many };
		expect(await sealHead(head, group, group.device)).toBeUndefined();
		const fits = defined(await sealHead({ ...head, from: vectorOf(), forgotten: vectorOf() }, group, group.device));
		expect(fits.bytes.length).toBeLessThanOrEqual(MAILBOX_HEAD_BYTES_MAX);
	});
});

describe("[ZF8] a receipt", () => {
	test("comes out as it went in", async () => {
		const taken = (await group.head()).hash;
		const state = fc.oneof(
			fc.constant({ seq: 0, head: undefined }),
			fc.nat(1000).map((seq) => ({ seq: seq + 1, head: taken })),
		);
		await fc.assert(
			fc.asyncProperty(state, vectors, fc.nat(2 ** 31 - 1), async (of, knowledge, madeMs) => {
				const opened = await group.openReceipt(await group.receipt({ ...of, knowledge, madeMs }));
				expect(opened).toEqual({
					...{ groupId: group.secrets.groupId, keyEpoch: 0, device: group.device.deviceId },
					...{ ...of, knowledge, madeMs },
				});
			}),
			{ numRuns: 40 },
		);
	});

	test("[ZF4] is refused by name: changed, another's, of another group or key, by nobody", async () => {
		const bytes = await group.receipt();
		expect(paddedLength(bytes.length)).toBe(bytes.length);
		expect(await refusal(() => group.openReceipt(flipped(bytes, 50)))).toBe("other-key");
		expect(await refusal(() => group.openReceipt(bytes.slice(0, -1)))).toBe("other-key");
		expect(await refusal(() => group.openReceipt(new Uint8Array(MAILBOX_RECEIPT_BYTES_MAX + 1)))).toBe("too-large");
		expect(await refusal(() => group.openReceipt(bytes, stranger.deviceId))).toBe("other-key");
		const later = await SealingGroup.of(1, { device: group.device, keyEpoch: 1 });
		expect(await refusal(() => later.openReceipt(bytes))).toBe("other-epoch");
		const other = await SealingGroup.of(2, { device: group.device });
		expect(await refusal(() => other.openReceipt(bytes))).toBe("other-key");
		const unknown = await group.receipt({}, stranger);
		expect(await refusal(() => group.openReceipt(unknown, stranger.deviceId))).toBe("not-a-writer");
		group.writers.set(stranger.deviceId, group.device.publicKey);
		expect(await refusal(() => group.openReceipt(unknown, stranger.deviceId))).toBe("bad-signature");
		group.writers.delete(stranger.deviceId);
		// A member that seals its own word as another's.
		const { mailbox, groupId } = group.secrets;
		const inside = defined(await mailbox.open("receipt", bytes, receiptContext(groupId, group.device.deviceId)));
		const posing = await mailbox.seal("receipt", inside, receiptContext(groupId, stranger.deviceId));
		expect(await refusal(() => group.openReceipt(posing, stranger.deviceId))).toBe("other-device");
		// A head is no receipt, and a receipt no head.
		expect(await refusal(async () => group.openReceipt((await group.head()).bytes))).toBe("other-key");
		expect(await refusal(() => group.openHead(bytes))).toBe("other-key");
		for (const value of [null, [], [1], "receipt"]) {
			expect(await refusal(() => decodeReceipt(encode(value)))).toBe("malformed");
		}
	});

	test("that is larger than a relay takes is not made", async () => {
		const many = vectorOf(...Array.from({ length: 1000 }, (_, i) => ({ epoch: testEpoch(i + 1), counter: 2 ** 40 })));
		const receipt = { seq: 0, head: undefined, knowledge: many, madeMs: 0 };
		expect(await sealReceipt(receipt, group, group.device)).toBeUndefined();
	});
});
