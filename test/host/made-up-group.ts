// The devices of which pictures are taken, and that every screen is looked at with: a laptop, a phone, a tablet, and one that would like to
// join. None of them is anybody's.
import { parseGroupKey } from "../../src/core/group-key.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { MailboxStatus } from "../../src/engine/status.ts";
import { formatPairingLink } from "../../src/wire/pairing-link.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { defined } from "../support/relay-clients.ts";
import { HOUR_MS, KEY, member, NOW_MS, peerOf } from "./screens.ts";

export const relayUrl = defined(parseRelayUrl("wss://relay.example.org"));

export const laptop = member("Laptop", "a", {
	// As long as a real one: the code on the screen has it.
	deviceId: "6f1c9ad25e0b47c38fd6a1720e9b54dc3388e1f60ba7425d9c71e50f2ab4d863" as DeviceId,
	...{ role: "admin", isThis: true, isOnline: true },
});
export const phone = member("Phone", "b", {
	role: "admin",
	fourWords: ["amber", "kettle", "violin", "north"],
	isOnline: true,
});
export const tablet = member("Tablet", "c", { fourWords: ["river", "candle", "sober", "quilt"] });
export const stranger = member("Work computer", "d", {
	standing: "waiting",
	fourWords: ["one", "two", "three", "four"],
});

export const tabletAway = peerOf(tablet, { state: "away", lastSeen: NOW_MS - 3 * HOUR_MS });

const MIB = 1024 * 1024;
export const mailbox: MailboxStatus = {
	...{ state: "on", isSafeToClose: true, isWhole: false, knows: undefined },
	...{ usedBytes: 1.2 * MIB, allowedBytes: 512 * MIB },
};

/** Into that group. */
export function pairingLink(): string {
	const key = parseGroupKey(KEY);
	if (!key.ok) throw new Error(key.message);
	return formatPairingLink({ groupKey: key.key, relayUrl, accessCode: undefined, firstDevice: laptop.deviceId });
}
