// What lies at the relay for whom, tried on replicas that edit, delete, meet, forget, and leave claims for each other in any order.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	canGrow,
	canStartAnew,
	claimable,
	isSafeToClose,
	isServable,
	planAnew,
	planMailbox,
	reachOf,
	type Addressee,
	type Claim,
} from "../../src/core/mailbox-plan.ts";
import { isLive, isNewTo, joinRecords, type PathRecord } from "../../src/core/record.ts";
import {
	covers,
	EMPTY_VECTOR,
	equalVectors,
	includes,
	joinVectors,
	meetVectors,
	withDot,
	type Dot,
	type VersionVector,
} from "../../src/core/version-vector.ts";
import { dotOf, testEpoch, testSibling, vectorOf } from "../support/arbitrary-records.ts";

const DEVICES = 3;
const PATHS = 4;

interface Stored extends Claim {
	readonly records: ReadonlyMap<number, PathRecord>;
	/** Whom it was made for does not lack it before it goes. */
	readonly by: number;
}

/** A device of the model. */
class Replica {
	readonly number: number;
	records = new Map<number, PathRecord>();
	knowledge: VersionVector = EMPTY_VECTOR;
	forgotten: VersionVector = EMPTY_VECTOR;
	/** What each of the others said last that it knows. */
	readonly known = new Map<number, VersionVector>();

	constructor(number: number) {
		this.number = number;
	}

	/** Every other number is left out. */
	act(path: number, isDeletion: boolean): Dot {
		const dot = dotOf(this.number + 1, (this.knowledge.get(testEpoch(this.number + 1)) ?? 0) + 2);
		const context = withDot(this.records.get(path)?.context ?? this.forgotten, dot);
		const sibling = testSibling(dot, isDeletion ? undefined : dot.counter);
		this.records.set(path, { context, siblings: [sibling], superseded: [] });
		this.knowledge = withDot(this.knowledge, dot);
		return dot;
	}

	take(records: ReadonlyMap<number, PathRecord>): void {
		for (const [path, record] of records) {
			const own = this.records.get(path) ?? { context: this.forgotten, siblings: [], superseded: [] };
			const joined = joinRecords(own, record);
			const isForgotten = !this.records.has(path) && joined.siblings.length === 0 && !isNewTo(record, this.knowledge);
			if (!isForgotten) this.records.set(path, joined);
		}
	}

	hear(other: Replica): void {
		const isBehind = !includes(this.knowledge, other.forgotten);
		this.take(other.records);
		if (isBehind) {
			for (const [path, record] of this.records) {
				if (other.records.has(path)) continue;
				this.records.set(path, joinRecords(record, { context: other.forgotten, siblings: [], superseded: [] }));
			}
			this.forgotten = joinVectors(this.forgotten, other.forgotten);
		}
		this.knowledge = joinVectors(this.knowledge, other.knowledge);
	}

	/** What everybody knows, of what was deleted. */
	forget(known: VersionVector): void {
		for (const [path, record] of [...this.records]) {
			if (isLive(record) || !includes(known, record.context)) continue;
			this.records.delete(path);
			this.forgotten = joinVectors(this.forgotten, record.context);
		}
	}

	live(): string[] {
		return [...this.records].flatMap(([path, { siblings }]) =>
			siblings.flatMap(({ content }) => (content === undefined ? [] : [`${String(path)} ${content.hash}`])),
		);
	}
}

type Step =
	| { readonly kind: "act"; readonly who: number; readonly path: number; readonly isDeletion: boolean }
	| { readonly kind: "meet"; readonly who: number; readonly other: number }
	| { readonly kind: "store" | "anew" | "take" | "forget" | "forget-alone" | "part"; readonly who: number };

const step: fc.Arbitrary<Step> = fc.oneof(
	fc.record({
		kind: fc.constant("act" as const),
		who: fc.nat(DEVICES - 1),
		path: fc.nat(PATHS - 1),
		isDeletion: fc.boolean(),
	}),
	fc.record({ kind: fc.constant("meet" as const), who: fc.nat(DEVICES - 1), other: fc.nat(DEVICES - 1) }),
	fc.record({
		kind: fc.constantFrom("store" as const, "anew" as const, "take" as const, "forget" as const, "part" as const),
		who: fc.nat(DEVICES - 1),
	}),
);

/** Also deletions that somebody does not know of who was away for too long. */
const anyStep = fc.oneof(
	{ weight: 6, arbitrary: step },
	fc.record({ kind: fc.constant("forget-alone" as const), who: fc.nat(DEVICES - 1) }),
);

