// The largest rosters that a hostile admin with the group key can make others take, shaped so that who belongs is hard to compute: all
// within the numbers of src/core/roster/entry.ts, and some with more new keys of one author than src/engine/roster-limits.ts has room for.
// Entries as the core sees them.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "../../src/core/bytes.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import { ENTRIES_MAX, ENTRIES_PER_AUTHOR_MAX, PARENTS_MAX, ROTATIONS_MAX } from "../../src/core/roster/entry.ts";
import type { EntryId, GroupPoint, RosterAct, RosterEntry } from "../../src/core/roster/entry.ts";
import { keyOf, keysOf } from "./rosters.ts";

export interface HeavyRoster {
	readonly entries: ReadonlyMap<EntryId, RosterEntry>;
	readonly root: EntryId;
}

const FIRST = keyOf("first");
const hashOf = (text: string): string => bytesToHex(sha256(new TextEncoder().encode(text)));
const idOf = (name: string): DeviceId => hashOf(name) as DeviceId;

class Pen {
	readonly entries = new Map<EntryId, RosterEntry>();
	readonly root: EntryId;
	#said = 0;
	#rotations = 0;

	constructor() {
		this.root = this.#write("a", [], { op: "found", name: "a", keys: keysOf("a"), key: FIRST, nonce: "00" });
	}

	/** What there is still room for. */
	get room(): { readonly said: number; readonly rotations: number } {
		return { said: ENTRIES_MAX - this.#said, rotations: ROTATIONS_MAX - this.#rotations };
	}

	join(name: string, on: readonly EntryId[], key: GroupPoint = FIRST): EntryId {
		return this.#write(name, on, { op: "join", name, keys: keysOf("x"), key });
	}

	role(by: string, name: string, on: readonly EntryId[], role: "admin" | "writer" | "reader" = "admin"): EntryId {
		return this.#write(by, on, { op: "role", device: idOf(name), role });
	}

	say(by: string, text: string, on: readonly EntryId[]): EntryId {
		return this.#write(by, on, { op: "name", name: text });
	}

	policy(by: string, joining: "key" | "ask", on: readonly EntryId[]): EntryId {
		return this.#write(by, on, { op: "policy", joining });
	}

	remove(by: string, name: string, keyEpoch: number, on: readonly EntryId[]): EntryId {
		const key = keyOf(`${by} without ${name} ${String(keyEpoch)}`);
		return this.#write(by, on, { op: "remove", device: idOf(name), keyEpoch, key });
	}

	rotate(by: string, keyEpoch: number, on: readonly EntryId[]): EntryId {
		return this.#write(by, on, { op: "rotate", keyEpoch, key: keyOf(`${by} ${String(keyEpoch)}`) });
	}

	/** Admins that the founder makes, one after the other; the last entry, and below it all of them. */
	admins(count: number, on: EntryId): { readonly names: readonly string[]; readonly top: EntryId } {
		let top = on;
		const names = Array.from({ length: count }, (_, i) => `admin ${String(i)}`);
		for (const name of names) top = this.role("a", name, [this.join(name, [top])]);
		return { names, top };
	}

	/** Fills what is left with names, each on top of as many others as it may be. */
	fill(by: readonly string[], on: EntryId, left: number): EntryId[] {
		const said: EntryId[] = [on];
		for (let i = 0; this.room.said > left; i++)
			said.push(this.say(by[i % by.length] ?? "a", String(i), said.slice(-PARENTS_MAX)));
		return said;
	}

	#write(by: string, parents: readonly EntryId[], act: RosterAct): EntryId {
		if ("keyEpoch" in act) this.#rotations++;
		else this.#said++;
		const author = idOf(by);
		const id = hashOf(JSON.stringify([author, parents, act])) as EntryId;
		this.entries.set(id, { id, author, parents, act });
		return id;
	}
}

