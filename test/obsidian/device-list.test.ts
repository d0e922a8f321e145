// What feeds the list of devices in the settings: the members that a running engine tells of, in the words of the list.
import { afterEach, describe, expect, it } from "vitest";
import { presence, titleOf } from "../../src/obsidian/device-words.ts";
import { RosterWorld, type WorldDevice } from "../support/roster-world.ts";

const HOUR_MS = 3_600_000;

let world: RosterWorld;
afterEach(() => world.stop());

function rowsOf({ engine }: WorldDevice): string[] {
	const members = engine.members();
	const state = { kind: "running", status: engine.status() } as const;
	return members.map((each) => `${titleOf(each, members)}: ${presence(each, state, world.clock.now(), false)}`);
}

describe("the list of devices after a restart, with all others off", () => {
	it("[G1] names each of them, and says when it was last there", async () => {
		world = new RosterWorld();
		const laptop = await world.add("laptop", { isFirst: true });
		const phone = await world.add("phone", { isPaired: true });
		const tablet = await world.add("tablet", { isPaired: true });
		await world.during(tablet.engine.stop("off"));
		await world.settle(2 * HOUR_MS);
		const expected = [
			"laptop: Can invite and remove",
			"phone: Can invite and remove, online",
			"tablet: Can write, last seen 2 hours ago",
		];
		expect(rowsOf(laptop)).toEqual(expected);
		for (const { engine } of [phone, laptop]) await world.during(engine.stop("off"));
		await world.settle(3 * HOUR_MS);
		await world.restart(laptop);
		expect(rowsOf(laptop)).toEqual([
			"laptop: Can invite and remove",
			"phone: Can invite and remove, last seen 3 hours ago",
			"tablet: Can write, last seen 5 hours ago",
		]);
	});
});
