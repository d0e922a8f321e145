// What every EnvelopeBox must do: run against the relay as it runs in earnest, and against the one in memory.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseDeviceId } from "../../src/core/ids.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { EnvelopeBox, ReceivedEnvelope } from "../../src/engine/ports/envelope-box.ts";
import { ENVELOPE_BYTES_MAX, ENVELOPE_SENDERS_MAX, ENVELOPES_PER_SENDER_MAX } from "../../src/wire/relay-api.ts";
import { defined } from "../support/relay-clients.ts";

/** A device with the box it has in a group. */
export interface BoxOwner {
	readonly id: DeviceId;
	readonly box: EnvelopeBox;
}

export interface EnvelopeBoxFixture {
	/** One more device, of the group with this number. */
	device(group: number): Promise<BoxOwner>;
	dispose(): Promise<void>;
}

export function envelopeBoxContract(name: string, makeFixture: () => Promise<EnvelopeBoxFixture>): void {
	describe(`EnvelopeBox contract: ${name}`, () => {
		let fixture: EnvelopeBoxFixture;
		let alice: BoxOwner;
		let bob: BoxOwner;
		beforeEach(async () => {
			fixture = await makeFixture();
			alice = await fixture.device(1);
			bob = await fixture.device(1);
		});
		afterEach(async () => {
			await fixture.dispose();
		});

		it("has nothing at first", async () => {
			expect(await bob.box.take()).toEqual([]);
		});

		it("gives what was put to whom it is for and to nobody else, until it is removed", async () => {
			const carol = await fixture.device(1);
			await alice.box.put(bob.id, bytes("for bob"));
			await alice.box.put(carol.id, bytes("for carol"));
			expect(texts(await bob.box.take())).toEqual([[alice.id, "for bob"]]);
			expect(await alice.box.take()).toEqual([]);
			const [first] = await bob.box.take();
			await bob.box.remove(defined(first));
			expect(await bob.box.take()).toEqual([]);
			expect(texts(await carol.box.take())).toEqual([[alice.id, "for carol"]]);
		});

		it("gives back any bytes, up to the limit, and keeps no hold of those it was given", async () => {
			for (const length of [1, 2, 3, ENVELOPE_BYTES_MAX]) {
				const content = Uint8Array.from({ length }, (_, i) => 255 - (i % 256));
				const mine = content.slice();
				await alice.box.put(bob.id, mine);
				mine.fill(0);
				expect(await bob.box.take()).toEqual([{ from: alice.id, bytes: content }]);
			}
		});

		it("refuses what is empty or longer, and what was there stays", async () => {
			await alice.box.put(bob.id, bytes("good"));
			for (const length of [0, ENVELOPE_BYTES_MAX + 1]) {
				await expect(alice.box.put(bob.id, new Uint8Array(length))).rejects.toMatchObject({
					name: "EnvelopeBoxError",
					code: "refused",
				});
			}
			expect(texts(await bob.box.take())).toEqual([[alice.id, "good"]]);
		});

		it("keeps one of each sender: a newer one replaces its own and no other", async () => {
			const carol = await fixture.device(1);
			await alice.box.put(bob.id, bytes("old"));
			await carol.box.put(bob.id, bytes("of carol"));
			await alice.box.put(bob.id, bytes("new"));
			const taken = texts(await bob.box.take());
			expect(taken).toHaveLength(2);
			expect(taken).toContainEqual([alice.id, "new"]);
			expect(taken).toContainEqual([carol.id, "of carol"]);
		});

		it("removes what was taken, not what came in its place meanwhile", async () => {
			await alice.box.put(bob.id, bytes("old"));
			const [old] = await bob.box.take();
			await alice.box.put(bob.id, bytes("new"));
			await bob.box.remove(defined(old));
			const [newer] = await bob.box.take();
			expect(texts([defined(newer)])).toEqual([[alice.id, "new"]]);
			await bob.box.remove(defined(newer));
			await bob.box.remove(defined(newer));
			expect(await bob.box.take()).toEqual([]);
		});

		it("keeps groups apart, for the same device too", async () => {
			const stranger = await fixture.device(2);
			await alice.box.put(stranger.id, bytes("of group one"));
			await stranger.box.put(bob.id, bytes("of group two"));
			expect(await stranger.box.take()).toEqual([]);
			expect(await bob.box.take()).toEqual([]);
		});

		it("leaves room for everybody, whatever one device puts", async () => {
			for (let i = 0; i < ENVELOPES_PER_SENDER_MAX; i++) await alice.box.put(someDevice(i), bytes("x"));
			await expect(alice.box.put(bob.id, bytes("one too many"))).rejects.toMatchObject({ code: "full" });
			await alice.box.put(someDevice(0), bytes("in place of the first"));
			const carol = await fixture.device(1);
			await carol.box.put(bob.id, bytes("of carol"));
			expect(texts(await bob.box.take())).toEqual([[carol.id, "of carol"]]);
		});

		it("takes no more senders than one answer can hold; who is in stays in, and one that was removed makes room", async () => {
			const senders = await Promise.all(Array.from({ length: ENVELOPE_SENDERS_MAX }, () => fixture.device(1)));
			for (const { box } of senders) await box.put(bob.id, bytes("x"));
			await expect(alice.box.put(bob.id, bytes("late"))).rejects.toMatchObject({ code: "full" });
			await defined(senders[0]).box.put(bob.id, bytes("newer"));
			const taken = await bob.box.take();
			expect(new Set(taken.map(({ from }) => from))).toEqual(new Set(senders.map(({ id }) => id)));
			await bob.box.remove(defined(taken[0]));
			await alice.box.put(bob.id, bytes("late"));
			expect(texts(await bob.box.take())).toContainEqual([alice.id, "late"]);
		});
	});
}

function someDevice(number: number): DeviceId {
	return defined(parseDeviceId(number.toString(16).padStart(64, "0")));
}

function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

function texts(envelopes: readonly ReceivedEnvelope[]): [DeviceId, string][] {
	return envelopes.map((each) => [each.from, new TextDecoder().decode(each.bytes)]);
}
