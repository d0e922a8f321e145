// Engine events as lines for a person who watches the terminal. What happens many times a second has no line.
import { assertNever } from "../../src/core/assert.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { Barred } from "../../src/engine/door.ts";
import type { ChangeKind, EngineEvent } from "../../src/engine/status.ts";
import { visible } from "./visible.ts";

/** `undefined`: nothing a person would want to read. `peerName` gives the name of a device, `before` is the line before. */
export function plainLine(
	event: EngineEvent,
	peerName: (device: DeviceId) => string,
	before?: string,
): string | undefined {
	switch (event.event) {
		case "ready":
			return `ready, with ${files(event.files)} (looked at in ${seconds(event.scanMs)})`;
		case "peer":
			return peerLine(event);
		case "progress":
			return undefined;
		case "changed":
			if (event.kind === "rename" && event.from !== undefined) return `renamed here: ${event.from} to ${event.path}`;
			return `${PAST[event.kind]} here: ${event.path}`;
		case "applied": {
			const from = event.peer === undefined ? "another device" : peerName(event.peer);
			return `${PAST[event.kind]} from ${from}: ${event.path}`;
		}
		case "in-sync":
			if (event.peers.length === 0) return undefined;
			return unless(before, `in sync with ${event.peers.map(peerName).join(", ")}: ${files(event.files)}`);
		case "out-of-sync":
			return undefined;
		case "paused":
			return event.peer === undefined ? "paused" : `paused with ${peerName(event.peer)}`;
		case "resumed":
			return event.peer === undefined ? "going on" : `going on with ${peerName(event.peer)}`;
		case "conflict":
			if ("merged" in event) return `changed on two devices at once, and merged: ${event.path}`;
			return `changed on two devices at once: ${event.path}; the other version is beside it as ${event.copy}`;
		case "held":
			// Of many deletions the problem that follows tells.
			if (event.id !== undefined) return undefined;
			if (event.reason === "ping-pong")
				return `programs on two devices change it in turn, again and again: ${event.path}. What they make of it is sent ever more slowly, until they stop`;
			return `held back: ${visible(event.path)} (${event.reason})`;
		case "withheld":
			return `${PAST[event.kind]} on another device, and left as it is here: ${event.path}`;
		case "local-change":
			return `${PAST[event.kind]} here, and told to nobody: ${event.path}`;
		case "problem":
			if (event.code === "mass-delete") return `${event.message} psync held FOLDER shows them, and how to say so`;
			return `problem: ${event.message}${event.path === undefined ? "" : ` (${event.path})`}`;
		case "own-role":
			if (event.role === "reader") return "this device only reads from now on: what is changed here is told to nobody";
			return "this device writes again";
		case "member":
			return memberLine(event);
		case "snapshot":
			return snapshotLine(event);
		case "group-key":
			return newKeyLine(event.unreached.map(({ name }) => name));
		case "stopped":
			return `stopped: ${event.reason}`;
		default:
			return assertNever(event);
	}
}

function newKeyLine(unreached: readonly string[]): string {
	const line = "the group has a new key, and this device goes on with it";
	if (unreached.length === 0) return line;
	return `${line}. It cannot be sent to: ${unreached.join(", ")}. Bring what is named here in again: psync pair FOLDER shows the link`;
}

/** One moment may bring devices in sync several times. */
function unless(before: string | undefined, line: string): string | undefined {
	return line === before ? undefined : line;
}

function snapshotLine({ action, bytes, entries }: Extract<EngineEvent, { event: "snapshot" }>): string {
	const changes = entries === 1 ? "1 change" : `${String(entries)} changes`;
	switch (action) {
		case "stored":
			return `left sealed at the relay, for devices that are away: ${changes}, ${kib(bytes)}`;
		case "fetched":
			return `taken from what was left sealed at the relay: ${changes}`;
		case "retired":
			return "removed from the relay what no device needs there any more";
		case "refused":
			return "did not take what the relay shows";
	}
}

function kib(bytes: number): string {
	const size = bytes / 1024;
	return size < 1024 ? `${size.toFixed(1)} KiB` : `${(size / 1024).toFixed(1)} MiB`;
}

function memberLine({ change, name, role }: Extract<EngineEvent, { event: "member" }>): string {
	switch (change) {
		case "joined":
			return `joined the group: ${name}`;
		case "left":
			return `no longer in the group: ${name}`;
		case "waiting":
			return `waits to be let in: ${name}`;
		case "approved":
			return `let in: ${name}`;
		case "role":
			return `from now on ${role}: ${name}`;
		default:
			return assertNever(change);
	}
}

const PAST: Readonly<Record<ChangeKind, string>> = {
	create: "added",
	modify: "changed",
	delete: "deleted",
	rename: "renamed",
};

function peerLine(event: Extract<EngineEvent, { event: "peer" }>): string | undefined {
	switch (event.state) {
		case "connecting":
			return undefined;
		case "connected":
			return `connected to ${event.name}${event.path === "turn" ? " (through a TURN server)" : ""}`;
		case "lost":
			return `lost ${event.name}${event.reason === undefined ? "" : `: ${event.reason}`}`;
		case "refused":
			return `refused ${event.name}: ${refusalText(event.reason)}`;
		default:
			return assertNever(event.state);
	}
}

/** Why a device was refused, by the code of engine/handshake.ts. */
export function refusalText(code: string | undefined): string {
	return REFUSALS[code ?? ""] ?? "PSync does not understand it. Update PSync on both devices";
}

const BARRED: Readonly<Record<Barred, string>> = {
	removed: "it was removed from the group",
	"you-were-removed":
		"this device was removed from the group. To come back, leave the group and join it with a new link",
	waiting: "it waits until an admin approves it: psync devices FOLDER lists it, psync approve FOLDER DEVICE lets it in",
	"you-are-waiting": "this device waits until it is approved on another device. The rest is by itself",
	"no-roster": "it runs an older version of PSync, which cannot say that it belongs to the group. Update it there",
	"roster-awaited":
		"both are new in the group, and wait for a device that has been in it for longer. Start one; the rest is by itself",
	"not-of-link":
		"it is not in the group that the link of this device named. If it is the one that you mean: psync leave FOLDER, then psync join FOLDER with a new link",
	"other-roster":
		"it is in another group that was begun with the same key. Leave one of the two, and join the other with a link",
	"other-epoch":
		"it says that its changes are another device's. No note was sent to it. Take it out with psync revoke FOLDER DEVICE",
};

const REFUSALS: Readonly<Record<string, string>> = {
	proof: "it did not prove on this very connection that it is a device of yours. No note was sent to it",
	identity: "another device answered in its place. No note was sent to it",
	self: "it is this very device, or a copy of its state. Start one of the two with another state folder",
	version: "it runs another version of PSync. Update the older one",
	...BARRED,
};

function files(count: number): string {
	return count === 1 ? "1 file" : `${String(count)} files`;
}

function seconds(ms: number): string {
	return ms < 1000 ? `${String(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}
