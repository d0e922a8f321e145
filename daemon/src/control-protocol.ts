// What commands and the running device say to each other over the local socket: one request and one answer a connection,
// each a line of JSON. Nothing secret travels here, and only this user can connect.
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";

export const REQUEST_BYTES_MAX = 16 * 1024;
/** A status may list many conflicts and held files. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
export const REQUEST_TIME_MS = 5_000;

const peer = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200)));

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));

export const requestSchema = v.variant("command", [
	v.object({ command: v.literal("status") }),
	v.object({ command: v.literal("scan") }),
	v.object({ command: v.literal("pause"), peer }),
	v.object({ command: v.literal("resume"), peer }),
	v.object({ command: v.literal("restore"), path: text, version: v.optional(text), to: v.optional(text) }),
	v.object({ command: v.literal("undo"), batch: v.optional(text) }),
	v.object({ command: v.literal("batches") }),
	v.object({ command: v.literal("conflicts") }),
	v.object({ command: v.literal("held") }),
	v.object({ command: v.literal("answer-held"), id: text, answer: v.picklist(["accept", "reject"]) }),
	v.object({ command: v.literal("revert"), path: v.optional(text) }),
	v.object({ command: v.literal("override"), withAdded: v.boolean() }),
	v.object({ command: v.literal("verify") }),
	/** Everything that the group left at its relay. */
	v.object({ command: v.literal("delete-stored") }),
	v.object({ command: v.literal("devices") }),
	v.object({ command: v.literal("approve"), device: text }),
	v.object({ command: v.literal("revoke"), device: text }),
	/** `exportTo`: an absolute path; the running device writes every kept version there. */
	v.object({ command: v.literal("history"), exportTo: v.optional(v.pipe(v.string(), v.maxLength(4096))) }),
]);
export type ControlRequest = v.InferOutput<typeof requestSchema>;

export const answerSchema = v.variant("ok", [
	v.object({ ok: v.literal(true), result: v.optional(v.unknown()) }),
	v.object({ ok: v.literal(false), message: v.string() }),
]);
export type ControlAnswer = v.InferOutput<typeof answerSchema>;

/** What `status` says about the device's peers and files: `psync status --json`. */
export const statusReportSchema = v.looseObject({
	device: v.string(),
	name: v.string(),
	mode: v.string(),
	running: v.boolean(),
	phase: v.string(),
	peers: v.array(
		v.looseObject({
			...{ device: v.string(), name: v.string(), state: v.string(), inSync: v.boolean() },
			mode: v.optional(v.string(), "send-receive"),
			refused: v.optional(v.string()),
		}),
	),
	files: v.number(),
	leftOut: v.number(),
	history: v.optional(v.looseObject({ versions: v.number(), bytes: v.number(), budgetBytes: v.number() })),
	root: v.string(),
	pending: v.object({ in: v.number(), out: v.number() }),
	paused: v.boolean(),
	conflicts: v.array(v.looseObject({ path: v.string(), copy: v.string() })),
	held: v.array(v.looseObject({ path: v.string(), reason: v.string(), id: v.optional(v.string()) })),
	withheld: v.array(v.looseObject({ path: v.string(), kind: v.string() })),
	localChanges: v.array(v.looseObject({ path: v.string(), kind: v.string() })),
	problems: v.array(v.looseObject({ code: v.string(), message: v.string() })),
	/** Whether all that was done here is on each other device, or lies sealed at the relay. Not there: the mailbox is not used. */
	safeToClose: v.optional(v.boolean()),
	/** What lies at the relay for devices that are away. */
	mailbox: v.optional(
		v.looseObject({
			...{ state: v.string(), stored: v.boolean(), wholeCopy: v.boolean() },
			usedBytes: v.optional(v.number()),
			allowedBytes: v.optional(v.number()),
		}),
	),
});
export type StatusReport = v.InferOutput<typeof statusReportSchema>;

/** Deletions that wait for a person's word, and files that are held back for other reasons: `psync held`. */
export const heldReportSchema = v.object({
	deletions: v.array(
		v.object({
			id: v.string(),
			reason: v.string(),
			/** `missing`, `deleted` or `emptied`. */
			rule: v.string(),
			/** `here`, or `peer`: another device deleted them. */
			origin: v.string(),
			by: v.array(v.string()),
			date: v.string(),
			count: v.number(),
			paths: v.array(v.string()),
			/** Of the same, gone before it was too much: taken back with the others. */
			before: v.array(v.string()),
		}),
	),
	files: v.array(v.object({ path: v.string(), reason: v.string() })),
});
export type HeldReport = v.InferOutput<typeof heldReportSchema>;

/** Who belongs to the group, oldest first: `psync devices`. */
export const membersReportSchema = v.array(
	v.object({
		device: v.string(),
		name: v.string(),
		/** `admin`, `writer` or `reader`. */
		role: v.string(),
		/** `member`, `waiting` or `gone`. */
		standing: v.string(),
		isThis: v.boolean(),
		isOnline: v.boolean(),
		fourWords: v.optional(v.array(v.string())),
	}),
);
export type MembersReport = v.InferOutput<typeof membersReportSchema>;

/** What became of a removal: `psync revoke`. */
export const revokedReportSchema = v.object({
	device: v.string(),
	name: v.string(),
	/** The new group key: `now`, or `later`, when the relay can be reached. */
	handedOut: v.picklist(["now", "later"]),
	/** Names of those that have to be paired again. */
	unreached: v.array(v.string()),
});
export type RevokedReport = v.InferOutput<typeof revokedReportSchema>;

/** Says where the socket is: paths of sockets are short (about 104 bytes), those of state directories need not be. */
export const SOCKET_PLACE_FILE = "control.json";
export const socketPlaceSchema = v.object({ socket: v.string() });

const SOCKET_PATH_BYTES_MAX = 100;

/** The socket's path in the state directory; `undefined`: too long for the system, take `shortSocketFolder`. */
export function ownSocketPath(stateDirectory: string): string | undefined {
	const path = join(stateDirectory, "control.sock");
	return Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX ? path : undefined;
}

/** Beginning of the name of a new private folder (mkdtemp) for a socket. */
export function shortSocketFolder(env: Readonly<Record<string, string | undefined>>): string {
	return join(env["XDG_RUNTIME_DIR"] ?? tmpdir(), "psync-");
}
