// Rosters of any shape: entries on top of any others, by anybody, with a good part of them such that they count.
import fc from "fast-check";
import type { EntryId, GroupPoint, RosterAct, RosterEntry } from "../../src/core/roster/entry.ts";
import { PARENTS_MAX, ROLES } from "../../src/core/roster/entry.ts";
import type { HeavyRoster } from "./heavy-rosters.ts";
import { deviceOf, entryOf, FIRST_KEY, foundedBy, keyOf, keysOf } from "./rosters.ts";

const LETTERS = "abcdefgh".split("");
const KINDS = [
	"remove",
	"remove",
	"remove",
	"rotate",
	"join",
	"join",
	"role",
	"role",
	"policy",
	"leave",
	"name",
	"epoch",
] as const;

const step = fc.record({
	by: fc.constantFrom(...LETTERS),
	whom: fc.constantFrom(...LETTERS),
	what: fc.constantFrom(...KINDS),
	/** How far back; mostly the last words of some. */
	parents: fc.array(fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 60 })), { minLength: 1, maxLength: 4 }),
	role: fc.constantFrom("admin", ...ROLES),
	/** What is wrong with it: its number, its key, nothing. */
	fault: fc.constantFrom("number", "key", "", "", "", "", "", ""),
	knowsOwn: fc.boolean(),
});

/** `length`: how many entries there are at most, besides those with which the group begins. */
export function anyRoster(length: number): fc.Arbitrary<HeavyRoster> {
	return fc
		.record({
			admins: fc.nat({ max: 5 }),
			writers: fc.nat({ max: 2 }),
			asks: fc.boolean(),
			steps: fc.array(step, { minLength: length / 2, maxLength: length }),
		})
		.map(({ admins, writers, asks, steps }) => {
			const { root, entries } = foundedBy("a");
			const all = [...entries.values()];
			const pasts = new Map<EntryId, ReadonlySet<RosterEntry>>([[root, new Set()]]);
			const write = (
				by: string,
				on: readonly RosterEntry[],
				actOf: (past: ReadonlySet<RosterEntry>) => RosterAct,
			): void => {
				const past = new Set(on.flatMap((each) => [each, ...(pasts.get(each.id) ?? [])]));
				const parents = on.map(({ id }) => id).slice(0, PARENTS_MAX);
				const entry = entryOf(by, [...new Set(parents)], actOf(past));
				if (pasts.has(entry.id)) return;
				pasts.set(entry.id, past);
				all.push(entry);
			};
			const last = (): RosterEntry[] => all.slice(-1);
			for (const letter of LETTERS.slice(1, 1 + admins + writers))
				write(letter, last(), () => ({ op: "join", name: letter, keys: keysOf(letter), key: FIRST_KEY }));
			for (const letter of LETTERS.slice(1, 1 + admins))
				write("a", last(), () => ({ op: "role", device: deviceOf(letter), role: "admin" }));
			if (asks) write("a", last(), () => ({ op: "policy", joining: "ask" }));
			steps.forEach(({ by, whom, what, parents, role, fault, knowsOwn }, n) => {
				const on = parents.flatMap((back) => all[Math.max(0, all.length - 1 - back)] ?? []);
				const own = all.findLast(({ author }) => author === deviceOf(by));
				write(by, knowsOwn && own !== undefined ? [...on, own] : on, (past) => {
					const keys = [...past].flatMap(({ act }) => ("keyEpoch" in act ? [act] : []));
					const highest = keys.reduce((best, { keyEpoch }) => Math.max(best, keyEpoch), 0);
					const key = keys.find(({ keyEpoch }) => keyEpoch === highest)?.key ?? FIRST_KEY;
					const other = keys[n % (keys.length + 1)]?.key ?? FIRST_KEY;
					const device = deviceOf(whom);
					const next = {
						keyEpoch: fault === "number" ? 1 + (n % 3) : highest + 1,
						key: fault === "key" ? other : keyOf(`${by}${String(n)}`),
					};
					const joining: GroupPoint = fault === "key" ? other : key;
					const acts: Record<(typeof KINDS)[number], RosterAct> = {
						remove: { op: "remove", device, ...next },
						rotate: { op: "rotate", ...next },
						join: { op: "join", name: `${by}${String(n)}`, keys: keysOf(by), key: joining },
						role: { op: "role", device, role },
						policy: { op: "policy", joining: role === "writer" ? "key" : "ask" },
						leave: { op: "leave" },
						name: { op: "name", name: String(n) },
						epoch: { op: "epoch", epoch: whom.repeat(24) as never },
					};
					return acts[what];
				});
			});
			return { root, entries: new Map(all.map((entry) => [entry.id, entry])) };
		});
}
