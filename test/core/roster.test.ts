// Who belongs to a group, whatever was said, by whom, in which order.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RosterAct, RosterEntry } from "../../src/core/roster/entry.ts";
import { PARENTS_MAX, ROLES } from "../../src/core/roster/entry.ts";
import { rosterOf, type Roster } from "../../src/core/roster/roster.ts";
import {
	FIRST_KEY,
	keyOf,
	deviceOf,
	entryOf,
	foundedBy,
	keysOf,
	lettersOf,
	meet,
	RosterWriter,
} from "../support/rosters.ts";

const rolesOf = ({ members }: Roster): string =>
	[...members.values()].map((m) => `${m.device.charAt(0)}:${m.isWaiting ? "waiting" : m.role}`).join(" ");

describe("joining", () => {
	test("[K3] makes a writer of whoever holds the group key, and an admin of who began", () => {
		const a = foundedBy("a");
		a.joinedBy("b");
		expect(rolesOf(a.roster)).toBe("a:admin b:writer");
	});

	test("[K3] is nothing without the key that counts where the entry stands", () => {
		const a = foundedBy("a");
		a.joinedBy("b", keyOf("another"));
		expect(rolesOf(a.roster)).toBe("a:admin");
	});

	test("[K3] twice is once", () => {
		const a = foundedBy("a");
		const b = a.joinedBy("b");
		b.act({ op: "join", name: "again", keys: keysOf("b"), key: FIRST_KEY });
		expect(b.roster.members.get(deviceOf("b"))?.name).toBe("b");
	});

	test("[K4] waits for an admin where that is the policy, also for who joined without its author knowing", () => {
		const a = foundedBy("a");
		const early = new RosterWriter("c", a.root, a.entries);
		const b = a.joinedBy("b");
		a.act({ op: "policy", joining: "ask" });
		early.act({ op: "join", name: "c", keys: keysOf("c"), key: FIRST_KEY });
		a.joinedBy("d");
		meet(a, b, early);
		expect(rolesOf(a.roster).split(" ").sort().join(" ")).toBe("a:admin b:writer c:waiting d:waiting");
		b.act({ op: "role", device: deviceOf("c"), role: "writer" });
		expect(rolesOf(b.roster)).toContain("c:waiting");
		a.act({ op: "role", device: deviceOf("c"), role: "reader" });
		expect(rolesOf(a.roster)).toContain("c:reader");
		a.act({ op: "policy", joining: "ask" });
		expect(rolesOf(a.roster)).toContain("c:reader");
	});

	test("[K3] under a name and with an epoch that only the device itself can say", () => {
		const a = foundedBy("a");
		const b = a.joinedBy("b");
		const epoch = "0".repeat(24) as never;
		b.act({ op: "name", name: "phone" });
		b.act({ op: "epoch", epoch });
		a.hear(b);
		a.act({ op: "epoch", epoch });
		expect(a.roster.members.get(deviceOf("b"))?.name).toBe("phone");
		expect(a.roster.epochs.get(epoch)).toBe(deviceOf("b"));
	});
});

describe("roles", () => {
	test("[K5] are given by admins only", () => {
		const a = foundedBy("a");
		const b = a.joinedBy("b");
		b.act({ op: "role", device: deviceOf("b"), role: "admin" });
		b.act({ op: "policy", joining: "ask" });
		b.remove("a");
		expect(rolesOf(b.roster)).toBe("a:admin b:writer");
		expect(b.roster.joining).toBe("key");
		expect(b.roster.current.epoch).toBe(0);
		meet(a, b);
		a.act({ op: "role", device: deviceOf("b"), role: "admin" });
		b.hear(a);
		b.act({ op: "role", device: deviceOf("a"), role: "reader" });
		expect(rolesOf(b.roster)).toBe("a:reader b:admin");
	});

	test("[K5] always leave an admin: the one who came first takes over", () => {
		const a = foundedBy("a");
		const c = a.joinedBy("b").joinedBy("c");
		a.hear(c);
		a.act({ op: "leave" });
		expect(rolesOf(a.roster)).toBe("b:admin c:writer");
		const alone = foundedBy("a");
		alone.act({ op: "role", device: deviceOf("a"), role: "reader" });
		expect(rolesOf(alone.roster)).toBe("a:admin");
	});

	test("[K5] of a device that left do not come back with its old id", () => {
		const a = foundedBy("a");
		const b = a.joinedBy("b");
		b.act({ op: "leave" });
		b.act({ op: "join", name: "b", keys: keysOf("b"), key: FIRST_KEY });
		expect(rolesOf(b.roster)).toBe("a:admin");
	});
});

