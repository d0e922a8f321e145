// Ending a group on this device: the notes stay, what only this device keeps becomes plain files first, and what it had of the group goes.
// What is to go is written down before the group is forgotten, so that the next start goes on where this one ended.
// Rules Q5 and SU10 of readme/SPEC.md.
import type { DataAdapter } from "obsidian";
import type { DeviceId } from "../../core/ids.ts";
import { History } from "../../engine/history.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import { firstKey } from "../../web/key-ring.ts";
import type { DeviceSettings, EndedGroup, LocalStorage } from "../device-settings.ts";
import type { RunningEngine } from "../engine-runner.ts";
import { groupName } from "../group-name.ts";
import { knownDevice, PANEL_STORE, stateFolder } from "../identity.ts";
import { forgetPlatforms } from "../known-platforms.ts";
import type { Pausing } from "../pausing.ts";
import { PluginDataStore } from "../plugin-data-store.ts";
import { forgetSettingsChoice } from "../settings-sync/settings-choice.ts";
import type { SecretStore } from "../secret-store.ts";
import { isNotThere } from "../vault-errors.ts";
import { KeptFiles, timeStamp, type KeptVersions } from "./kept-files.ts";

/** What came of leaving: versions that were replaced or deleted here, as files. */
export interface Left {
	readonly files: number;
	readonly folder: string;
	/** Everything that was kept is there, and nothing else of the group is here. Otherwise the next start goes on. */
	readonly isWhole: boolean;
}

export interface GroupPlaces {
	readonly adapter: DataAdapter;
	/** The plugin's own. */
	readonly folder: string;
	readonly storage: LocalStorage;
	readonly device: DeviceSettings;
	readonly secrets: SecretStore;
	readonly clock: Clock;
}

export interface Ending extends GroupPlaces {
	/** Ends the engine, which has no group any more, also one that is just being made; resolves when nothing of it is left. */
	readonly ended: () => Promise<void>;
}

export interface Leaving extends Ending {
	readonly pausing: Pick<Pausing, "isHeld">;
	readonly engine: KeptVersions & Pick<RunningEngine, "pause" | "resume" | "status">;
}

/** Rejects before anything of the group is gone, or not at all. */
export async function leaveGroup(leaving: Leaving): Promise<Left> {
	const { engine, pausing, adapter, folder, secrets, clock } = leaving;
	const files = new KeptFiles(adapter, `${folder}/kept ${timeStamp(clock.now())}`);
	// Nothing more is to be replaced while it is written out.
	engine.pause();
	try {
		await files.write(engine);
		const group = currentGroup(secrets);
		if (group === undefined) throw new Error("this vault is in no group");
		const left = { group, device: engine.status().deviceId, kept: files.folder };
		await endGroup(leaving, left);
		return await removeLeft(leaving, left, files);
	} catch (error) {
		if (!pausing.isHeld) engine.resume();
		throw error;
	}
}

/**
 * For a group that was only looked at. This device stays the one that it is; what it kept of an earlier time in that group stays, too.
 * Rejects before the group is forgotten, or not at all.
 */
export async function declineGroup(ending: Ending): Promise<void> {
	const group = currentGroup(ending.secrets);
	if (group === undefined) return ending.ended();
	const declined = { group };
	await endGroup(ending, declined);
	await removeDeclined(ending, declined).catch((error: unknown) => {
		// It is tried again at the next start.
		if (!(error instanceof Error)) throw error;
	});
}

/**
 * The group is forgotten, and its engine has ended. Rejects when the group is still there as it was; once it is forgotten, never.
 * Between the first line that counts and the last there is no waiting.
 */
async function endGroup({ device, secrets, storage, ended }: Ending, group: EndedGroup): Promise<void> {
	try {
		device.endedGroups = [...device.endedGroups.filter((each) => !isSame(each, group)), group];
		// Before the key goes: whoever has no state any more must not count on in the epoch of the one that had it.
		if (group.kept !== undefined) device.hasLeft = true;
		secrets.forgetGroup();
	} catch (error) {
		// What else stays is of no use to anybody without the key.
		if (secrets.groupKey !== undefined) {
			if (group.kept !== undefined) device.hasLeft = false;
			forgetEnded(device, group);
			throw error;
		}
	}
	if (group.kept !== undefined) device.paused = false;
	device.chooseFirstJoin("", "merge");
	forgetSettingsChoice(storage);
	await ended();
	// Until then the engine may tell of its devices.
	forgetPlatforms(storage);
}

