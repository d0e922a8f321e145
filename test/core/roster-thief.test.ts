// A stolen admin, most often the first device and so the most senior one, that was taken out, and answers with whatever it can sign. All
// that honest devices did and all that it says is heard everywhere.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RosterAct } from "../../src/core/roster/entry.ts";
import { rosterOf } from "../../src/core/roster/roster.ts";
import { deviceOf, entryOf, FIRST_KEY, keyOf, keysOf, lettersOf, RosterWriter } from "../support/rosters.ts";
import {
	forge,
	forgeries as anyForgeries,
	Group,
	HONEST,
	honestStep,
	isAdmin,
	made,
	pastOf,
	type HonestStep,
} from "../support/stolen-admin.ts";

const steps = fc.array(honestStep, { maxLength: 6 });

test("[K6 K7] a stolen admin that was taken out, and whoever it makes up, are never in, and no key of theirs stays", () => {
	const seen = { removals: 0, joins: 0, someLeft: 0, answered: 0 };
	fc.assert(
		fc.property(
			fc.constantFrom(true, true, false),
			fc.constantFrom("", "h", "t"),
			fc.tuple(steps, steps, fc.oneof(fc.constant([]), steps)),
			anyForgeries,
			fc.record({ n: fc.nat(), early: fc.nat({ max: 10 }), isPromised: fc.boolean(), rotatesFirst: fc.boolean() }),
			(isFirst, second, [before, meanwhile, after], forgeries, { n, early, isPromised, rotatesFirst }) => {
				const group = new Group(isFirst);
				// It may have thought of that before.
				if (isPromised) group.say("t", { op: "role", device: deviceOf("1"), role: "admin" });
				group.play([...(second === "" ? [] : made("i", second)), ...before]);
				const admins = HONEST.map((letter) => group.writer(letter)).filter(
					({ letter, roster }) => isAdmin(roster, letter) && roster.members.has(deviceOf("t")),
				);
				const owner = admins[n % admins.length];
				if (owner === undefined) return;
				const { epoch } = owner.roster.current;
				if (rotatesFirst) owner.act({ op: "rotate", keyEpoch: epoch + 1, key: keyOf("before") });
				owner.remove("t");
				group.play(meanwhile, true);
				const all = group.entries();
				// Where honest admins took out the one who did it, without knowing, it has to be done again.
				if (rosterOf(all, owner.root)?.members.has(deviceOf("t")) !== false) return;
				const forged = [...forge(group.thief, owner, all, forgeries.slice(0, after.length > 0 ? early : undefined))];
				if (after.length > 0) {
					group.hear(all);
					group.play(
						after.filter(({ who, whom }) => who !== "t" && whom !== "t"),
						true,
					);
					for (const each of group.entries()) all.set(...each);
					forged.push(...forge(group.thief, owner, all, forgeries.slice(early)));
					seen.answered++;
				}
				if (forged.some(({ act }) => act.op === "remove")) seen.removals++;
				if (forged.some(({ act }) => act.op === "join")) seen.joins++;
				const roster = rosterOf(all, owner.root);
				if (roster === undefined || roster.members.size === 0) return;
				seen.someLeft++;
				expect(lettersOf(roster.members.keys())).toMatch(/^[hij]+$/);
				const isTheirs = forged.some(({ id }) => id === roster.current.entry);
				if (isTheirs) expect(roster.needsRotation).toBe(true);
			},
		),
		{ numRuns: 500 },
	);
	expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(25);
});

test("[K5 K6] a device that never was an admin changes nothing, but lets others in by the key until it is out", () => {
	const seen = { joins: 0, removed: 0 };
	fc.assert(
		fc.property(fc.tuple(steps, steps), anyForgeries, fc.boolean(), ([before, meanwhile], forgeries, isRemoved) => {
			const group = new Group(false, false);
			const isHonest = ({ who, whom, what }: HonestStep): boolean => what !== "role" || (who !== "t" && whom !== "t");
			group.play([...made("i", "h"), ...before].filter(isHonest));
			const owner = group.writer("h");
			if (isRemoved && isAdmin(owner.roster, "h") && owner.roster.members.has(deviceOf("t"))) owner.remove("t");
			group.play(meanwhile.filter(isHonest), true);
			const all = group.entries();
			const without = rosterOf(all, owner.root);
			// Two admins that took each other out leave the group to whoever is in: then it is an admin, and rightly so.
			if (isAdmin(without, "t")) return;
			const forged = forge(group.thief, owner, all, forgeries);
			const roster = rosterOf(all, owner.root);
			const rolesOf = (each: typeof roster): unknown =>
				[...(each?.members.values() ?? [])].flatMap(({ device, role, isWaiting }) =>
					["h", "i", "j"].includes(device.charAt(0)) ? [[device, role, isWaiting]] : [],
				);
			expect(rolesOf(roster)).toEqual(rolesOf(without));
			expect(roster?.current).toEqual(without?.current);
			expect(roster?.joining).toEqual(without?.joining);
			if (forged.some(({ act }) => act.op === "join")) seen.joins++;
			if (without?.members.has(deviceOf("t")) === true) return;
			seen.removed++;
			expect(lettersOf(roster?.members.keys() ?? [])).not.toMatch(/[t123]/);
		}),
		{ numRuns: 300 },
	);
	expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(25);
});

