// Leaving a group: the notes stay, what was replaced or deleted here becomes plain files, and what this device kept of the group goes.
// Rule Q5 of readme/SPEC.md.
import { normalizePath } from "obsidian";
import type { DataAdapter } from "obsidian";
import type { ContentHash } from "../../core/hash.ts";
import type { DeviceId } from "../../core/ids.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { KeptVersion } from "../../engine/history.ts";
import { toArrayBuffer } from "../array-buffer.ts";
import type { DeviceSettings } from "../device-settings.ts";
import type { RunningEngine } from "../engine-runner.ts";
import type { Pausing } from "../pausing.ts";
import type { SecretStore } from "../secret-store.ts";

/** What came of leaving: versions that were replaced or deleted here, as files. */
export interface Left {
	readonly files: number;
	readonly folder: string;
}

export interface Leaving {
	readonly engine: KeptVersions & Pick<RunningEngine, "pause" | "resume" | "status">;
	readonly adapter: DataAdapter;
	/** The plugin's own. */
	readonly folder: string;
	readonly device: DeviceSettings;
	readonly pausing: Pick<Pausing, "isHeld">;
	readonly secrets: SecretStore;
	readonly clock: Clock;
	/** Ends the engine, which has no group any more; resolves when nothing of it is left. */
	readonly ended: () => Promise<void>;
}

/** Rejects before anything of the group is gone, or not at all. */
export async function leaveGroup({
	engine,
	pausing,
	adapter,
	folder,
	device,
	secrets,
	clock,
	ended,
}: Leaving): Promise<Left> {
	const { deviceId } = engine.status();
	const kept = `${folder}/kept ${timeStamp(clock.now())}`;
	// Nothing more is to be replaced while it is written out.
	engine.pause();
	let files: number;
	try {
		files = await writeKept(engine, adapter, kept);
		device.hasLeft = true;
		secrets.forgetGroup();
	} catch (error) {
		if (!pausing.isHeld) engine.resume();
		throw error;
	}
	device.paused = false;
	await forgetGroup({ deviceId, adapter, folder, device, secrets, ended });
	return { files, folder: kept };
}

/** Of a device that has nothing to leave behind, too. Joining again makes another device of it. */
export async function forgetGroup({
	deviceId,
	adapter,
	folder,
	device,
	secrets,
	ended,
}: Omit<Leaving, "engine" | "pausing" | "clock"> & { readonly deviceId: DeviceId | undefined }): Promise<void> {
	device.hasLeft = true;
	secrets.forgetGroup();
	await ended();
	if (deviceId === undefined) return;
	const state = normalizePath(`${folder}/state/${deviceId}`);
	if (await adapter.exists(state)) await adapter.rmdir(state, true);
}

interface KeptVersions {
	history(): Promise<readonly KeptVersion[]>;
	readKept(hash: ContentHash): Promise<Uint8Array | undefined>;
}

/** Resolves to the number of files. The same version kept twice is one file. */
async function writeKept(kept: KeptVersions, adapter: DataAdapter, folder: string): Promise<number> {
	const written = new Set<string>();
	for (const { path, hash, atMs } of await kept.history()) {
		const dot = path.lastIndexOf(".");
		const extension = dot > path.lastIndexOf("/") + 1 ? path.slice(dot) : "";
		const stamp = timeStamp(atMs);
		const name = `${path.slice(0, path.length - extension.length)} (${stamp} ${hash.slice(0, 8)})${extension}`;
		if (written.has(name)) continue;
		const bytes = await kept.readKept(hash);
		if (bytes === undefined) continue;
		// The path was checked when it was recorded: it stays below the folder.
		const file = normalizePath(`${folder}/${name}`);
		const parent = file.slice(0, file.lastIndexOf("/"));
		if (!(await adapter.exists(parent))) await adapter.mkdir(parent);
		await adapter.writeBinary(file, toArrayBuffer(bytes), { mtime: Math.trunc(atMs) });
		written.add(name);
	}
	return written.size;
}

function timeStamp(atMs: number): string {
	return new Date(atMs).toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-");
}
