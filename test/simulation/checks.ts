// The invariants of readme/SPEC.md that a finished run is judged by. Each returns what is wrong, in words; none: it holds.
import { equalBytes } from "../../src/core/bytes.ts";
import { contentHashFromBytes } from "../../src/core/hash.ts";
import { isConflictCopyName, originalPath } from "../../src/core/conflict-name.ts";
import { NO_DEVICE_HAS_IT } from "../../src/engine/absent-versions.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { inPlain } from "./acts.ts";
import { noVersionOfNobody } from "./deeds.ts";
import { gaveWayToAnotherLife, mayStay, mayStayHalf, wasFoundForgotten, wasHidingForgotten } from "./excuses.ts";
import { noMoreCopiesThanVersions, nothingVanished } from "./folder-checks.ts";
import { isKeptText } from "./kept-texts.ts";
import { isWholeList, tokensIn } from "./lists.ts";
import type { World } from "./world.ts";

const ROOT_MISMATCH = "equal knowledge, different roots";

export async function violations(world: World): Promise<string[]> {
	const nowhere = await lostPaths(world);
	return [
		...(await recoverability(world)),
		...convergence(world, nowhere),
		...(await noLostUpdate(world)),
		...(await noLostLine(world)),
		...(await noLineBack(world)),
		...(await noResurrectionAndNoStaleWinner(world, nowhere)),
		...noCopyOfCopy(world),
		...(await noMoreCopiesThanVersions(world)),
		...nothingVanished(world, nowhere),
		...noConflictWithoutConcurrency(world),
		...noConflictOfEqualBytes(world),
		...(await noMadeUpContent(world, nowhere)),
		...(await noProblems(world)),
		...(world.hasBlind ? [] : noVersionOfNobody(await world.writtenDown(), world.deeds)),
		...(await world.violationsOnTheWay()),
	];
}

function filesOf(world: World, name: string): Map<string, string> {
	const decoder = new TextDecoder();
	return new Map([...world.device(name).vault.files()].map(([path, bytes]) => [path, decoder.decode(bytes)]));
}

/**
 * Paths, in their plainest spelling, that devices hold because no device has the bytes (X12), where that is so: a disk was lost that may have been the only
 * one with something that was saved there, and of that no device shows anything or could give it.
 */
async function lostPaths(world: World): Promise<ReadonlySet<string>> {
	const { record } = world;
	const shown = new Set(world.devices.flatMap(({ name }) => [...filesOf(world, name).values()]));
	const found = new Set<string>();
	for (const path of new Set(world.devices.flatMap(({ engine }) => engine.status().held.map((held) => held.path)))) {
		for (const content of record.lostAt(path))
			if (!shown.has(content) && !(await isKept(world, content))) found.add(inPlain(path));
	}
	return found;
}

/**
 * I1: all members hold the same set of (path, bytes) and the same folders, and know it. Where nobody can have the last version
 * (`nowhere`), each shows what it had before, and says so.
 */
function convergence(world: World, nowhere: ReadonlySet<string>): string[] {
	const [first, ...others] = world.devices;
	if (first === undefined) return [];
	const isNowhere = (path: string): boolean =>
		[path, originalPath(testPath(path)) ?? path].some((each) => nowhere.has(inPlain(each)));
	// A folder above such a path is there for it, or not yet.
	const isAboveNowhere = (folder: string): boolean =>
		[...nowhere].some((path) => path.startsWith(`${inPlain(folder)}/`));
	const shownBy = ({ name, vault }: (typeof world.devices)[number]): string =>
		JSON.stringify([
			[...filesOf(world, name)].filter(([path]) => !isNowhere(path)),
			vault.folders().filter((folder) => !isAboveNowhere(folder)),
		]);
	const expected = shownBy(first);
	const found: string[] = [];
	for (const other of others) {
		const shown = shownBy(other);
		if (shown !== expected) found.push(`I1: ${first.name} has ${expected}, ${other.name} has ${shown}`);
	}
	for (const { engine, name } of world.devices) {
		const { phase, held, problems, pending } = engine.status();
		const isExplained = held.every(({ path, reason }) => reason === NO_DEVICE_HAS_IT && nowhere.has(inPlain(path)));
		const isQuiet = phase === "attention" && problems.length === 0 && pending.in === 0 && isExplained;
		if (phase !== "in-sync" && !isQuiet) found.push(`I1: ${name} says ${phase}`);
	}
	const roots = new Set(world.devices.map(({ engine }) => engine.status().root));
	if (roots.size > 1) found.push(`I28: different roots when quiet: ${[...roots].join(" ")}`);
	return found;
}