/** Replicas that have met once, and their mailbox. */
class Group {
	readonly replicas = Array.from({ length: DEVICES }, (_, number) => new Replica(number));
	readonly acts = new Map<Dot, number>();
	claims: Stored[] = [];

	constructor() {
		for (const replica of this.replicas) this.acts.set(replica.act(replica.number, false), replica.number);
		for (const one of this.replicas) for (const other of this.replicas) one.hear(other);
		for (const one of this.replicas) for (const other of this.replicas) one.hear(other);
		for (const one of this.replicas) this.#tellAll(one);
	}

	run(now: Step): void {
		const one = this.replica(now.who);
		if (now.kind === "act") this.acts.set(one.act(now.path, now.isDeletion), now.path);
		if (now.kind === "meet") {
			const other = this.replica(now.other);
			one.hear(other);
			other.hear(one);
			one.known.set(other.number, other.knowledge);
			other.known.set(one.number, one.knowledge);
		}
		if (now.kind === "store") this.store(one);
		if (now.kind === "anew") this.storeAnew(one);
		if (now.kind === "part") this.store(one, true);
		if (now.kind === "take") this.takeIn(one);
		if (now.kind === "forget-alone") one.forget(one.knowledge);
		if (now.kind === "forget") {
			const mailbox = this.claims.reduce<VersionVector>((all, { to }) => joinVectors(all, to), EMPTY_VECTOR);
			const all = this.replicas.reduce((known, { number, knowledge }) => {
				const heard = number === one.number ? knowledge : (one.known.get(number) ?? EMPTY_VECTOR);
				return meetVectors(known, heard);
			}, one.knowledge);
			one.forget(this.claims.length === 0 ? all : meetVectors(all, mailbox));
		}
	}

	replica(number: number): Replica {
		const replica = this.replicas[number];
		if (replica === undefined) throw new RangeError(`no replica ${String(number)}`);
		return replica;
	}

	addressees(one: Replica): Addressee[] {
		return this.replicas
			.filter((other) => other !== one)
			.map(({ number }) => ({ known: one.known.get(number) ?? EMPTY_VECTOR, isConnected: false }));
	}

	input(one: Replica) {
		return {
			own: one.knowledge,
			forgotten: one.forgotten,
			addressees: this.addressees(one),
			claims: this.claims,
			isWhole: false,
			isSmall: true,
		};
	}

	/** `isPartial`: the contents of one version that others made are not at hand. */
	store(one: Replica, isPartial = false): void {
		this.takeIn(one);
		const { drop, addFrom } = planMailbox(this.input(one));
		this.claims = this.claims.filter((_, place) => !drop.has(place));
		if (addFrom !== undefined) this.claims.push(this.#claim(one, addFrom, isPartial));
	}

	storeAnew(one: Replica): void {
		this.takeIn(one);
		if (!canStartAnew(this.input(one))) return;
		const { addFrom } = planAnew(this.input(one));
		this.claims = addFrom === undefined ? [] : [this.#claim(one, addFrom, false)];
	}

	#claim(one: Replica, from: VersionVector, isPartial: boolean): Stored {
		const records = new Map([...one.records].filter(([, record]) => isNewTo(record, from)));
		const others = [...records.values()].flatMap(({ siblings }) =>
			siblings.filter(({ dot }) => dot.epoch !== testEpoch(one.number + 1)).map(({ dot }) => dot),
		);
		const to = claimable({ from, to: one.knowledge }, isPartial ? others.slice(0, 1) : [], records.values());
		return { from, to, records, by: one.number };
	}

	takeIn(one: Replica): void {
		for (const { from, to, records } of this.claims) {
			one.take(records);
			if (includes(one.knowledge, from)) one.knowledge = joinVectors(one.knowledge, to);
		}
		this.#tellAll(one);
	}

	/** As receipts do. */
	#tellAll(one: Replica): void {
		for (const other of this.replicas) if (other !== one) other.known.set(one.number, one.knowledge);
	}

	/** Of a number that somebody left out nobody knows: it would tell them that they forgot an act. */
	expectNumbersOfActs(): void {
		for (const { knowledge } of this.replicas)
			for (const [epoch, counter] of knowledge) {
				const isAct = [...this.acts.keys()].some((dot) => dot.epoch === epoch && dot.counter === counter);
				expect(isAct, `${epoch} ${String(counter)}`).toBe(true);
			}
	}

