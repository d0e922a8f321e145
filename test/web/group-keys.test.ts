// A group's keys over a ring that a host keeps: what the engine may do with them, with real cryptography.
import { describe, expect, it } from "vitest";
import { newGroupKey } from "../../src/core/group-key.ts";
import { parseDeviceId } from "../../src/core/ids.ts";
import type { EnvelopeBox } from "../../src/engine/ports/envelope-box.ts";
import { agreementKeyFromPair, newAgreementPair } from "../../src/web/envelope.ts";
import { webGroupKeys } from "../../src/web/group-keys.ts";
import { firstKey, isOfGroup, ringOf, withKey, type KeyRing } from "../../src/web/key-ring.ts";
import { deriveGroupSecrets } from "../../src/web/web-crypto.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { bytesToHex } from "../../src/core/bytes.ts";
import { defined } from "../support/relay-clients.ts";

const nothing: EnvelopeBox = {
	put: () => Promise.resolve(),
	take: () => Promise.resolve([]),
	remove: () => Promise.resolve(),
};

async function keysOver(ring: KeyRing): Promise<{
	readonly keys: ReturnType<typeof webGroupKeys>;
	readonly saved: KeyRing[];
	readonly asked: Uint8Array[];
}> {
	const saved: KeyRing[] = [];
	const asked: Uint8Array[] = [];
	const keys = webGroupKeys({
		ring,
		agreement: await agreementKeyFromPair(await newAgreementPair()),
		random: webRandom,
		save: (changed) => {
			saved.push(changed);
			return Promise.resolve();
		},
		boxOf: (key) => {
			asked.push(key);
			return nothing;
		},
	});
	return { keys, saved, asked };
}

describe("a group's keys", () => {
	it("are known in the roster by the point that their secrets prove", async () => {
		const key = newGroupKey(webRandom);
		const { keys } = await keysOver(ringOf(key));
		for (const url of ["ws://127.0.0.1:9000", "wss://relay.example.org"]) {
			const secrets = await deriveGroupSecrets(key, defined(parseRelayUrl(url)));
			expect(await keys.pointOf(key)).toBe(bytesToHex(secrets.roster.publicKey));
		}
	});

	it("are written down before they count: drawn, given up, adopted", async () => {
		const [first, removing] = [newGroupKey(webRandom), defined(parseDeviceId("ab".repeat(32)))];
		const { keys, saved } = await keysOver(ringOf(first));
		const next = await keys.draw(removing);
		expect(saved.at(-1)).toEqual({ ...ringOf(first), next });
		expect(keys.next).toEqual(next);
		await keys.drop();
		expect(saved.at(-1)?.next).toBeUndefined();
		const { key } = await keys.draw(undefined);
		expect(key).not.toEqual(next.key);
		await keys.adopt(key, 1);
		expect(saved.at(-1)).toEqual({ current: key, keyEpoch: 1, former: [first] });
		expect(keys.next).toBeUndefined();
	});

	it("that are not written down do not count", async () => {
		const keys = webGroupKeys({
			ring: ringOf(newGroupKey(webRandom)),
			agreement: await agreementKeyFromPair(await newAgreementPair()),
			random: webRandom,
			save: () => Promise.reject(new Error("no room")),
			boxOf: () => nothing,
		});
		await expect(keys.draw(undefined)).rejects.toThrow("no room");
		expect(keys.next).toBeUndefined();
	});

	it("open the boxes of the newest four, and none before it is asked for", async () => {
		let ring = ringOf(newGroupKey(webRandom));
		for (let n = 1; n <= 5; n++) ring = withKey(ring, newGroupKey(webRandom), n);
		const { keys, asked } = await keysOver(ring);
		expect(keys.boxes).toHaveLength(4);
		expect(asked).toEqual([]);
		for (const box of keys.boxes) {
			await box.take();
			await box.take();
		}
		expect(asked).toEqual([ring.current, ...ring.former.slice(0, 3)]);
	});

	it("are of one group for years, by the first and by the last ones", () => {
		const first = newGroupKey(webRandom);
		let ring = ringOf(first, true);
		for (let n = 1; n <= 50; n++) ring = withKey(ring, newGroupKey(webRandom), n);
		expect(firstKey(ring)).toBe(first);
		expect(isOfGroup(ring, first)).toBe(true);
		expect(isOfGroup(ring, ring.current)).toBe(true);
		expect(isOfGroup(ring, newGroupKey(webRandom))).toBe(false);
		expect(ring.former.length).toBe(32);
		expect(ring.isFirst).toBe(true);
	});

	it("are sealed for one device and its purpose", async () => {
		const { keys } = await keysOver(ringOf(newGroupKey(webRandom)));
		const [text, context] = [Uint8Array.of(1, 2), Uint8Array.of(3)];
		const sealed = await keys.seal(keys.agreement.publicKey, text, context);
		expect(await keys.agreement.open(sealed, context)).toEqual(text);
		expect(await keys.agreement.open(sealed, text)).toBeUndefined();
	});
});
