// An admin that was stolen and taken out, and answers with whatever it can sign: by itself, and by as many devices as it makes up.
import fc from "fast-check";
import type { EntryId, RosterAct, RosterEntry } from "../../src/core/roster/entry.ts";
import { assert } from "../../src/core/assert.ts";
import { rosterOf, type Roster } from "../../src/core/roster/roster.ts";
import { deviceOf, entryOf, FIRST_KEY, foundedBy, keyOf, keysOf, meet, RosterWriter } from "./rosters.ts";

export const HONEST = ["h", "i", "j"] as const;
export const MADE_UP = ["1", "2", "3"] as const;

export interface HonestStep {
	readonly who: string;
	readonly whom: string;
	readonly what: "join" | "role" | "remove" | "rotate" | "meet";
}

export const honestStep: fc.Arbitrary<HonestStep> = fc.record({
	who: fc.constantFrom("t", ...HONEST),
	whom: fc.constantFrom("t", ...HONEST),
	what: fc.constantFrom("join", "join", "role", "role", "remove", "rotate", "meet", "meet", "meet"),
});

export const isAdmin = (roster: Roster | undefined, letter: string): boolean => {
	const member = roster?.members.get(deviceOf(letter));
	return member?.role === "admin" && !member.isWaiting;
};

/** Devices that keep to the rules, each with what it has heard. */
export class Group {
	readonly thief: RosterWriter;
	readonly #writers: ReadonlyMap<string, RosterWriter>;

	/** `isFirst`: the thief's is the device on which the group began; else `h` is, and `isAdmin`: that made it an admin. */
	constructor(isFirst = true, isAdmin = true) {
		const { letter: first, root, entries } = foundedBy(isFirst ? "t" : "h");
		this.#writers = new Map(["t", ...HONEST].map((letter) => [letter, new RosterWriter(letter, root, entries)]));
		this.thief = this.writer("t");
		this.play(isFirst ? made("h", "t") : made("t", first).filter(({ what }) => isAdmin || what !== "role"));
	}

	/** Who has not heard that the first device is out goes on with it as with any other. */
	play(steps: readonly HonestStep[], isStolen = false): void {
		for (const { who, whom, what } of steps) {
			const [writer, other] = [this.writer(who), this.writer(whom)];
			const { members, gone, current } = writer.roster;
			if (who === whom) continue;
			const isIn = members.has(deviceOf(who));
			const isInOther = other.roster.members.has(deviceOf(whom));
			if (what === "join" && !isIn && !gone.has(deviceOf(who)) && isInOther) {
				if (other.roster.gone.has(deviceOf(who)) || other.roster.members.has(deviceOf(who))) continue;
				writer.hear(other);
				writer.act({ op: "join", name: who, keys: keysOf(who), key: other.roster.current.key });
				other.hear(writer);
			}
			if (
				what === "meet" &&
				isIn &&
				isInOther &&
				members.has(deviceOf(whom)) &&
				other.roster.members.has(deviceOf(who))
			)
				meet(writer, other);
			if (!isAdmin(writer.roster, who)) continue;
			// The first device says so before it is stolen, of one that nobody knows.
			const named = who === "t" && !members.has(deviceOf(whom)) ? "1" : whom;
			if (what === "role") writer.act({ op: "role", device: deviceOf(named), role: "admin" });
			if (what === "rotate")
				writer.act({ op: "rotate", keyEpoch: current.epoch + 1, key: keyOf(`${who}${String(current.epoch)}`) });
			// Nobody takes out the first device before it is stolen, and it takes nobody out.
			if (what === "remove" && who !== "t" && (isStolen || whom !== "t") && members.has(deviceOf(whom)))
				writer.remove(whom, `${who}${whom}${String(current.epoch)}`);
		}
	}

	writer(letter: string): RosterWriter {
		const writer = this.#writers.get(letter);
		assert(writer !== undefined, "a letter is that of a device");
		return writer;
	}

	/** So that all that are in know of it. */
	say(letter: string, act: RosterAct): void {
		this.writer(letter).act(act);
		this.hear(this.writer(letter).entries);
	}