test("[K6] lets nobody in by a key that it was given by one who did not know that it is out", () => {
	const group = new Group();
	group.play([...made("i", "h"), { who: "h", whom: "t", what: "rotate" }, { who: "h", whom: "t", what: "meet" }]);
	const { thief } = group;
	const owner = group.writer("i");
	owner.remove("t");
	thief.joinedBy("1");
	thief.act({ op: "role", device: deviceOf("1"), role: "admin" });
	owner.hear(thief);
	expect(lettersOf(owner.roster.members.keys())).toBe("hi");
	expect(owner.roster.needsRotation).toBe(true);
});

test("[K7] does not come back where it says that it took out twice who made an admin of who took it out", () => {
	const group = new Group();
	group.play(made("i", "h"));
	const { thief } = group;
	const owner = group.writer("i");
	owner.remove("t");
	const join = [...owner.entries.values()].find(({ act }) => act.op === "join" && act.name === "i");
	const below = join === undefined ? [] : [join.id];
	for (const entry of pastOf(owner.entries, below)) thief.entries.set(...entry);
	const { id } = thief.act({ op: "remove", device: deviceOf("1"), keyEpoch: 1, key: keyOf("t") }, below);
	thief.act({ op: "remove", device: deviceOf("h"), keyEpoch: 1, key: keyOf("t2") }, below);
	thief.act({ op: "remove", device: deviceOf("h"), keyEpoch: 2, key: keyOf("t3") }, [id]);
	owner.hear(thief);
	expect(lettersOf(owner.roster.members.keys())).not.toContain("t");
});

test("[K7] stays where the one who took it out was taken out apart, until it is taken out again", () => {
	const group = new Group();
	group.play(made("i", "h"));
	const [h, i] = [group.writer("h"), group.writer("i")];
	i.remove("t");
	h.remove("i");
	h.hear(i);
	expect(lettersOf(h.roster.members.keys())).toBe("th");
	expect(isAdmin(h.roster, "h")).toBe(true);
	h.remove("t", "again");
	expect(lettersOf(h.roster.members.keys())).toBe("h");
	expect(h.roster.needsRotation).toBe(false);
});

test("[K7] lets nobody in by the key with which it took out its remover, also who says to know of both", () => {
	const group = new Group();
	group.play(made("i", "h"));
	const { thief } = group;
	const i = group.writer("i");
	thief.hear(i);
	i.remove("t");
	thief.remove("i");
	thief.hear(i);
	expect(thief.roster.current.key).toBe(keyOf("t without i"));
	thief.joinedBy("1");
	expect(lettersOf(thief.roster.members.keys())).toBe("h");
	expect(thief.roster.needsRotation).toBe(true);
});

test.each<readonly [string, RosterAct]>([
	["left", { op: "leave" }],
	["was an admin no more", { op: "role", device: deviceOf("t"), role: "reader" }],
])(
	"[K7] lets in no helper that says it took over when the first device %s, as of before anybody else came",
	(_, act) => {
		const group = new Group();
		const { thief } = group;
		group.play([
			{ who: "i", whom: "t", what: "join" },
			{ who: "h", whom: "t", what: "meet" },
		]);
		const owner = group.writer("h");
		owner.remove("t");
		const join = entryOf("1", [thief.root], { op: "join", name: "1", keys: keysOf("1"), key: FIRST_KEY });
		const leaving = entryOf("t", [join.id], act);
		const theft = entryOf("1", [leaving.id], { op: "remove", device: deviceOf("h"), keyEpoch: 1, key: keyOf("1") });
		for (const entry of [join, leaving, theft]) thief.entries.set(entry.id, entry);
		owner.hear(thief);
		expect(lettersOf(owner.roster.members.keys())).not.toMatch(/[t1]/);
	},
);

test("[K7] lets in no helper that took over after it had made readers of all others and of itself", () => {
	const group = new Group();
	const { thief } = group;
	group.play([
		{ who: "i", whom: "t", what: "join" },
		{ who: "h", whom: "t", what: "meet" },
	]);
	const owner = group.writer("h");
	owner.remove("t");
	const helper = thief.joinedBy("1");
	for (const letter of ["h", "i", "t"]) thief.act({ op: "role", device: deviceOf(letter), role: "reader" });
	helper.hear(thief);
	expect(isAdmin(helper.roster, "1")).toBe(true);
	helper.remove("h");
	owner.hear(helper);
	expect(lettersOf(owner.roster.members.keys())).toBe("i");
	expect(owner.roster.needsRotation).toBe(true);
});