describe("taking a device out", () => {
	test("[K6] brings a new key, and undoes whatever it said without the remover knowing", () => {
		const a = foundedBy("a");
		const b = a.joinedBy("b");
		a.act({ op: "role", device: deviceOf("b"), role: "admin" });
		b.hear(a);
		b.act({ op: "policy", joining: "ask" });
		const accomplice = b.joinedBy("c");
		b.act({ op: "role", device: deviceOf("c"), role: "admin" });
		const removal = a.remove("b");
		meet(a, b, accomplice);
		expect(rolesOf(a.roster)).toBe("a:admin");
		expect(a.roster.joining).toBe("key");
		expect(a.roster.current).toEqual({ epoch: 1, key: keyOf("a without b"), entry: removal.id });
		expect(a.roster.needsRotation).toBe(false);
		expect(lettersOf(a.roster.gone)).toBe("b");
	});

	test("[K6] keeps out who holds only the key from before, whatever it says it knew", () => {
		const a = foundedBy("a");
		const early = new RosterWriter("c", a.root, a.entries);
		const b = a.joinedBy("b");
		a.remove("b");
		early.act({ op: "join", name: "c", keys: keysOf("c"), key: FIRST_KEY });
		b.act({ op: "join", name: "b", keys: keysOf("b"), key: FIRST_KEY });
		meet(a, early);
		a.hear(b);
		expect(rolesOf(a.roster)).toBe("a:admin");
		early.hear(a);
		early.act({ op: "join", name: "c", keys: keysOf("c"), key: early.roster.current.key });
		expect(rolesOf(early.roster)).toBe("a:admin c:writer");
	});

	test("[K6] drops who waits: it was not given the new key", () => {
		const a = foundedBy("a");
		a.act({ op: "policy", joining: "ask" });
		a.joinedBy("b");
		expect(rolesOf(a.roster)).toBe("a:admin b:waiting");
		a.act({ op: "rotate", keyEpoch: 1, key: keyOf("new") });
		expect(rolesOf(a.roster)).toBe("a:admin");
		expect(a.roster.gone.size).toBe(0);
	});

	test("[K7] by two admins of each other takes both out: nobody can tell which of them was stolen", () => {
		const a = foundedBy("a");
		const b = a.joinedBy("b");
		const c = a.joinedBy("c");
		a.act({ op: "role", device: deviceOf("b"), role: "admin" });
		b.hear(a);
		c.hear(a);
		const theft = b.remove("a");
		b.remove("c");
		a.remove("b");
		meet(a, b, c);
		expect(rolesOf(c.roster)).toBe("c:admin");
		expect(c.roster.needsRotation).toBe(true);
		const { epoch } = c.roster.current;
		c.act({ op: "rotate", keyEpoch: epoch + 1, key: keyOf("c") });
		expect(c.roster.current).toMatchObject({ epoch: epoch + 1, key: keyOf("c") });
		expect(c.roster.needsRotation).toBe(false);
		// Who knew that it was out has no say.
		const late = foundedBy("a");
		const thief = late.joinedBy("b");
		late.act({ op: "role", device: deviceOf("b"), role: "admin" });
		late.remove("b");
		thief.hear(late);
		thief.act(theft.act);
		expect(rolesOf(thief.roster)).toBe("a:admin");
	});

	test("[K7] of two devices by two admins apart: both are out, one key counts, and a third is needed", () => {
		const a = foundedBy("a");
		const b = a.joinedBy("b");
		a.joinedBy("c");
		a.joinedBy("d");
		a.act({ op: "role", device: deviceOf("b"), role: "admin" });
		b.hear(a);
		b.remove("c");
		a.remove("d");
		meet(a, b);
		expect(rolesOf(a.roster)).toBe("a:admin b:admin");
		expect(a.roster.current).toMatchObject({ epoch: 1, key: keyOf("a without d") });
		expect(a.roster.needsRotation).toBe(true);
		a.act({ op: "rotate", keyEpoch: 2, key: keyOf("third") });
		expect(a.roster.needsRotation).toBe(false);
		expect(a.roster.current).toMatchObject({ epoch: 2, key: keyOf("third") });
	});

	test("[K7] without knowing of a device that was admitted meanwhile needs another key for it", () => {
		const a = foundedBy("a");
		const b = a.joinedBy("b");
		a.joinedBy("c");
		a.act({ op: "role", device: deviceOf("b"), role: "admin" });
		a.act({ op: "policy", joining: "ask" });
		const d = a.joinedBy("d");
		b.hear(d);
		b.act({ op: "role", device: deviceOf("d"), role: "writer" });
		a.remove("c");
		meet(a, b);
		expect(a.roster.needsRotation).toBe(rolesOf(a.roster).includes("d:writer"));
	});

	test("[K7] counts with the next number of key only", () => {
		const a = foundedBy("a");
		a.joinedBy("b");
		a.act({ op: "remove", device: deviceOf("b"), keyEpoch: 2 ** 40, key: keyOf("far") });
		expect(rolesOf(a.roster)).toBe("a:admin b:writer");
	});
});

