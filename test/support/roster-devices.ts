// Devices that keep a roster, with keys that are hashes; the proofs themselves have tests with real keys.
import type { DeviceId } from "../../src/core/ids.ts";
import type { Roster } from "../../src/core/roster/roster.ts";
import { admission, type Verdict } from "../../src/engine/admission.ts";
import { BufferedChannel } from "../../src/engine/buffered-channel.ts";
import { RosterKeeper } from "../../src/engine/roster-keeper.ts";
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
	/** Without a roster of its own until it meets one. */
	readonly isPaired?: boolean;
	readonly group?: string;
}

export async function rosterDevice(name: string, options: RosterDeviceOptions = {}): Promise<RosterDevice> {
	const { store = new MemoryStore(), ageMs = 0, isFirst = false, isPaired = false, group = "group" } = options;
	const deviceKey = fakeDeviceKey(name);
	const changes = { count: 0 };
	const keeper = await RosterKeeper.open({
		...{ store, deviceKey, isFirst, waitsForRoster: isPaired },
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

export function namesOf({ keeper }: RosterDevice): string {
	return [...(membersOf(keeper)?.values() ?? [])]
		.map(({ name, role, isWaiting }) => `${name}:${isWaiting ? "waiting" : role}`)
		.join(" ");
}

function membersOf({ roster }: RosterKeeper): Roster["members"] | undefined {
	return roster?.members;
}