test("[K7] lets in no helper that took over when the first device and another helper had taken each other out", () => {
	const group = new Group();
	const { thief } = group;
	group.play([
		{ who: "i", whom: "t", what: "join" },
		{ who: "h", whom: "t", what: "meet" },
	]);
	const owner = group.writer("h");
	owner.remove("t");
	const [first, second] = [thief.joinedBy("1"), thief.joinedBy("2")];
	thief.act({ op: "role", device: deviceOf("1"), role: "admin" });
	for (const letter of ["h", "i"]) thief.act({ op: "role", device: deviceOf(letter), role: "reader" });
	first.hear(thief);
	first.remove("t");
	thief.remove("1");
	second.hear(first, thief);
	expect(isAdmin(second.roster, "2")).toBe(true);
	second.remove("h");
	owner.hear(second);
	expect(lettersOf(owner.roster.members.keys())).not.toMatch(/[t12]/);
});

test("[K7] lets in no helper that it had made an admin before that one came", () => {
	const group = new Group();
	const { thief } = group;
	thief.act({ op: "role", device: deviceOf("1"), role: "admin" });
	const owner = group.writer("h");
	owner.hear(thief);
	owner.remove("t");
	const helper = new RosterWriter("1", thief.root, new Map([...thief.entries].slice(0, 1)));
	const join = helper.act({ op: "join", name: "1", keys: keysOf("1"), key: FIRST_KEY });
	helper.hear(thief);
	helper.act({ op: "remove", device: deviceOf("h"), keyEpoch: 1, key: keyOf("1") }, [join.id, ...thief.roster.heads]);
	owner.hear(helper);
	expect(lettersOf(owner.roster.members.keys())).toBe("h");
});

test("[K6] lets nobody in by a key from before, also who says to know of the removal", () => {
	const group = new Group();
	const { thief } = group;
	group.play(made("i", "h"));
	thief.hear(group.writer("i"));
	const [h, i] = [group.writer("h"), group.writer("i")];
	const before = thief.roster.heads;
	h.act({ op: "rotate", keyEpoch: 1, key: keyOf("apart") });
	i.remove("t");
	const helper = new RosterWriter("1", thief.root, i.entries);
	helper.hear(h);
	expect(helper.roster.current.key).toBe(keyOf("apart"));
	helper.act({ op: "join", name: "1", keys: keysOf("1"), key: keyOf("apart") });
	thief.act({ op: "remove", device: deviceOf("h"), keyEpoch: 1, key: keyOf("t") }, before);
	i.hear(helper, thief);
	expect(lettersOf(i.roster.members.keys())).toBe("hi");
});

test.each([
	["where who takes it out had made a new key before, which its helper does not know", false],
	["where it had made a new key when who takes it out came, and a helper answers on top of that", true],
])("[K7] is out %s", (_title, hadMadeOne) => {
	const group = new Group();
	const { thief } = group;
	if (hadMadeOne) thief.act({ op: "rotate", keyEpoch: 1, key: keyOf("t") });
	group.play(made("i", "h"));
	const owner = group.writer("i");
	owner.act({ op: "rotate", keyEpoch: 1, key: keyOf("before") });
	owner.remove("t");
	const helper = thief.joinedBy("1");
	thief.act({ op: "role", device: deviceOf("1"), role: "admin" });
	helper.hear(thief);
	helper.remove("i");
	owner.hear(helper);
	expect(lettersOf(owner.roster.members.keys())).toBe("h");
});

test("[K7] is out where it forgets its own words to take out who takes it out, and a helper does so on top of that", () => {
	const group = new Group();
	const { thief } = group;
	const owner = group.writer("h");
	owner.act({ op: "rotate", keyEpoch: 1, key: keyOf("before") });
	owner.remove("t");
	const forked = new RosterWriter("t", thief.root, new Map([...thief.entries].slice(0, 2)));
	const helper = forked.joinedBy("1", FIRST_KEY);
	forked.act({ op: "role", device: deviceOf("1"), role: "admin" });
	forked.remove("h");
	helper.hear(forked);
	helper.remove("h", "again");
	owner.hear(helper);
	expect(lettersOf(owner.roster.members.keys())).not.toMatch(/[t1]/);
});

test("[K7] is out where it takes out its remover, who had taken out another one that made a new key apart", () => {
	const group = new Group();
	const { thief } = group;
	const h = group.writer("h");
	const i = thief.joinedBy("i");
	thief.act({ op: "role", device: deviceOf("i"), role: "admin" });
	i.hear(thief);
	h.act({ op: "rotate", keyEpoch: 1, key: keyOf("h") });
	i.remove("h");
	i.remove("t");
	thief.remove("i");
	i.hear(thief, h);
	expect(lettersOf(i.roster.members.keys())).not.toContain("t");
});
