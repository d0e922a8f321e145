// What a running device answers to those who want something back.
import type { Engine } from "../../src/engine/engine.ts";
import type { Restored } from "../../src/engine/past.ts";
import type { ControlAnswer, ControlRequest } from "./control-protocol.ts";

type PastRequest = Extract<ControlRequest, { command: "restore" | "undo" | "batches" | "conflicts" }>;
type Refused = Extract<Restored, { kind: "refused" }>;

export async function answerAboutPast(request: PastRequest, engine: Engine): Promise<ControlAnswer> {
	const { past } = engine;
	if (past === undefined) return { ok: false, message: "psync is starting; try again in a moment" };
	switch (request.command) {
		case "conflicts":
			return { ok: true, result: past.conflicts() };
		case "batches": {
			const batches = await past.batches();
			return { ok: true, result: batches.map(({ changes, ...batch }) => ({ ...batch, paths: changes.map(pathOf) })) };
		}
		case "undo": {
			const undone = await past.undo(request.batch);
			if (undone !== undefined) return { ok: true, result: undone };
			const what = request.batch === undefined ? "nothing was done here yet" : `there is no batch ${request.batch}`;
			return { ok: false, message: `${what}; psync undo FOLDER --list shows what can be taken back` };
		}
		case "restore": {
			const { version, to } = request;
			const restored = await past.restore(request.path, {
				...(version === undefined ? {} : { version }),
				...(to === undefined ? {} : { to }),
			});
			return restored.kind === "refused" ? { ok: false, message: wordsFor(restored) } : { ok: true, result: restored };
		}
	}
}

function pathOf({ path }: { readonly path: string }): string {
	return path;
}

function wordsFor({ reason, detail }: Refused): string {
	switch (reason) {
		case "no-version":
			return `nothing is kept of ${detail}; psync history FOLDER shows what is`;
		case "not-kept":
			return `the bytes of ${detail} are not there any more`;
		case "bad-path":
			return `no file can be called so: ${detail}`;
		case "left-out":
			return `${detail} takes no part on this device; name another place with --to`;
		case "folder-there":
			return `a folder is at ${detail}; name another place with --to`;
		case "file-above":
			return `${detail} is a file, so nothing can be in it; name another place with --to`;
		case "changed-since":
			return `another device has just changed ${detail}; look at it, and restore it again`;
		case "receive-only":
			return `this device only receives, so nothing is restored on it; psync history FOLDER --export DIR writes what is kept out as files`;
		case "held":
			return `it is restored on the other devices, and cannot be written here now (${detail}); it is tried again`;
	}
}