/** I2: every save is in a live file, or in what led to one, or was deleted by somebody who had seen it. */
async function noLostUpdate(world: World): Promise<string[]> {
	const { record } = world;
	const alive = new Set<string>();
	for (const { name } of world.devices) {
		for (const content of filesOf(world, name).values()) for (const token of record.withSeen(content)) alive.add(token);
	}
	const deleted = record.deleted();
	const lost = record.saved.filter(
		(token) => !alive.has(token) && !deleted.has(token) && !record.isLostWithADisk(token),
	);
	const kept = await Promise.all(lost.map((token) => isInHistoryOfAnotherLife(world, token)));
	return lost.flatMap((token, i) => (kept[i] === true ? [] : [`I2: lost: ${token}`]));
}

async function isInHistoryOfAnotherLife(world: World, content: string): Promise<boolean> {
	return gaveWayToAnotherLife(content, await world.writtenDown()) && (await isKept(world, content));
}

async function isKept({ devices }: World, content: string): Promise<boolean> {
	const hash = contentHashFromBytes(nodeCryptoDigest.sha256(new TextEncoder().encode(content)));
	for (const { engine } of devices) if (hash && (await engine.readKept(hash)) !== undefined) return true;
	return false;
}

/** I29: a line that nobody who had seen it took out is somewhere. */
async function noLostLine(world: World): Promise<string[]> {
	const contents = world.devices.flatMap(({ name }) => [...filesOf(world, name).values()]);
	const shown = new Set(contents.flatMap(tokensIn));
	const lost = [...world.record.kept].filter(
		([token, content]) => !shown.has(token) && !world.record.isLostWithADisk(content),
	);
	const kept = await Promise.all(lost.map(([, content]) => isInHistoryOfAnotherLife(world, content)));
	return lost.flatMap(([token], i) => (kept[i] === true ? [] : [`I29: lost: ${token}`]));
}

/**
 * I29, the other way round: no merged text has a line that everybody who worked on it last had taken out, or never had; but for one
 * that had to be kept when nobody could know of that yet.
 */
async function noLineBack(world: World): Promise<string[]> {
	const { record } = world;
	const superseded = record.stillSuperseded();
	const present = new Set(record.saved.filter((content) => !superseded.has(content)).flatMap(tokensIn));
	const undecidable = new Set(record.saved.filter((content) => record.isUndecidable(content)).flatMap(tokensIn));
	const saved = new Set(record.saved);
	const isBack = (token: string): boolean => !present.has(token) && !undecidable.has(token);
	const found: string[] = [];
	for (const { name } of world.devices) {
		for (const [path, content] of filesOf(world, name)) {
			const back = isWholeList(content) && !saved.has(content) ? tokensIn(content).filter(isBack) : [];
			if (back.length === 0 || isKeptText(path, content, record.saved, await world.writtenDown())) continue;
			found.push(...back.map((token) => `I29: ${name}: in ${path} is back: ${token}`));
		}
	}
	return found;
}

/** I3: what the engine replaced or removed on a device is in that device's history. */
async function recoverability(world: World): Promise<string[]> {
	const found: string[] = [];
	for (const { name, engine, destroyed } of world.devices) {
		for (const bytes of destroyed) {
			const hash = contentHashFromBytes(nodeCryptoDigest.sha256(bytes));
			const kept = hash && (await engine.readKept(hash));
			if (kept === undefined || !equalBytes(kept, bytes))
				found.push(`I3: ${name} cannot give back: ${new TextDecoder().decode(bytes)}`);
		}
	}
	return found;
}

/**
 * I4, I5: no file that is not a conflict copy holds bytes that a deletion or a later save had seen; but for what was there before
 * a save that is nowhere any more, and what nobody can know to be old since all who may have heard of it lost their states.
 */
async function noResurrectionAndNoStaleWinner(world: World, nowhere: ReadonlySet<string>): Promise<string[]> {
	const deleted = world.record.stillDeleted();
	const superseded = world.record.stillSuperseded();
	const found: string[] = [];
	for (const { name, engine } of world.devices) {
		const { held } = engine.status();
		for (const [path, content] of filesOf(world, name)) {
			if (isConflictCopyName(testPath(path)) || world.record.isUndecidable(content)) continue;
			const isBack = deleted.has(content) && !mayStay(path, nowhere, held);
			if (isBack && !wasFoundForgotten(path, content, await world.writtenDown()))
				found.push(`I4: ${name}: ${path} is back: ${content}`);
			if (superseded.has(content) && !nowhere.has(inPlain(path)))
				found.push(`I5: ${name}: ${path} is stale: ${content}`);
		}
	}
	return found;
}

