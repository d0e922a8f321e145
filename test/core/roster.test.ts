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

	test("[K4] makes no new key of an admin that waits: one that took over, where another, who did not know of it, asks first", () => {
		const a = foundedBy("a");
		const [b, c] = ["d", "c"].map((letter) => {
			const writer = new RosterWriter(letter, a.root, a.entries);
			writer.act({ op: "join", name: letter, keys: keysOf(letter), key: FIRST_KEY });
			return writer;
		}) as [RosterWriter, RosterWriter];
		a.hear(c);
		a.act({ op: "leave" });
		c.hear(a);
		b.hear(c);
		expect(rolesOf(c.roster)).toBe("c:admin");
		expect(rolesOf(b.roster)).toBe("d:admin c:writer");
		b.act({ op: "role", device: deviceOf("c"), role: "admin" });
		for (const name of ["once", "twice"]) c.act({ op: "name", name });
		c.act({ op: "policy", joining: "ask" });
		meet(b, c);
		expect(b.roster.members.get(deviceOf("d"))).toMatchObject({ role: "admin", isWaiting: true });
		b.act({ op: "rotate", keyEpoch: 1, key: keyOf("d") });
		expect(b.roster.current.epoch).toBe(0);
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

	test("[K6] counts before whatever the device says it did when it was alone in the group", () => {
		const a = foundedBy("a");
		const e = a.joinedBy("e");
		// It left without knowing of anybody else.
		const left = a.act({ op: "leave" }, [a.root]);
		e.hear(a);
		e.joinedBy("z");
		e.remove("z");
		const { current } = e.roster;
		expect(rolesOf(e.roster)).toBe("e:admin");
		// As if it had come first, and made a new key that the other's coming did not know of. Its ids come as they come: any may win.
		for (const name of "abcdefgh") {
			const coming = entryOf("z", [a.root], { op: "join", name, keys: keysOf("z"), key: FIRST_KEY });
			const stolen = entryOf("z", [coming.id, left.id], { op: "rotate", keyEpoch: 1, key: keyOf("z") });
			const met = new RosterWriter("e", a.root, e.entries);
			for (const entry of [coming, stolen]) met.entries.set(entry.id, entry);
			expect(rolesOf(met.roster)).toBe("e:admin");
			expect(met.roster.current).toEqual(current);
		}
	});

	/** `a` made admins of `b` and `c`; all know of `d` and `e`. */
	function threeAdmins(): readonly [RosterWriter, RosterWriter, RosterWriter] {
		const a = foundedBy("a");
		const [b, c] = [a.joinedBy("b"), a.joinedBy("c")];
		for (const letter of ["b", "c"]) a.act({ op: "role", device: deviceOf(letter), role: "admin" });
		for (const letter of ["d", "e"]) a.joinedBy(letter);
		for (const each of [b, c]) each.hear(a);
		return [a, b, c];
	}

	test("[K6] stays when the device says that it had taken out another admin before that one made the key below it", () => {
		const [a, thief, c] = threeAdmins();
		c.remove("e");
		a.hear(c);
		a.remove("b");
		const before = a.roster;
		thief.remove("c");
		a.hear(thief);
		expect(rolesOf(a.roster)).toBe("a:admin c:admin d:writer");
		expect(a.roster.current).toEqual(before.current);
		expect(lettersOf(a.roster.gone).split("").sort().join("")).toBe("be");
	});

	test("[K6] stays when the device says that it had taken itself out", () => {
		const a = foundedBy("a");
		a.joinedBy("d");
		const thief = new RosterWriter("a", a.root, a.entries);
		const b = a.joinedBy("b");
		a.joinedBy("c");
		a.act({ op: "role", device: deviceOf("b"), role: "admin" });
		a.remove("d");
		b.hear(a);
		b.remove("a");
		const before = b.roster;
		thief.remove("d", "another");
		thief.remove("a");
		b.hear(thief);
		expect(rolesOf(b.roster)).toBe(rolesOf(before));
		expect(b.roster.current).toEqual(before.current);
	});

	test("[K7] leaves the device out that takes out its remover as of before what that one did earlier", () => {
		const [a, thief] = threeAdmins();
		a.remove("e");
		a.remove("b");
		const { current } = a.roster;
		thief.remove("a");
		a.hear(thief);
		expect(lettersOf(a.roster.gone)).toContain("a");
		expect(lettersOf(a.roster.gone)).toContain("b");
		expect(rolesOf(a.roster)).toContain("c:admin");
		expect(a.roster.current).toEqual(current);
		expect(a.roster.needsRotation).toBe(true);
	});

	test("[K7] lets nobody in by the key with which it takes out its remover", () => {
		const [thief, b] = threeAdmins();
		b.remove("a");
		thief.remove("b");
		thief.joinedBy("x");
		b.hear(thief);
		expect(rolesOf(b.roster)).toBe("c:admin d:writer e:writer");
	});

	test("[K6] stays when the device forgets its own words, and answers as of before they made an admin of who took it out", () => {
		const a = foundedBy("a");
		const thief = new RosterWriter("a", a.root, a.entries);
		const h = a.joinedBy("h");
		a.act({ op: "role", device: deviceOf("h"), role: "admin" });
		a.joinedBy("b");
		h.hear(a);
		h.remove("a");
		const before = h.roster;
		thief.remove("h");
		h.hear(thief);
		expect(rolesOf(h.roster)).toBe("h:admin b:writer");
		expect(h.roster.current).toEqual(before.current);
	});

	test("[K7] takes out who answers as of before its remover joined", () => {
		const a = foundedBy("a");
		const g = a.joinedBy("g");
		a.act({ op: "role", device: deviceOf("g"), role: "admin" });
		g.hear(a);
		const h = g.joinedBy("h");
		g.act({ op: "role", device: deviceOf("h"), role: "admin" });
		h.hear(g);
		h.remove("a");
		a.remove("h");
		h.hear(a);
		expect(rolesOf(h.roster)).toBe("g:admin");
		expect(h.roster.needsRotation).toBe(true);
	});

	test("[K7] takes out who has a helper of its own making answer", () => {
		const a = foundedBy("a");
		const h = a.joinedBy("h");
		a.joinedBy("b");
		a.act({ op: "role", device: deviceOf("h"), role: "admin" });
		h.hear(a);
		h.remove("a");
		const y = a.joinedBy("y");
		a.act({ op: "role", device: deviceOf("y"), role: "admin" });
		y.hear(a);
		y.remove("h");
		h.hear(y);
		expect(rolesOf(h.roster)).toBe("b:admin");
		expect(h.roster.needsRotation).toBe(true);
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

	test("[K7] by three admins in a circle takes all of them out", () => {
		const [a, b, c] = threeAdmins();
		a.remove("b");
		b.remove("c");
		c.remove("a");
		meet(a, b, c);
		expect(rolesOf(a.roster)).toBe("d:admin e:writer");
		expect(a.roster.needsRotation).toBe(true);
	});

	test("[K7] counts for nothing where its author was taken out apart, also by one of two that take out each other", () => {
		const b = foundedBy("b");
		const z = b.joinedBy("z");
		b.joinedBy("c");
		b.act({ op: "role", device: deviceOf("z"), role: "admin" });
		z.hear(b);
		const a = z.joinedBy("a");
		z.act({ op: "role", device: deviceOf("a"), role: "admin" });
		a.hear(z);
		a.remove("b");
		b.remove("z");
		z.remove("a");
		meet(a, b, z);
		expect([...a.roster.keys.keys()]).not.toContain(keyOf("z without a"));
		expect(rolesOf(a.roster)).toBe("c:admin");
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
					expect(lineage.upTo(heads).numbers()).toHaveLength(lineage.sequence.length);
				}
			}),
			{ numRuns: 300 },
		);
	});

	test("[K6 K7] cannot be changed by a device that was taken out and its helper: at most they take out who took it out", () => {
		const forgeries = fc.array(
			fc.record({
				parents: fc.array(fc.oneof(fc.nat({ max: 5 }), fc.nat()), { minLength: 1, maxLength: 3 }),
				by: fc.constantFrom("z", "z", "y"),
				whom: fc.constantFrom("owner", "owner", "a", "b", "y", "z"),
				what: fc.constantFrom<RosterAct["op"]>("role", "policy", "remove", "remove", "rotate", "join", "name", "leave"),
				above: fc.nat({ max: 2 }),
				role: fc.constantFrom(...ROLES),
			}),
			{ minLength: 1, maxLength: 8 },
		);
		fc.assert(
			fc.property(steps, forgeries, fc.boolean(), (history, forged, isSenior) => {
				const writers = [...play(history).values()];
				meet(...writers);
				const a = writers[0] as RosterWriter;
				// The one who is taken out: an admin of its own making, who knew everything until then.
				const thief = a.joinedBy("z");
				const admin = [...a.roster.members.values()].find(
					({ device, role, isWaiting }) => role === "admin" && !isWaiting && device !== deviceOf("z"),
				);
				fc.pre(admin !== undefined);
				// Where who began has left, whoever says it came next, alone, was an admin for all it says it knew.
				fc.pre(a.roster.members.has(deviceOf("a")));
				let owner = new RosterWriter(admin.device.charAt(0), a.root, a.entries);
				owner.act({ op: "role", device: deviceOf("z"), role: "admin" });
				thief.hear(owner);
				if (isSenior) {
					// It made an admin of the one who will take it out.
					owner = thief.joinedBy("w");
					thief.act({ op: "role", device: deviceOf("w"), role: "admin" });
					owner.hear(thief);
				}
				const { current } = owner.roster;
				const known = [...thief.lineage().sequence];
				const trusted = new Set(known.flatMap(({ act, author }) => (act.op === "name" ? [] : [author])));
				owner.remove("z");
				const before = settled(owner.roster);
				let isAnswered = false;
				let n = 0;
				for (const { parents, by, whom, what, above, role } of forged) {
					const on = parents.map((back) => (known[known.length - 1 - (back % known.length)] as RosterEntry).id);
					const device = whom === "owner" ? deviceOf(owner.letter) : deviceOf(whom);
					const keyEpoch = current.epoch + 1 + above - 1;
					const acts: Partial<Record<RosterAct["op"], RosterAct>> = {
						role: { op: "role", device, role },
						policy: { op: "policy", joining: "ask" },
						remove: { op: "remove", device, keyEpoch: Math.max(1, keyEpoch), key: keyOf(`z${String(n)}`) },
						rotate: { op: "rotate", keyEpoch: Math.max(1, keyEpoch), key: keyOf(`z${String(n)}`) },
						join: {
							op: "join",
							name: "y",
							keys: keysOf("z"),
							key: [FIRST_KEY, current.key, keyOf("z0")][above] ?? FIRST_KEY,
						},
						name: { op: "name", name: "x" },
						leave: { op: "leave" },
					};
					n++;
					const act = acts[what] as RosterAct;
					if (act.op === "remove" && trusted.has(act.device) && act.device !== deviceOf("z")) isAnswered = true;
					const entry = entryOf(what === "join" ? "y" : by, [...new Set(on)].slice(0, PARENTS_MAX), act);
					thief.entries.set(entry.id, entry);
					known.push(entry);
				}
				owner.hear(thief);
				const { roster } = owner;
				if (!isAnswered) expect(settled(roster)).toEqual(before);
				for (const letter of ["z", "y"]) expect(roster.members.has(deviceOf(letter))).toBe(false);
				const ofThief = Array.from({ length: n }, (_, i) => keyOf(`z${String(i)}`));
				if (ofThief.includes(roster.current.key)) expect(roster.needsRotation).toBe(true);
			}),
			{ numRuns: 300 },
		);
	});
});