describe("two rosters of one key", () => {
	test("[K8] are two: entries of one count for nothing in the other", () => {
		const a = foundedBy("a");
		const b = foundedBy("b");
		const mixed = new Map([...a.entries, ...b.entries]);
		const both = entryOf("b", [a.root, b.root], { op: "join", name: "b", keys: keysOf("b"), key: FIRST_KEY });
		mixed.set(both.id, both);
		expect(rosterOf(mixed, a.root)).toEqual(a.roster);
		expect(rosterOf(mixed, both.id)).toBeUndefined();
	});
});

describe("any history", () => {
	const letters = ["a", "b", "c", "d", "e"] as const;
	const steps = fc.array(
		fc.record({
			who: fc.constantFrom(...letters),
			whom: fc.constantFrom(...letters),
			what: fc.constantFrom("join", "remove", "role", "policy", "rotate", "leave", "meet", "meet", "meet"),
			role: fc.constantFrom(...ROLES),
		}),
		{ maxLength: 40 },
	);

	type Steps = typeof steps extends fc.Arbitrary<infer T> ? T : never;

	function play(history: Steps): Map<string, RosterWriter> {
		const a = foundedBy("a");
		const writers = new Map(letters.map((letter) => [letter, new RosterWriter(letter, a.root, a.entries)]));
		for (const { who, whom, what, role } of history) {
			const writer = writers.get(who) ?? a;
			const { epoch, key } = writer.roster.current;
			const device = deviceOf(whom);
			const acts: Partial<Record<typeof what, RosterAct>> = {
				join: { op: "join", name: who, keys: keysOf(who), key },
				remove: { op: "remove", device, keyEpoch: epoch + 1, key: keyOf(`${who}${whom}${String(epoch)}`) },
				rotate: { op: "rotate", keyEpoch: epoch + 1, key: keyOf(`${who}${String(epoch)}`) },
				role: { op: "role", device, role },
				policy: { op: "policy", joining: role === "reader" ? "ask" : "key" },
				leave: { op: "leave" },
			};
			const act = acts[what];
			if (act === undefined) meet(writer, writers.get(whom) ?? a);
			else writer.act(act);
		}
		return writers;
	}

	const settled = ({ members, gone, joining, current, needsRotation }: Roster): unknown => ({
		...{ gone: [...gone].sort(), joining, current, needsRotation },
		members: [...members.values()].sort((x, y) => (x.device < y.device ? -1 : 1)),
	});

	test("[K1] gives all devices the same roster, whatever the order in which its entries came", () => {
		fc.assert(
			fc.property(steps, fc.infiniteStream(fc.nat()), (history, numbers) => {
				const writers = [...play(history).values()];
				meet(...writers);
				const [first, ...others] = writers;
				for (const { roster } of others) expect(roster).toEqual(first?.roster);
				const shuffled = [...(first?.entries ?? [])]
					.map((entry) => ({ entry, at: Number(numbers.next().value) }))
					.sort((x, y) => x.at - y.at)
					.map(({ entry }) => entry);
				expect(rosterOf(new Map(shuffled), first?.root as never)).toEqual(first?.roster);
			}),
			{ numRuns: 300 },
		);
	});

	test("[K2 K5] has an admin, nobody who is in and out, and heads that are on top of everything", () => {
		fc.assert(
			fc.property(steps, (history) => {
				for (const writer of play(history).values()) {
					const { members, gone, heads } = writer.roster;
					for (const device of members.keys()) expect(gone.has(device)).toBe(false);
					const active = [...members.values()].filter(({ isWaiting }) => !isWaiting);
					if (active.length > 0) expect(active.some(({ role }) => role === "admin")).toBe(true);
					const lineage = writer.lineage();
					const below = new Set(heads.flatMap((id) => [id, ...lineage.pastOf(id)]));
					expect(below.size).toBe(lineage.sequence.length);
				}
			}),
			{ numRuns: 300 },
		);
	});

	test("[K6] cannot be changed by a device that was taken out, nor by who holds a key from before", () => {
		const forgeries = fc.array(
			fc.record({
				parents: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
				act: fc.constantFrom<RosterAct>(
					{ op: "role", device: deviceOf("z"), role: "admin" },
					{ op: "role", device: deviceOf("b"), role: "reader" },
					{ op: "policy", joining: "ask" },
					{ op: "remove", device: deviceOf("a"), keyEpoch: 1, key: keyOf("z") },
					{ op: "remove", device: deviceOf("b"), keyEpoch: 2, key: keyOf("z") },
					{ op: "rotate", keyEpoch: 1, key: keyOf("z") },
					{ op: "join", name: "x", keys: keysOf("z"), key: FIRST_KEY },
					{ op: "name", name: "x" },
					{ op: "leave" },
				),
				isNew: fc.boolean(),
			}),
			{ minLength: 1, maxLength: 8 },
		);
		fc.assert(
			fc.property(steps, forgeries, (history, forged) => {
				const writers = [...play(history).values()];
				meet(...writers);
				const a = writers[0] as RosterWriter;
				// The one who is taken out: an admin of its own making, who knew everything until then.
				const thief = a.joinedBy("z");
				const admin = [...a.roster.members.values()].find(
					({ device, role, isWaiting }) => role === "admin" && !isWaiting && device !== deviceOf("z"),
				);
				fc.pre(admin !== undefined);
				const owner = new RosterWriter(admin.device.charAt(0), a.root, a.entries);
				owner.act({ op: "role", device: deviceOf("z"), role: "admin" });
				thief.hear(owner);
				const known = [...thief.lineage().sequence];
				owner.remove("z");
				const before = settled(owner.roster);
				for (const { parents, act, isNew } of forged) {
					const on = parents.map((n) => (known[n % known.length] as RosterEntry).id);
					// That takes both out, as two that act apart do to each other.
					if (act.op === "remove" && act.device === admin.device) continue;
					const entry = entryOf(isNew && act.op === "join" ? "y" : "z", [...new Set(on)].slice(0, PARENTS_MAX), act);
					thief.entries.set(entry.id, entry);
					known.push(entry);
				}
				owner.hear(thief);
				expect(settled(owner.roster)).toEqual(before);
			}),
			{ numRuns: 300 },
		);
	});
});
