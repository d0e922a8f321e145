// Whole engines that go on with another group key, as their hosts have them do.
import { afterEach, describe, expect, test } from "vitest";
import type { GroupKey } from "../../src/core/group-key.ts";
import type { EngineEvent } from "../../src/engine/status.ts";
import { MemoryEnvelopes } from "../support/memory-envelopes.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { MemoryNetwork } from "../support/memory-transport.ts";
import { clock, during, Host } from "../support/rotating-hosts.ts";

describe("engines whose group gets another key", () => {
	const networks = new Map<string, MemoryNetwork>();
	/** As the relay has it: who has another key is in another group. */
	const networkOf = (key: GroupKey): MemoryNetwork => {
		const network = networks.get(key.join()) ?? new MemoryNetwork({ clock });
		networks.set(key.join(), network);
		return network;
	};
	const envelopes = new MemoryEnvelopes();
	const [laptop, phone, lost] = ["laptop", "phone", "lost"].map((name) => new Host(name, { networkOf, envelopes })) as [
		Host,
		Host,
		Host,
	];
	afterEach(async () => {
		for (const host of [laptop, phone, lost]) await host.stop();
		await clock.advance(60_000);
		expect(clock.pending).toBe(0);
	});

	test("[K21] go on with it at once, in the same folder and state, and whoever is out gets nothing new", async () => {
		laptop.vault.save("note.md", "of the laptop");
		for (const host of [laptop, phone, lost]) {
			await host.start();
			await clock.advance(8_000);
		}
		expect(lost.vault.text("note.md")).toBe("of the laptop");
		// Nothing lies at the relay: the key has to come over the session.
		envelopes.fail("bad-answer");
		const removed = await during(laptop.engine.remove(lost.id));
		expect(removed).toMatchObject({ kind: "removed", handedOut: "now", unreached: [] });
		await clock.advance(20_000);
		expect([laptop, phone, lost].map(({ lives }) => lives.length)).toEqual([2, 2, 1]);
		expect(laptop.lives).toEqual(phone.lives);

		phone.vault.save("note.md", "of the phone");
		lost.vault.save("lost.md", "of whoever has it");
		await clock.advance(20_000);
		expect(laptop.vault.text("note.md")).toBe("of the phone");
		expect([...laptop.vault.files().keys()]).toEqual(["note.md"]);
		expect(lost.vault.text("note.md")).toBe("of the laptop");
		expect(lost.engine.status().peers.map(({ state }) => state)).not.toContain("connected");
		expect(laptop.engine.status().peers.map(({ name, state }) => [name, state])).toEqual([["phone", "connected"]]);
		expect(laptop.engine.status().problems).toEqual([]);
	});
});

describe("the device on which a group began", () => {
	test("[K11] begins no second list when it lost its state: it takes the one that the others have", async () => {
		const network = new MemoryNetwork({ clock });
		const world = { networkOf: () => network, envelopes: new MemoryEnvelopes() };
		const [laptop, phone, tablet] = ["laptop", "phone", "tablet"].map((name) => new Host(name, world)) as [
			Host,
			Host,
			Host,
		];
		laptop.vault.save("note.md", "of the laptop");
		for (const host of [laptop, phone, tablet]) {
			await host.start();
			await clock.advance(8_000);
		}
		await tablet.stop();
		await laptop.stop();
		laptop.store = new MemoryStore();
		await laptop.start();
		await clock.advance(8_000);
		await laptop.stop();
		// It never meets the laptop again: only the phone.
		await tablet.start();
		await clock.advance(8_000);
		const seen = tablet.engine.status().peers.map(({ name, state, refused }) => [name, state, refused]);
		expect(seen).toEqual([["phone", "connected", undefined]]);
		for (const host of [phone, tablet]) {
			expect(host.engine.members().map(({ name, role }) => `${name} ${role}`)).toEqual([
				"laptop admin",
				"phone admin",
				"tablet writer",
			]);
			await host.stop();
		}
		await clock.advance(60_000);
		expect(clock.pending).toBe(0);
	});
});

describe("a removal whose new key goes out later", () => {
	test("[K21] says then by name who could be neither told nor left one", async () => {
		const networks = new Map<string, MemoryNetwork>();
		const networkOf = (key: GroupKey): MemoryNetwork => {
			const network = networks.get(key.join()) ?? new MemoryNetwork({ clock });
			networks.set(key.join(), network);
			return network;
		};
		const envelopes = new MemoryEnvelopes();
		const [laptop, phone, lost] = ["laptop", "phone", "lost"].map(
			(name) => new Host(name, { networkOf, envelopes }),
		) as [Host, Host, Host];
		for (const host of [laptop, phone, lost]) {
			await host.start();
			await clock.advance(8_000);
		}
		await phone.stop();
		envelopes.fail("unreachable");
		const said: EngineEvent[] = [];
		laptop.engine.onEvent((event) => said.push(event));
		expect(await during(laptop.engine.remove(lost.id))).toMatchObject({ handedOut: "later" });
		envelopes.fail("bad-answer");
		await clock.advance(5 * 60_000);
		const named = [{ device: phone.id, name: "phone" }];
		expect(said.filter(({ event }) => event === "group-key")).toEqual([
			{ event: "group-key", keyEpoch: 1, unreached: named },
		]);
		for (const host of [laptop, lost]) await host.stop();
		await clock.advance(60_000);
		expect(clock.pending).toBe(0);
	});
});

describe("a device of a version that knows no list of devices", () => {
	test("[K21] is named to whoever takes another one out: it gets no new key and has to be paired again", async () => {
		const networks = new Map<string, MemoryNetwork>();
		const networkOf = (key: GroupKey): MemoryNetwork => {
			const network = networks.get(key.join()) ?? new MemoryNetwork({ clock });
			networks.set(key.join(), network);
			return network;
		};
		const world = { networkOf, envelopes: new MemoryEnvelopes() };
		const [laptop, older, lost] = ["laptop", "older", "lost"].map((name) => new Host(name, world)) as [
			Host,
			Host,
			Host,
		];
		older.isOlder = true;
		for (const host of [laptop, older, lost]) {
			await host.start();
			await clock.advance(8_000);
		}
		const removed = await during(laptop.engine.remove(lost.id));
		expect(removed).toEqual({ kind: "removed", handedOut: "now", unreached: [older.id] });
		for (const host of [laptop, older, lost]) await host.stop();
		await clock.advance(60_000);
		expect(clock.pending).toBe(0);
	});
});
