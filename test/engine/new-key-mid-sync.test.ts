// A group gets another key while one of its devices is in the middle of its first sync.
import { expect, test } from "vitest";
import type { GroupKey } from "../../src/core/group-key.ts";
import { MemoryEnvelopes } from "../support/memory-envelopes.ts";
import { MemoryNetwork } from "../support/memory-transport.ts";
import { clock, during, Host } from "../support/rotating-hosts.ts";

const FILES = 600;

function note(number: number): { readonly path: string; readonly text: string } {
	return {
		path: `folder ${String(number % 7)}/note ${String(number)}.md`,
		text: `${String(number)} `.repeat(number * 20),
	};
}

test.each([
	["over its session", "bad-answer" as const],
	["also from its box", undefined],
])("[K21] a device that gets the key %s in the middle of its first sync goes on where it was", async (_, relay) => {
	const networks = new Map<string, MemoryNetwork>();
	const networkOf = (key: GroupKey): MemoryNetwork => {
		const network = networks.get(key.join()) ?? new MemoryNetwork({ clock, latencyMs: () => 20 });
		networks.set(key.join(), network);
		return network;
	};
	const envelopes = new MemoryEnvelopes();
	const [laptop, phone, lost] = ["laptop", "phone", "lost"].map((name) => new Host(name, { networkOf, envelopes })) as [
		Host,
		Host,
		Host,
	];
	for (let number = 0; number < FILES; number++) laptop.vault.save(note(number).path, note(number).text);
	// Some of it came there another way before.
	for (let number = 0; number < FILES; number += 50) phone.vault.save(note(number).path, note(number).text);
	phone.vault.save("of the phone.md", "alone there");
	for (const host of [laptop, lost]) {
		await host.start();
		await clock.advance(60_000);
	}
	await phone.start();
	for (let turn = 0; turn < 10_000 && phone.vault.files().size < FILES / 2; turn++) await clock.advance(5);
	expect(phone.vault.files().size).toBeLessThan(FILES);

	envelopes.fail(relay);
	expect(await during(laptop.engine.remove(lost.id))).toMatchObject({ kind: "removed", unreached: [] });
	expect(phone.vault.files().size).toBeLessThan(FILES);
	// Somebody goes on working meanwhile, there as well as here.
	laptop.vault.save(note(7).path, "changed on the laptop");
	phone.vault.save(note(50).path, "changed on the phone");
	await clock.advance(120_000);
	expect([laptop, phone, lost].map(({ lives }) => lives.length)).toEqual([2, 2, 1]);

	const expected = new Map([["of the phone.md", "alone there"]]);
	for (let number = 0; number < FILES; number++) expected.set(note(number).path, note(number).text);
	expected.set(note(7).path, "changed on the laptop");
	expected.set(note(50).path, "changed on the phone");
	for (const { vault } of [laptop, phone]) {
		const texts = new Map([...vault.files().keys()].map((path) => [path, vault.text(path)]));
		expect([...texts].sort()).toEqual([...expected].sort());
	}
	const [a, b] = [laptop, phone].map((host) => host.engine.status());
	expect(a?.root).toBe(b?.root);
	expect([...(a?.problems ?? []), ...(b?.problems ?? [])]).toEqual([]);
	for (const host of [laptop, phone, lost]) await host.stop();
	await clock.advance(60_000);
	expect(clock.pending).toBe(0);
});
