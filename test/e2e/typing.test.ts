// A note that is open on two devices, while somebody types on one of them: the built plugin in Chromium, a real relay. Both typing is a
// matter of how soon they hear of each other: test/engine/typing-together.test.ts in virtual time, `npm run bench:typing` in the app.
import { describe, expect, it } from "vitest";
import type { HostDevice } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { diskHolds, openGroup } from "../support/plugin-devices.ts";
import {
	openNote,
	seenBy,
	shownText,
	typedText,
	typeKeys,
	waitsUntilShown,
	watch,
	type Key,
} from "../support/typist.ts";

const app = chromiumAndRelay();
const open = closedAfterEach();

async function pair(text: string): Promise<readonly [HostDevice, HostDevice]> {
	const [laptop, desk] = await openGroup(app.browser, app.relayUrl, [
		{ name: "laptop", files: { "Note.md": text } },
		{ name: "desk" },
	]);
	if (laptop === undefined || desk === undefined) throw new Error("two devices were asked for");
	open.add(laptop).add(desk);
	await diskHolds(desk, "Note.md", text);
	for (const device of [laptop, desk]) await openNote(device, "Note.md");
	return [laptop, desk];
}

const WORDS = "the river went on below the bridge and nobody in the garden had seen a lamp so late in winter";

/** Somebody who writes words, deletes a letter now and then, goes back into what is there, and stops to think. */
function keysOf(count: number, seed: number): readonly Key[] {
	let [afterMs, length, random] = [0, 0, seed];
	const next = (below: number): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0) % below;
	return Array.from({ length: count }, (_, i) => {
		afterMs += i % 17 === 16 ? 400 : 30 + next(60);
		const at = i % 40 < 30 ? length : next(length + 1);
		const deleted = i % 11 === 10 && at > 0 ? 1 : 0;
		const inserted = deleted === 1 ? "" : (WORDS[i % WORDS.length] ?? "");
		length += inserted.length - deleted;
		return { afterMs, at: at - deleted, deleted, inserted };
	});
}

const HEAD = "Here is the cursor.\n";

describe("a note that is open on two devices", () => {
	it("[LE1 LE3] follows every key of the other one, and nothing moves under the reader", async () => {
		const [laptop, desk] = await pair(HEAD);
		await laptop.setSetting("whileTyping", true);
		await openNote(laptop, "Note.md");
		await watch(desk, 5, 12);
		const keys = keysOf(160, 1);
		const typed = await typeKeys(laptop, keys, HEAD);
		const text = HEAD + typedText(keys);
		for (const device of [laptop, desk]) await diskHolds(device, "Note.md", text);
		await expect.poll(() => shownText(desk)).toBe(text);
		const { shown, moved, notices } = await seenBy(desk);
		expect(waitsUntilShown(typed, shown)).toHaveLength(keys.length);
		// Not only now and then, as the app saves: at the pauses too.
		expect(shown.length).toBeGreaterThan(5);
		expect([moved, notices]).toEqual([0, []]);
		expect((await desk.list()).map(({ path }) => path)).toEqual(["Note.md"]);
	});

	it("[LE1] is saved by the app alone unless a person wants it otherwise", async () => {
		const [laptop, desk] = await pair(HEAD);
		await watch(desk, 5, 12);
		// 30 keys in less than the two seconds after which the app saves, with a pause in the middle.
		const keys = keysOf(30, 4).map((key) => ({ ...key, afterMs: Math.min(key.afterMs, 1_500) }));
		const text = HEAD + typedText(keys);
		await typeKeys(laptop, keys, HEAD);
		await diskHolds(desk, "Note.md", text);
		await expect.poll(async () => (await seenBy(desk)).shown.length).toBe(1);
	});
});