	/** Knowing of an act is having it, or having what came after it, or having forgotten that it was deleted. */
	expectTrueKnowledge(): void {
		for (const replica of this.replicas)
			for (const [dot, path] of this.acts) {
				if (!covers(replica.knowledge, dot)) continue;
				const record = replica.records.get(path);
				const isThere = record !== undefined && covers(record.context, dot);
				expect(isThere || covers(replica.forgotten, dot), `${String(replica.number)} ${JSON.stringify(dot)}`).toBe(
					true,
				);
			}
	}
}

function grown(steps: readonly Step[]): Group {
	const group = new Group();
	for (const each of steps) group.run(each);
	return group;
}

describe("a mailbox", () => {
	test("[ZD1] makes whoever knows what a claim begins with, and takes it in, know what it ends with", () => {
		fc.assert(
			fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
				const group = new Group();
				for (const each of steps) {
					group.run(each);
					group.expectTrueKnowledge();
				}
			}),
		);
	});

	test("[S9 ZD7] makes nobody know a number that its device gave to no act", () => {
		const found: Step[] = [
			{ kind: "act", who: 1, path: 0, isDeletion: false },
			{ kind: "meet", who: 2, other: 1 },
			{ kind: "part", who: 2 },
			{ kind: "take", who: 0 },
		];
		const run = (steps: readonly Step[]): void => {
			const group = new Group();
			for (const each of steps) {
				group.run(each);
				group.expectNumbersOfActs();
			}
		};
		fc.assert(fc.property(fc.array(anyStep, { maxLength: 60 }), run), { examples: [[found]] });
	});

	test("[ZD1] counts no claim for who knows less than it begins with", () => {
		const [first, second] = [vectorOf(dotOf(1, 1)), vectorOf(dotOf(1, 2))];
		const claims = [{ from: first, to: second }];
		expect(reachOf(first, claims)).toEqual(second);
		expect(reachOf(EMPTY_VECTOR, claims)).toEqual(EMPTY_VECTOR);
		expect(reachOf(EMPTY_VECTOR, [{ from: EMPTY_VECTOR, to: first }, ...claims])).toEqual(second);
	});

	test("[ZD2] brings everybody everything, although nobody meets anybody", () => {
		const apart = step.filter(({ kind }) => kind !== "meet");
		fc.assert(
			fc.property(fc.array(apart, { maxLength: 40 }), (steps) => {
				const group = grown(steps);
				for (let round = 0; round < 3; round++) for (const one of group.replicas) group.store(one);
				const [first, ...others] = group.replicas.map((each) => each.live().sort().join("\n"));
				for (const other of others) expect(other).toBe(first);
				const [{ knowledge } = group.replica(0)] = group.replicas;
				for (const one of group.replicas) expect(equalVectors(one.knowledge, knowledge)).toBe(true);
			}),
		);
	});

	test("[ZD3] lets nothing go that somebody may lack, and nothing stay that nobody does", () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), fc.nat(DEVICES - 1), (steps, who) => {
				const group = grown(steps);
				const one = group.replica(who);
				group.takeIn(one);
				const input = group.input(one);
				const { drop } = planMailbox(input);
				const kept = input.claims.filter((_, place) => !drop.has(place));
				for (const { known } of input.addressees) {
					const before = reachOf(known, input.claims);
					expect(includes(reachOf(known, kept), before)).toBe(true);
				}
				const isLackedBySomebody = ({ to }: Claim): boolean =>
					input.addressees.some(({ known }) => isServable(known, input) && !includes(known, to));
				for (const place of drop)
					expect(isLackedBySomebody(input.claims[place] ?? { from: one.knowledge, to: one.knowledge })).toBe(false);
				group.storeAnew(one);
				for (const { known } of group.addressees(one)) {
					if (isServable(known, input)) expect(includes(reachOf(known, group.claims), one.knowledge)).toBe(true);
				}
			}),
		);
	});

	test("[ZD4] holds what only this device has before it says that it may be closed", () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), fc.nat(DEVICES - 1), (steps, who) => {
				const group = grown(steps);
				const one = group.replica(who);
				const epochs = [testEpoch(who + 1)];
				const isSafe = (): boolean => isSafeToClose(one.knowledge, epochs, group.addressees(one), group.claims);
				group.store(one);
				expect(isSafe()).toBe(true);
				one.act(0, false);
				expect(isSafe()).toBe(false);
				// The others never hear of anything else any more.
				group.store(one);
				for (const other of group.replicas) group.takeIn(other);
				for (const other of group.replicas)
					expect(
						includes(other.knowledge, new Map([[testEpoch(who + 1), one.knowledge.get(testEpoch(who + 1)) ?? 0]])),
					).toBe(true);
			}),
		);
	});

	test("[ZD5] adds nothing for those that are connected, that know everything, or that never began", () => {
		const own = vectorOf(dotOf(1, 5), dotOf(2, 3));
		const input = { own, forgotten: EMPTY_VECTOR, claims: [], isWhole: false, isSmall: false };
		const plan = (...addressees: Addressee[]) => planMailbox({ ...input, addressees }).addFrom;
		const behind = vectorOf(dotOf(1, 4));
		expect(plan()).toBeUndefined();
		expect(plan({ known: own, isConnected: false })).toBeUndefined();
		expect(plan({ known: behind, isConnected: true })).toBeUndefined();
		expect(plan({ known: vectorOf(dotOf(3, 9)), isConnected: false })).toBeUndefined();
		expect(plan({ known: behind, isConnected: false })).toEqual(behind);
		// Where there is little in all, somebody who has only begun gets it too.
		expect(
			planMailbox({ ...input, isSmall: true, addressees: [{ known: EMPTY_VECTOR, isConnected: false }] }).addFrom,
		).toEqual(EMPTY_VECTOR);
		// And nobody for whom deletions were forgotten that it never saw: it gets all of the records from a device.
		expect(
			planMailbox({ ...input, forgotten: vectorOf(dotOf(1, 5)), addressees: [{ known: behind, isConnected: false }] })
				.addFrom,
		).toBeUndefined();
	});

	test("[ZD6] keeps all of a copy for newcomers, and lets it grow", () => {
		const own = vectorOf(dotOf(1, 5));
		const claims = [{ from: EMPTY_VECTOR, to: vectorOf(dotOf(1, 4)) }];
		const known = { known: own, isConnected: false };
		const input = { own, forgotten: EMPTY_VECTOR, claims, addressees: [known], isWhole: true, isSmall: false };
		expect(planMailbox(input)).toEqual({ drop: new Set(), addFrom: claims[0]?.to, isForNewcomersOnly: true });
		expect(planMailbox({ ...input, isWhole: false })).toEqual({
			drop: new Set([0]),
			addFrom: undefined,
			isForNewcomersOnly: true,
		});
		expect(planAnew(input).addFrom).toEqual(EMPTY_VECTOR);
		expect([canGrow(claims, vectorOf(dotOf(1, 4))), canGrow(claims, own)]).toEqual([true, false]);
	});

	test("[ZD7] claims nothing from a version on whose contents are not there, and ends with the act before it", () => {
		const [from, to] = [vectorOf(dotOf(1, 2)), vectorOf(dotOf(1, 50), dotOf(2, 30))];
		const recordOf = (...dots: readonly Dot[]): PathRecord => {
			return { context: vectorOf(...dots), siblings: dots.map((dot) => testSibling(dot, 1)), superseded: [] };
		};
		const seen = { ...recordOf(dotOf(2, 10)), context: vectorOf(dotOf(1, 20), dotOf(2, 10)) };
		const records = [recordOf(dotOf(1, 30)), recordOf(dotOf(1, 40), dotOf(2, 30)), recordOf(dotOf(1, 50))];
		const claimed = (lacking: readonly Dot[], more: readonly PathRecord[] = []): VersionVector =>
			claimable({ from, to }, lacking, [...records, ...more]);
		expect(claimed([])).toEqual(to);
		expect(claimed([dotOf(1, 50), dotOf(1, 40)])).toEqual(vectorOf(dotOf(1, 30), dotOf(2, 30)));
		expect(claimed([dotOf(1, 30)])).toEqual(vectorOf(dotOf(1, 2), dotOf(2, 30)));
		// A version that something covers is an act too.
		expect(claimed([dotOf(1, 30)], [seen])).toEqual(vectorOf(dotOf(1, 20), dotOf(2, 30)));
		expect(claimed([dotOf(2, 30)])).toEqual(vectorOf(dotOf(1, 50)));
		expect(claimed([dotOf(2, 30), dotOf(1, 90)], [seen])).toEqual(vectorOf(dotOf(1, 50), dotOf(2, 10)));
		// What it begins with stays.
		expect(claimed([dotOf(1, 1)])).toEqual(vectorOf(dotOf(1, 2), dotOf(2, 30)));
	});
});