/** I9: no name carries two conflict suffixes. */
function noCopyOfCopy(world: World): string[] {
	return world.devices.flatMap(({ name, vault }) =>
		[...vault.files().keys()].flatMap((path) => {
			const original = originalPath(testPath(path));
			return original !== undefined && isConflictCopyName(original) ? [`I9: ${name}: ${path}`] : [];
		}),
	);
}

/**
 * I6: if everybody on a path saw what was there before, no copy of it exists; unless a folder wants its name (P1), or half of a
 * write is beside it that nobody could know any more.
 */
function noConflictWithoutConcurrency(world: World): string[] {
	const ordered = new Set(world.record.pathsWithoutConcurrency());
	return world.devices.flatMap(({ name, vault }) =>
		[...vault.files().keys()].flatMap((path) => {
			const original = originalPath(testPath(path));
			const isFound = original !== undefined && ordered.has(inPlain(original)) && !isHalfBeside(world, vault, original);
			return isFound ? [`I6: ${name}: ${path}`] : [];
		}),
	);
}

/** The file or one of its copies is, or was, there when a device lost its state, and is no content that anybody saved. */
function isHalfBeside({ record }: World, vault: World["devices"][number]["vault"], original: string) {
	const isOne = (path: string): boolean => path === original || originalPath(testPath(path)) === original;
	const texts = [...vault.files().keys()].filter(isOne).map((each) => vault.text(each) ?? "");
	const isHalf = (text: string): boolean => record.isLeftBehind(text) && !record.isKnown(text) && !isWholeList(text);
	return record.hasDealtWithHalf(original) || texts.some(isHalf);
}

/** I7: where everybody saved the same, there is no copy; unless half of a write that nobody could know any more is beside it. */
function noConflictOfEqualBytes(world: World): string[] {
	const { record } = world;
	const paths = new Set(record.pathsWithOneContent());
	return world.devices.flatMap(({ name, vault }) =>
		[...vault.files().keys()].flatMap((path) => {
			const original = originalPath(testPath(path));
			if (original === undefined || !paths.has(inPlain(original)) || record.hasFolder(original)) return [];
			return isHalfBeside(world, vault, original) ? [] : [`I7: ${name}: ${path}`];
		}),
	);
}

/**
 * I23: no file holds what nobody ever saved or merged: not the start of a write that was cut off, not an empty file; but for one
 * that was to be replaced by what is nowhere any more (X12), and is a version of nobody.
 */
async function noMadeUpContent(world: World, nowhere: ReadonlySet<string>): Promise<string[]> {
	const { record } = world;
	const saved = new Set(record.saved);
	const noted = await world.writtenDown();
	const isMerged = (content: string): boolean =>
		isWholeList(content) && tokensIn(content).every((token) => record.isKnown(token));
	return world.devices.flatMap(({ name, engine }) =>
		[...filesOf(world, name)].flatMap(([path, content]) => {
			if (saved.has(content) || isMerged(content) || record.isLeftBehind(content)) return [];
			if (mayStay(path, nowhere, engine.status().held) && mayStayHalf(content, saved, noted)) return [];
			return [`I23: ${name}: ${path} holds ${JSON.stringify(content)}`];
		}),
	);
}

/**
 * That somebody counted in what they never had (R5) is found by the roots, and reported; it comes of a state that was put back or
 * lost, or of an old version that came back when some had forgotten why it is hidden (R8), and of nothing else.
 */
async function noProblems(world: World): Promise<string[]> {
	const isMismatch = (problem: string): boolean => problem.startsWith(ROOT_MISMATCH);
	const isAny = world.devices.some(({ problems }) => problems.some(isMismatch));
	const mayDiffer = isAny && (world.hasBlind || wasHidingForgotten(await world.writtenDown()));
	const isExplained = (problem: string): boolean => mayDiffer && isMismatch(problem);
	return world.devices.flatMap(({ name, problems }) =>
		problems
			.filter((problem) => !isExplained(problem))
			.map((problem) => (/^I\d+:/.test(problem) ? problem : `${name} reported: ${problem}`)),
	);
}
