// Devices that keep a roster, with keys that are hashes; the proofs themselves have tests with real keys.
import type { DeviceId } from "../../src/core/ids.ts";
import { ENTRIES_PER_AUTHOR_MAX, type EntryId, type RosterAct } from "../../src/core/roster/entry.ts";
import type { Roster } from "../../src/core/roster/roster.ts";
import { admission, type Verdict } from "../../src/engine/admission.ts";
import { BufferedChannel } from "../../src/engine/buffered-channel.ts";
import { RosterKeeper } from "../../src/engine/roster-keeper.ts";
import { encodeEntryBody, entryIdOf, entrySignatureMessage, type WireEntry } from "../../src/wire/roster-codec.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "../simulation/fake-crypto.ts";
import { channelPair } from "./channel-pair.ts";
import { MemoryStore } from "./memory-store.ts";

export interface RosterDevice {
	readonly id: DeviceId;
	readonly keeper: RosterKeeper;
	readonly store: MemoryStore;
	/** How long it has had its roster. */
	readonly ageMs: number;
	/** How often something changed. */
	readonly changes: { count: number };
}

export interface RosterDeviceOptions {
	readonly store?: MemoryStore;
	readonly ageMs?: number;
	readonly isFirst?: boolean;
	/** Without a roster of its own until it meets the one that the laptop began, or any where `isLinkOld`: it names nobody. */
	readonly isPaired?: boolean;
	readonly isLinkOld?: boolean;
	readonly group?: string;
}

export async function rosterDevice(name: string, options: RosterDeviceOptions = {}): Promise<RosterDevice> {
	const {
		store = new MemoryStore(),
		ageMs = 0,
		isFirst = false,
		isPaired = false,
		isLinkOld = false,
		group = "group",
	} = options;
	const deviceKey = fakeDeviceKey(name);
	const changes = { count: 0 };
	const keeper = await RosterKeeper.open({
		...{ store, deviceKey, isFirst },
		firstDevice: isPaired && !isFirst && !isLinkOld ? fakeDeviceKey("laptop").deviceId : undefined,
		agreementKey: fakeDeviceKey(`${name}, agreeing`).publicKey,
		proof: fakeSecrets(group).roster,
		verifier: fakeVerifier,
		random: { bytes: (length) => new Uint8Array(length).fill(name.length) },
		name: () => name,
		onChange: () => {
			changes.count++;
		},
	});
	if (keeper.roster === undefined && !isPaired) await keeper.found();
	return { id: deviceKey.deviceId, keeper, store, ageMs, changes };
}

/** Both verdicts, the first device's first. */
export async function meeting(a: RosterDevice, b: RosterDevice): Promise<readonly [Verdict, Verdict]> {
	const { offerer, answerer } = channelPair();
	const [toB, toA] = [new BufferedChannel(offerer), new BufferedChannel(answerer)];
	return Promise.all([
		admission({ channel: toB, keeper: a.keeper, own: a.id, peer: b.id, ageMs: a.ageMs }),
		admission({ channel: toA, keeper: b.keeper, own: b.id, peer: a.id, ageMs: b.ageMs }),
	]);
}

/** Something that the device with this name says, signed as it should be, whether or not there is room for it. */
export async function saidBy(name: string, parents: readonly EntryId[], act: RosterAct): Promise<WireEntry> {
	const key = fakeDeviceKey(name);
	const body = encodeEntryBody(key.deviceId, parents, act);
	return [body, await key.sign(entrySignatureMessage(body)), null];
}

/** As many names as one may say besides that it joins, each on top of the one before. */
export async function namesBy(name: string, parents: readonly EntryId[], text = ""): Promise<WireEntry[]> {
	const all: WireEntry[] = [];
	let on = parents;
	for (let n = 1; n < ENTRIES_PER_AUTHOR_MAX; n++) {
		const entry = await saidBy(name, on, { op: "name", name: `${text}${String(n)}` });
		all.push(entry);
		on = [entryIdOf(entry[0])];
	}
	return all;
}

export function namesOf({ keeper }: RosterDevice): string {
	return [...(membersOf(keeper)?.values() ?? [])]
		.map(({ name, role, isWaiting }) => `${name}:${isWaiting ? "waiting" : role}`)
		.join(" ");
}

function membersOf({ roster }: RosterKeeper): Roster["members"] | undefined {
	return roster?.members;
}
