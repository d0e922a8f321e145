// Which devices have the file that is open as it is here: by what they said they have received, or, where nothing is left with the relay,
// by whether they are in sync. Pure. Rule GP8 of readme/SPEC.md.
import type { NoteReceipts } from "../../engine/mailbox/note-receipts.ts";
import type { ShownMember } from "../../engine/group.ts";
import { titleOf } from "../device-words.ts";
import { whereWords } from "../strings.ts";
import type { SyncState } from "../sync-state.ts";

export interface WhereRow {
	readonly device: string;
	readonly title: string;
	readonly has: "has" | "stored" | "lacking" | "notKnown";
	readonly words: string;
}

export interface WhereInput {
	readonly state: SyncState;
	readonly members: readonly ShownMember[];
	/** `undefined`: it just changes, takes no part here, or nothing is left with the relay. */
	readonly receipts: NoteReceipts | undefined;
	/** Whether the others say what they have received. */
	readonly isTold: boolean;
}

/** Who lacks it first: that is what a person asks about. */
export function whereRows({ state, members, receipts, isTold }: WhereInput): readonly WhereRow[] {
	const peers = state.kind === "running" ? state.status.peers : [];
	const names = new Map([...peers, ...members].map(({ deviceId, name }) => [deviceId as string, name]));
	const rowOf = (device: string, has: WhereRow["has"]): WhereRow => {
		const name = names.get(device) ?? device.slice(0, 8);
		const title = titleOf({ deviceId: device as ShownMember["deviceId"], name }, members);
		return { device, title, has, words: whereWords[has] };
	};
	if (isTold) {
		const { lacking = [], stored = [], has = [] } = receipts ?? {};
		return [
			...lacking.map((device) => rowOf(device, "lacking")),
			...stored.map((device) => rowOf(device, "stored")),
			...has.map((device) => rowOf(device, "has")),
		];
	}
	return peers.map(({ deviceId, state: how, inSync }) =>
		rowOf(deviceId, how !== "connected" ? "notKnown" : inSync ? "has" : "lacking"),
	);
}
