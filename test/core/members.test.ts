// Who belongs to the group, and what all of them know.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseReplicaEpoch, type DeviceId, type ReplicaEpoch } from "../../src/core/ids.ts";
import {
	isBehind,
	knownToAll,
	MEMBERS_MAX,
	NO_MEMBERS,
	retiredOf,
	toldMembers,
	withHeard,
	withoutLongRetired,
	withStrangers,
	withTold,
	type Members,
	type ToldMember,
} from "../../src/core/members.ts";
import { EMPTY_VECTOR, includes, VECTOR_EPOCHS_MAX } from "../../src/core/version-vector.ts";
import { vectors } from "../support/arbitrary-records.ts";
import { epochOf, vectorOf } from "../support/records.ts";
import { defined } from "../support/relay-clients.ts";

const RETIRE_MS = 60;
const idOf = (letter: string): DeviceId => letter.repeat(64) as DeviceId;
const OWN = new Set([epochOf("a").slice(0, 16)]);

function told(letter: string, knowledge: string, silentMs = 0): ToldMember {
	return { device: idOf(letter), epoch: epochOf(letter), knowledge: vectorOf(knowledge), silentMs };
}

function heard(members: Members, letter: string, knowledge: string, seenMs = 0): Members {
	return withHeard(members, idOf(letter), { epoch: epochOf(letter), knowledge: vectorOf(knowledge), seenMs });
}

describe("what everybody knows", () => {
	test("[T3] is what this replica knows, when it is alone", () => {
		expect(knownToAll(NO_MEMBERS, vectorOf("a3"), 0, RETIRE_MS)).toEqual(vectorOf("a3"));
	});

	test("[T3] is no more than what each one has told", () => {
		let members = heard(NO_MEMBERS, "b", "a2 b5");
		expect(knownToAll(members, vectorOf("a3 b4"), 0, RETIRE_MS)).toEqual(vectorOf("a2 b4"));
		members = heard(members, "c", "b1");
		expect(knownToAll(members, vectorOf("a3 b4"), 0, RETIRE_MS)).toEqual(vectorOf("b1"));
	});

	test("[T3 I18] what somebody knows only grows", () => {
		const members = heard(heard(NO_MEMBERS, "b", "a2 b5"), "b", "a1 c1");
		expect(members.devices.get(idOf("b"))?.knowledge).toEqual(vectorOf("a2 b5 c1"));
	});

	test("[T3 S15] stays as much as can be written down, whatever is told of somebody, and its own word counts", () => {
		const many = (from: number) =>
			new Map(
				Array.from({ length: VECTOR_EPOCHS_MAX }, (_, n) => [
					defined(parseReplicaEpoch((from + n).toString(16).padStart(24, "0"))),
					1,
				]),
			);
		const knowledgeOf = (members: Members) => members.devices.get(idOf("b"))?.knowledge;
		const before = withTold(heard(NO_MEMBERS, "b", "a2 b5"), { ...told("b", ""), knowledge: many(0) }, 1);
		expect(knowledgeOf(before)).toEqual(vectorOf("a2 b5"));
		const own = { epoch: epochOf("b"), seenMs: 2 };
		const members = withHeard(before, idOf("b"), { ...own, knowledge: many(1) });
		expect(knowledgeOf(members)).toEqual(many(1));
		expect(knowledgeOf(withHeard(members, idOf("b"), { ...own, knowledge: vectorOf("b6") }))).toEqual(vectorOf("b6"));
		expect(knowledgeOf(withTold(members, { ...told("b", "c1"), silentMs: 0 }, 9))).toEqual(many(1));
	});

	test("[T4] is nothing while there is somebody of whom only changes are known, and goes on when they are introduced", () => {
		const knowledge = vectorOf("a3 b4 c1");
		let members = heard(NO_MEMBERS, "b", "a3 b4 c1");
		members = withStrangers(members, knowledge, OWN, 0);
		expect([...members.strangers.keys()]).toEqual(["c".repeat(16)]);
		expect(knownToAll(members, knowledge, 0, RETIRE_MS)).toEqual(EMPTY_VECTOR);
		members = withTold(members, told("c", "a1 c1"), 0);
		expect(members.strangers.size).toBe(0);
		expect(withStrangers(members, knowledge, OWN, 0)).toBe(members);
		expect(knownToAll(members, knowledge, 0, RETIRE_MS)).toEqual(vectorOf("a1 c1"));
	});

	test("[T4] a stranger that makes no more changes retires; one that does is alive", () => {
		let members = withStrangers(NO_MEMBERS, vectorOf("a1 c1"), OWN, 0);
		members = withStrangers(members, vectorOf("a1 c1"), OWN, RETIRE_MS - 1);
		expect(knownToAll(members, vectorOf("a1 c1"), RETIRE_MS, RETIRE_MS)).toEqual(vectorOf("a1 c1"));
		members = withStrangers(members, vectorOf("a1 c2"), OWN, RETIRE_MS);
		expect(knownToAll(members, vectorOf("a1 c2"), RETIRE_MS, RETIRE_MS)).toEqual(EMPTY_VECTOR);
		expect(knownToAll(members, vectorOf("a1 c2"), 2 * RETIRE_MS, RETIRE_MS)).toEqual(vectorOf("a1 c2"));
	});

	test("[T4] a device's other lives are no strangers", () => {
		const other = parseReplicaEpoch("b".repeat(16) + "00000001") as ReplicaEpoch;
		const members = heard(NO_MEMBERS, "b", "b1");
		expect(withStrangers(members, new Map([...vectorOf("a1 b1"), [other, 4]]), OWN, 0)).toBe(members);
	});

	test("[T1] is not all there is while somebody current knows more, be it of a third one", () => {
		const is = (members: Members, knowledge: string, nowMs = 0) =>
			isBehind(members, vectorOf(knowledge), nowMs, RETIRE_MS);
		const members = heard(heard(NO_MEMBERS, "b", "a3 b5 c2"), "c", "a1 c1");
		expect(is(members, "a3 b5 c2")).toBe(false);
		expect(is(members, "a3 b4 c2")).toBe(true);
		expect(is(members, "a3 b5 c1")).toBe(true);
		expect(is(members, "a3 b4 c1", RETIRE_MS)).toBe(false);
		expect(is(NO_MEMBERS, "a3")).toBe(false);
		// Nobody will ever tell what a device counted before it lost its state.
		const later = parseReplicaEpoch("b".repeat(16) + "00000001") as ReplicaEpoch;
		const anew = withHeard(members, idOf("b"), { epoch: later, knowledge: vectorOf("a3 c1"), seenMs: 1 });
		expect(is(anew, "a3 b4 c2")).toBe(false);
		expect(is(anew, "a3 b5 c1")).toBe(true);
	});

	test("[T5] leaves out who was silent for long, until they give a sign of life", () => {
		let members = heard(heard(NO_MEMBERS, "b", "a1", 0), "c", "a3", 30);
		const know = (nowMs: number) => knownToAll(members, vectorOf("a3"), nowMs, RETIRE_MS);
		expect(know(RETIRE_MS - 1)).toEqual(vectorOf("a1"));
		expect(know(RETIRE_MS)).toEqual(vectorOf("a3"));
		expect([...retiredOf(members, RETIRE_MS, RETIRE_MS)]).toEqual([idOf("b")]);
		members = heard(members, "b", "a2", RETIRE_MS + 5);
		expect(know(RETIRE_MS + 6)).toEqual(vectorOf("a2"));
	});

	test("[T6] is nothing when there are more than can be counted, until the longest silent are left out", () => {
		let members = NO_MEMBERS;
		for (let i = 0; i <= MEMBERS_MAX; i++) {
			const device = i.toString(16).padStart(64, "0") as DeviceId;
			const epoch = `${i.toString(16).padStart(16, "0")}00000000` as ReplicaEpoch;
			members = withHeard(members, device, { epoch, knowledge: vectorOf("a1"), seenMs: i });
		}
		expect(members.devices.size).toBe(MEMBERS_MAX);
		expect(knownToAll(members, vectorOf("a1"), 0, RETIRE_MS)).toEqual(EMPTY_VECTOR);
		const nowMs = RETIRE_MS + MEMBERS_MAX - 10;
		members = withoutLongRetired(members, EMPTY_VECTOR, nowMs, RETIRE_MS);
		expect(members.devices.size).toBe(MEMBERS_MAX / 2);
		expect(Math.min(...[...members.devices.values()].map(({ seenMs }) => seenMs))).toBe(MEMBERS_MAX / 2);
		// They are not taken for somebody new when their changes are seen.
		members = withStrangers(members, EMPTY_VECTOR, OWN, nowMs);
		expect(knownToAll(members, vectorOf("a1"), nowMs, RETIRE_MS)).toEqual(vectorOf("a1"));
	});
});