/**
 * At the start of the plugin, before an engine runs: what an end of the app, or a disk that was full, left undone. Resolves to what was
 * written out. Never rejects: what cannot be done now is for the next start.
 */
export async function goOnLeaving(places: GroupPlaces, onError: (error: Error) => void): Promise<readonly Left[]> {
	const { adapter, device, secrets, storage } = places;
	const done: Left[] = [];
	for (const ended of device.endedGroups) {
		const isThisDevice = (ended.device ?? knownDevice(storage)) === knownDevice(storage);
		if (isThisDevice && !device.hasLeft && currentGroup(secrets) === ended.group) {
			// The app ended before the group was forgotten, or a person came back into one that they had declined.
			forgetEnded(device, ended);
			continue;
		}
		// In another group, and never made anew: its numbers go on from what its state says.
		if (isThisDevice && !device.hasLeft && secrets.groupKey !== undefined && ended.kept !== undefined) continue;
		try {
			if (ended.kept === undefined) {
				await removeDeclined(places, ended);
			} else {
				done.push(await removeLeft(places, ended, new KeptFiles(adapter, ended.kept), onError));
			}
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			onError(error);
		}
	}
	return done;
}

/** Writes out what came last, and what could not be written before; only then the state goes. Never rejects. */
async function removeLeft(
	{ adapter, folder, storage, device, clock }: GroupPlaces,
	left: EndedGroup,
	files: KeptFiles,
	onError: (error: Error) => void = () => undefined,
): Promise<Left> {
	let isWhole = true;
	try {
		if (left.device !== undefined) {
			// Also where the app ended between the places in which it is kept: numbers must not be given twice.
			if (left.device === knownDevice(storage)) device.hasLeft = true;
			const state = stateFolder(folder, left.device);
			await files.write(await keptOnDisk(new PluginDataStore(adapter, `${state}/${left.group}`), clock));
			await removeFolder(adapter, `${state}/${left.group}`);
			await removeFolder(adapter, `${state}/${PANEL_STORE}`);
			// Other groups may have been left in other ways, and what they had is kept there only.
			const isThere = await adapter.exists(state);
			if (isThere && (await adapter.list(state)).folders.length === 0) await removeFolder(adapter, state);
		}
		forgetEnded(device, left);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		isWhole = false;
		onError(error);
	}
	return { files: files.count, folder: files.folder, isWhole };
}

/** What an engine that only looks leaves behind: who is in the group. Where this device was in it before, all of it stays. */
async function removeDeclined(
	{ adapter, folder, device, storage, clock }: GroupPlaces,
	declined: EndedGroup,
): Promise<void> {
	const id: DeviceId | undefined = declined.device ?? knownDevice(storage);
	if (id !== undefined) {
		const state = `${stateFolder(folder, id)}/${declined.group}`;
		const store = new PluginDataStore(adapter, state);
		const hasMet = (await store.list("journal-")).length > 0;
		const isKeptHere = async (): Promise<boolean> => (await (await keptOnDisk(store, clock)).history()).length > 0;
		if (!hasMet && !(await isKeptHere())) await removeFolder(adapter, state);
	}
	forgetEnded(device, declined);
}

async function keptOnDisk(store: PluginDataStore, clock: Clock): Promise<KeptVersions> {
	const history = await History.open(store, clock);
	return { history: () => history.list(), readKept: (hash) => history.read(hash) };
}

async function removeFolder(adapter: DataAdapter, folder: string): Promise<void> {
	if (!(await adapter.exists(folder))) return;
	try {
		await adapter.rmdir(folder, true);
	} catch (error) {
		if (!isNotThere(error)) throw error;
	}
}

function currentGroup({ ring }: SecretStore): string | undefined {
	return ring && groupName(firstKey(ring));
}

function forgetEnded(device: DeviceSettings, ended: EndedGroup): void {
	device.endedGroups = device.endedGroups.filter((each) => !isSame(each, ended));
}

function isSame(one: EndedGroup, other: EndedGroup): boolean {
	return one.group === other.group && one.device === other.device && one.kept === other.kept;
}