/** `scale`: 1 fills a roster up to the limits. */
export const heavyRosters: Readonly<Record<string, (scale?: number) => HeavyRoster>> = {
	/** Each on top of the one before: newcomers first, then new keys. */
	"a chain of joins and keys": (scale = 1) => {
		const pen = new Pen();
		let top = pen.root;
		for (let i = 0; i < 760 * scale; i++) top = pen.join(`m${String(i)}`, [top]);
		for (let i = 1; i <= ROTATIONS_MAX * scale; i++) top = pen.rotate("a", i, [top]);
		return pen;
	},
	"newcomers between keys": (scale = 1) => {
		const pen = new Pen();
		let top = pen.root;
		let key = FIRST;
		for (let i = 1; i <= ROTATIONS_MAX * scale; i++) {
			for (let j = 0; j < 3; j++) top = pen.join(`m${String(i)} ${String(j)}`, [top], key);
			top = pen.rotate("a", i, [top]);
			key = keyOf(`a ${String(i)}`);
		}
		return pen;
	},
	"admins in a circle, each taking out the next": (scale = 1) => {
		const pen = new Pen();
		const { names, top } = pen.admins(Math.floor(240 * scale), pen.root);
		const said = pen.fill(names, top, Math.floor(ENTRIES_MAX * (1 - scale)));
		names.forEach((name, i) => pen.remove(name, names[(i + 1) % names.length] ?? "", 1, said.slice(-PARENTS_MAX)));
		return pen;
	},
	"admins that take out each other in pairs": (scale = 1) => {
		const pen = new Pen();
		const { names, top } = pen.admins(Math.floor(240 * scale), pen.root);
		const said = pen.fill(names, top, Math.floor(ENTRIES_MAX * (1 - scale)));
		names.forEach((name, i) => pen.remove(name, names[i ^ 1] ?? "", 1, said.slice(-PARENTS_MAX)));
		return pen;
	},
	"removals apart, each without knowing the last words of whom it takes out": (scale = 1) => {
		const pen = new Pen();
		const { names, top } = pen.admins(Math.floor(220 * scale), pen.root);
		const said = pen.fill(names, top, Math.floor(260 * scale + ENTRIES_MAX * (1 - scale)));
		const last = names.map((name) => pen.say(name, "last", said.slice(-PARENTS_MAX)));
		// Each knows all last words but one: in layers of sixteen.
		names.forEach((name, i) => {
			const others = last.filter((_, j) => j !== (i + 7) % names.length);
			let layer = others;
			while (layer.length > PARENTS_MAX) {
				if (pen.room.said < layer.length / PARENTS_MAX + 8) layer = layer.slice(-PARENTS_MAX);
				else
					layer = Array.from({ length: Math.ceil(layer.length / PARENTS_MAX) }, (_, k) =>
						pen.say("a", `${String(i)} ${String(k)}`, layer.slice(k * PARENTS_MAX, (k + 1) * PARENTS_MAX)),
					);
			}
			pen.remove(name, names[(i + 7) % names.length] ?? "", 1, layer);
		});
		return pen;
	},
	"two long chains of keys against each other": (scale = 1) => {
		const pen = new Pen();
		const { names, top } = pen.admins(Math.floor(200 * scale), pen.root);
		const said = pen.fill(names, top, Math.floor(ENTRIES_MAX * (1 - scale)));
		const half = names.length / 2;
		for (const side of [0, 1]) {
			let on = said.slice(-PARENTS_MAX);
			for (let i = 0; i < half; i++) {
				const [by, whom] = side === 0 ? [i, names.length - 1 - i] : [half + i, half - 1 - i];
				on = [pen.remove(names[Math.floor(by)] ?? "", names[Math.floor(whom)] ?? "", i + 1, on)];
			}
		}
		return pen;
	},
	"sixteen chains of keys against each other": (scale = 1) => {
		const pen = new Pen();
		const { names, top } = pen.admins(Math.floor(240 * scale), pen.root);
		const said = pen.fill(names, top, Math.floor(ENTRIES_MAX * (1 - scale)));
		const length = Math.floor(names.length / 16);
		for (let side = 0; side < 16; side++) {
			let on = said.slice(-PARENTS_MAX);
			for (let i = 0; i < length; i++) {
				const whom = names[((side + 1 + i) % 16) * length + (length - 1 - i)] ?? "";
				on = [pen.remove(names[side * length + i] ?? "", whom, i + 1, on)];
			}
		}
		return pen;
	},
	"a web of roles, under keys apart": (scale = 1) => {
		const pen = new Pen();
		const { names, top } = pen.admins(Math.floor(200 * scale), pen.root);
		let said = [top];
		for (let i = 0; pen.room.said > ENTRIES_MAX * (1 - scale); i++)
			said = [...said, pen.role(names[i % names.length] ?? "", names[(i * 7 + 3) % names.length] ?? "", said)].slice(
				-PARENTS_MAX,
			);
		for (let i = 0; i < ROTATIONS_MAX * scale; i++)
			pen.remove(names[i % names.length] ?? "", names[(i * 11 + 5) % names.length] ?? "", 1, said);
		return pen;
	},
	"joins apart from keys": (scale = 1) => {
		const pen = new Pen();
		const { names, top } = pen.admins(Math.floor(100 * scale), pen.root);
		const keys: EntryId[] = [];
		for (let i = 0; i < ROTATIONS_MAX * scale; i++)
			keys.push(pen.remove(names[i % names.length] ?? "", names[(i + 1 + (i % 17)) % names.length] ?? "", 1, [top]));
		for (let i = 0; pen.room.said > ENTRIES_MAX * (1 - scale); i++) {
			const below = keys[i % keys.length] ?? top;
			const { act } = pen.entries.get(below) as RosterEntry;
			pen.join(`m${String(i)}`, [below, keys[(i * 5 + 1) % keys.length] ?? top], "key" in act ? act.key : FIRST);
		}
		return pen;
	},
	"the founder steps down again and again": (scale = 1) => {
		const pen = new Pen();
		let top = pen.root;
		for (let i = 0; i < 250 * scale; i++) top = pen.join(`m${String(i)}`, [top]);
		for (let i = 0; i < 250 * scale; i++) top = pen.role("a", `m${String(i)}`, [top], "reader");
		for (let i = 0; pen.room.said > ENTRIES_MAX * (1 - scale) && i < ENTRIES_PER_AUTHOR_MAX; i++)
			top = pen.role("a", "a", [top], "reader");
		for (let i = 0; i < ROTATIONS_MAX * scale; i++) pen.rotate("a", 1, [top]);
		return pen;
	},
	"a dead end of titles, with removals apart on all of its steps": (scale = 1) => {
		const pen = new Pen();
		let top = pen.root;
		let by = "a";
		const steps: { name: string; on: EntryId }[] = [];
		for (let i = 0; i < 500 * scale; i++) {
			const name = `h${String(i)}`;
			top = pen.role(by, name, [pen.join(name, [top])]);
			steps.push({ name, on: top });
			by = name;
		}
		const many = Math.min(ROTATIONS_MAX * scale, steps.length);
		for (let i = 0; i < many; i++) {
			const mine = steps[Math.floor((i * steps.length) / many)];
			const victim = steps[Math.floor((((i * 37) % many) * steps.length) / many)];
			if (mine && victim) pen.remove(mine.name, victim.name, 1, [mine.on]);
		}
		return pen;
	},
	"a chain of keys above admins that take out each other in pairs": (scale = 1) => {
		const pen = new Pen();
		const { names, top } = pen.admins(Math.floor(128 * scale), pen.root);
		const said = pen.fill(names, top, Math.floor(ENTRIES_MAX * (1 - scale)) + 40);
		let heads = names.map((name, i) => pen.remove(name, names[i ^ 1] ?? "", 1, said.slice(-PARENTS_MAX)));
		while (heads.length > PARENTS_MAX)
			heads = Array.from({ length: Math.ceil(heads.length / PARENTS_MAX) }, (_, k) =>
				pen.say("a", String(k), heads.slice(k * PARENTS_MAX, (k + 1) * PARENTS_MAX)),
			);
		let on: readonly EntryId[] = heads;
		for (let i = 2; pen.room.rotations > ROTATIONS_MAX * (1 - scale); i++) on = [pen.rotate("a", i, on)];
		return pen;
	},
	"joins that know of many removals, of which each takes out who did the next": (scale = 1) => {
		const pen = new Pen();
		const { names, top } = pen.admins(Math.floor(240 * scale), pen.root);
		const removals = names.map((name, i) => pen.remove(name, names[i + 1] ?? "nobody", 1, [top]));
		const size = Math.ceil(removals.length / PARENTS_MAX);
		const parts = Array.from({ length: PARENTS_MAX }, (_, i) => removals.slice(i * size, (i + 1) * size));
		const heads = parts.filter(({ length }) => length > 0).map((part, i) => pen.say("a", String(i), part));
		for (let i = 1; pen.room.said > ENTRIES_MAX * (1 - scale); i++) {
			const known = heads.filter((_, part) => (i & (1 << part)) === 0);
			pen.join(`m${String(i)}`, known.length > 0 ? known : [top]);
		}
		return pen;
	},
};