	/** Those that are still in hear of all this. */
	hear(entries: ReadonlyMap<EntryId, RosterEntry>): void {
		for (const { letter, roster, entries: known } of this.#writers.values())
			if (letter !== "t" && roster.members.has(deviceOf(letter))) for (const each of entries) known.set(...each);
	}

	/** Everything that anybody said. */
	entries(): Map<EntryId, RosterEntry> {
		return new Map([...this.#writers.values()].flatMap(({ entries }) => [...entries]));
	}
}

const MOVES = ["join", "role", "remove", "remove", "remove", "rotate", "join and role", "step down", "leave"] as const;

const place = fc.record({
	/** Its own words, from the last on; what it knew, from the last on, from the first on; what who took it out knew; a new key of anybody; all. */
	pool: fc.constantFrom("own", "own", "own", "own words", "known", "known", "early", "owner's", "keys", "all"),
	back: fc.oneof(fc.nat({ max: 2 }), fc.nat()),
});

const forgery = fc.record({
	/** Of those that may do it: the first device, and whom it made up. */
	by: fc.nat(),
	/** Most often who took it out. */
	whom: fc.nat(),
	what: fc.constantFrom<(typeof MOVES)[number] | "make readers">(...MOVES),
	on: fc.array(place, { minLength: 1, maxLength: 3 }),
	isAfterOwn: fc.boolean(),
});
export type Forgery = typeof forgery extends fc.Arbitrary<infer T> ? T : never;

/** On top of its last words; `back`: and of those before. */
function then(what: Forgery["what"], by: number, whom = 0, ...back: readonly number[]): Forgery {
	const on = [...new Set([0, ...back])].map((each) => ({ pool: "own" as const, back: each }));
	return { by, whom, what, on, isAfterOwn: false };
}

/** Of which devices `whom` is the number, for whoever is one of them: the first device, and the first that it made up. */
const EACH_OTHER = 9;

/** What it would do to come back, on top of anything. */
const plans: readonly ((first: Forgery) => readonly Forgery[])[] = [
	(first) => [{ ...first, what: "join and role" }, then("remove", 1)],
	(first) => [{ ...first, what: "remove", whom: 0 }, then("join", 0), then("join", 1)],
	(first) => [{ ...first, what: "remove", whom: 0, by: 0 }, then("join and role", 0), then("remove", 1)],
	(first) => [{ ...first, what: "join", by: 0, on: [{ pool: "early", back: 0 }] }, ...onTopOfAll(then("remove", 1))],
	(first) => [
		{ ...first, what: "join" },
		then("make readers", 0),
		then("step down", 0, first.whom * 2),
		then("remove", 0),
	],
	(first) => [{ ...first, what: "join" }, then("make readers", 0), then("leave", 0), then("remove", 0)],
	(first) => [
		{ ...first, what: "join and role", by: 0 },
		then("join", 0),
		then("make readers", 0),
		then("remove", 0, EACH_OTHER),
		{ ...then("remove", 1, EACH_OTHER), on: [{ pool: "own", back: 1 }] },
		then("remove", 0, 0, 1),
	],
];

function onTopOfAll(last: Forgery): readonly Forgery[] {
	return [{ ...last, on: [...last.on, { pool: "known", back: 0 }] }];
}

/** Anything, and now and then what it would do to come back. */
export const forgeries: fc.Arbitrary<readonly Forgery[]> = fc
	.array(
		fc.oneof(
			forgery.map((each) => [each]),
			fc.tuple(fc.constantFrom(...plans), forgery).map(([plan, each]) => plan(each)),
		),
		{
			minLength: 3,
			maxLength: 8,
		},
	)
	.map((parts) => parts.flat());

/** What others take from it: it is an admin where it says so, and has the key by which it joins. All of it comes into `all` as well. */
export function forge(
	{ root, entries: known }: RosterWriter,
	owner: RosterWriter,
	all: Map<EntryId, RosterEntry>,
	forgeries: readonly Forgery[],
): readonly RosterEntry[] {
	const before = [...known.values()];
	const keys = new Set([FIRST_KEY, ...before.flatMap(({ act }) => ("keyEpoch" in act ? [act.key] : []))]);
	const own: RosterEntry[] = [];
	const pools = {
		own: () => (own.length > 0 ? own : before),
		"own words": () => [...before.filter(({ author }) => author === deviceOf("t")), ...own],
		known: () => before,
		early: () => before.toReversed(),
		"owner's": () => [...owner.entries.values()],
		keys: () => [...all.values()].filter(({ act }) => "keyEpoch" in act),
		all: () => [...all.values()],
	};
	for (const { by, whom, what, on, isAfterOwn } of forgeries) {
		const parents = new Set(
			on.flatMap(({ pool, back }) => {
				const from = pools[pool]();
				return from[from.length - 1 - (back % from.length)]?.id ?? [];
			}),
		);
		if (parents.size === 0) parents.add(root);
		const past = pastOf(all, [...parents]);
		const roster = rosterOf(past, root);
		if (roster === undefined) continue;
		const write = (letter: string, act: RosterAct, above: readonly EntryId[] = []): RosterEntry => {
			const last = own.findLast(({ author }) => author === deviceOf(letter));
			const parentsOf = above.length > 0 ? above : [...parents, ...(isAfterOwn && last ? [last.id] : [])];
			const entry = entryOf(letter, [...new Set(parentsOf)], act);
			if (!all.has(entry.id)) own.push(entry);
			all.set(entry.id, entry);
			return entry;
		};
		const admins = ["t", ...MADE_UP].filter((letter) => isAdmin(roster, letter));
		const author = admins[by % Math.max(1, admins.length)];
		// What is no new key is taken from anybody.
		const speaker = author ?? ["t", ...MADE_UP].find((letter) => roster.members.has(deviceOf(letter))) ?? "t";
		const next = { keyEpoch: roster.current.epoch + 1, key: keyOf(`made up ${String(own.length)}`) };
		const ins = [owner.letter, owner.letter, owner.letter, ...HONEST, ...HONEST, "t", ...MADE_UP];
		const device = deviceOf(ins.filter((letter) => letter !== author)[whom % (ins.length - 1)] ?? "t");
		switch (what) {
			case "join":
			case "join and role": {
				const newcomers = MADE_UP.filter(
					(letter) => !roster.members.has(deviceOf(letter)) && !roster.gone.has(deviceOf(letter)),
				);
				const letter = newcomers[by % Math.max(1, newcomers.length)];
				const { key } = roster.current;
				if (letter === undefined || !keys.has(key)) break;
				const join = write(letter, { op: "join", name: letter, keys: keysOf(letter), key });
				if (what === "join and role")
					write(speaker, { op: "role", device: deviceOf(letter), role: "admin" }, [join.id]);
				break;
			}
			case "role": {
				const others = [...roster.members.values()].filter((each) => !isAdmin(roster, each.device.charAt(0)));
				const other = others[whom % Math.max(1, others.length)];
				if (other !== undefined) write(speaker, { op: "role", device: other.device, role: "admin" });
				break;
			}
			case "step down":
				write(speaker, { op: "role", device: whom % 2 ? device : deviceOf(speaker), role: "reader" });
				break;
			case "make readers": {
				let on: readonly EntryId[] = [...parents];
				for (const { device } of roster.members.values())
					if (!["t", ...MADE_UP].includes(device.charAt(0)))
						on = [write(speaker, { op: "role", device, role: "reader" }, on).id];
				break;
			}
			case "leave":
				write(speaker, { op: "leave" });
				break;
			case "remove":
				if (author === undefined) break;
				write(author, { op: "remove", device, ...next });
				keys.add(next.key);
				break;
			case "rotate":
				if (author === undefined) break;
				write(author, { op: "rotate", ...next });
				keys.add(next.key);
				break;
		}
	}
	return own;
}

export function pastOf(all: ReadonlyMap<EntryId, RosterEntry>, parents: readonly EntryId[]): Map<EntryId, RosterEntry> {
	const past = new Map<EntryId, RosterEntry>();
	const below = [...parents];
	for (const id of below) {
		const entry = past.has(id) ? undefined : all.get(id);
		if (entry === undefined) continue;
		past.set(id, entry);
		below.push(...entry.parents);
	}
	return past;
}

/** `who` joins, and is made an admin by `whom`. */
export function made(who: string, whom: string): readonly HonestStep[] {
	return [
		{ who, whom, what: "join" },
		{ who: whom, whom: who, what: "role" },
		{ who, whom, what: "meet" },
	];
}