describe("what others tell of the members", () => {
	test("[T3] is a silence: who tells later has a calendar of its own", () => {
		const members = withTold(heard(NO_MEMBERS, "b", "b1", 10), told("b", "b2", 20), 100);
		expect(toldMembers(members, 100)).toEqual([told("b", "b2", 20)]);
		expect(toldMembers(withTold(members, told("b", "", 50), 100), 100)).toEqual([told("b", "b2", 20)]);
	});

	test("[T3 T4] in whatever order, and however often, ends in the same", () => {
		const letters = fc.constantFrom("b", "c", "d");
		const news = fc.array(
			fc.tuple(letters, vectors, fc.nat(50)).map(([letter, knowledge, silentMs]): ToldMember => ({
				...told(letter, "", silentMs),
				knowledge,
			})),
			{ maxLength: 8 },
		);
		const all = (list: readonly ToldMember[]) =>
			list.reduce((members, each) => withTold(members, each, 100), NO_MEMBERS);
		fc.assert(
			fc.property(news, fc.infiniteStream(fc.nat()), (list, order) => {
				const keyed = list.map((each) => ({ each, at: order.next().value as number }));
				const shuffled = keyed.sort((a, b) => a.at - b.at).map(({ each }) => each);
				expect(all([...shuffled, ...shuffled])).toEqual(all(list));
				for (const { device, knowledge } of list) {
					expect(includes(all(list).devices.get(device)?.knowledge ?? EMPTY_VECTOR, knowledge)).toBe(true);
				}
			}),
		);
	});
});
