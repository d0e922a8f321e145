// Does to plugin devices what a case says, and tells which of its expectations do not hold.
import type { Browser } from "playwright-core";
import { setTimeout as wait } from "node:timers/promises";
import type { PlatformName } from "../../host/page/platform.ts";
import type { DeviceWindow } from "../../host/page/device-page.ts";
import { shownStatus } from "../../support/plugin-devices.ts";
import { NotApplicable } from "./case.ts";
import type { Case, CopyPath, Expectation, Step } from "./case.ts";
import { PluginWorld } from "./plugin-world.ts";
import type { Disk } from "./plugin-world.ts";

export interface Outcome {
	/** Levels and words of what does not hold. */
	readonly bad: readonly { readonly level: string; readonly words: string }[];
	readonly unchecked: readonly string[];
}

/** The app's watcher has told the plugin by then, and the plugin has looked. */
const noticedMs = 700;

/** Devices are what `platforms` says in turn, the rest Linux. */
export async function runCase(
	each: Case,
	browser: Browser,
	relayUrl: string,
	platforms: readonly PlatformName[] = [],
): Promise<Outcome> {
	const missing = (each.requires ?? []).find((need) => need !== "ignore" && need !== "clone");
	if (missing !== undefined) throw new NotApplicable(`needs ${missing}`);
	const world = new PluginWorld(browser, relayUrl, platforms);
	try {
		const late = new Set(each.steps.filter(({ op }) => op === "join").map(({ at }) => at));
		const clones = new Set(each.steps.filter(({ op }) => op === "clone").map(({ to }) => to));
		const [first] = each.devices;
		for (const name of each.devices) {
			const joinsLater = late.has(name) && (each.base === undefined || each.only?.[name] !== undefined);
			if (!joinsLater && !clones.has(name))
				await world.open(name, { ...each.only?.[name], ...(name === first ? each.base : {}) });
		}
		const running = () => each.devices.filter((name) => world.isRunning(name));
		await world.rest(running());
		const run = new CaseRun(each, world, running);
		for (const step of each.steps) await run.step(step);
		return await run.judge();
	} finally {
		await world.close();
	}
}

class CaseRun {
	readonly #case: Case;
	readonly #world: PluginWorld;
	readonly #running: () => readonly string[];
	#watching: { name: string } | undefined;

	constructor(each: Case, world: PluginWorld, running: () => readonly string[]) {
		this.#case = each;
		this.#world = world;
		this.#running = running;
	}

	async step(step: Step): Promise<void> {
		const at = step.at ?? "";
		const plainPath = typeof step.path === "string" ? step.path : "";
		switch (step.op) {
			case "write":
				return this.#write(step);
			case "append": {
				const path = await this.#path(at, step.path);
				const before = (await this.#world.device(at).outside.read(path)) ?? Buffer.alloc(0);
				return this.#save(at, path, Buffer.concat([before, Buffer.from(step.content ?? "")]));
			}
			case "delete":
				return this.#delete(at, await this.#path(at, step.path));
			case "rename":
				return this.#rename(at, step.from ?? "", String(step.to));
			case "mkdir":
				return this.#world.device(at).outside.mkdir(plainPath);
			case "rmdir":
				if ((await this.#world.device(at).outside.paths()).includes(plainPath))
					await this.#world.device(at).outside.remove(plainPath);
				return;
			case "touch": {
				const bytes = (await this.#world.device(at).outside.read(plainPath)) ?? Buffer.alloc(0);
				return this.#world.device(at).outside.write(plainPath, bytes, msOf(step.mtime));
			}
			case "fill":
				for (let n = 0; n < (step.count ?? 0); n++) {
					const text = `f${String(n)} ${"words ".repeat(Math.ceil((step.size ?? 0) / 6))}`;
					await this.#world.device(at).outside.write(numbered(step, n), text);
				}
				return;
			case "modify_range":
				for (let n = Number(step.from); n < Number(step.to); n++) {
					const before = (await this.#world.device(at).outside.read(numbered(step, n))) ?? "";
					await this.#world.device(at).outside.write(numbered(step, n), `${String(before)}changed on ${at}\n`);
				}
				return;
			case "partition":
				await wait(noticedMs);
				return this.#world.partition(step.groups ?? []);
			case "heal":
				await wait(noticedMs);
				return this.#world.heal();
			case "start":
			case "join":
				return this.#world.start(at, this.#case.only?.[at]);
			case "stop":
				return this.#world.stop(at);
			case "crash":
				return this.#world.crash(at);
			case "restart":
				await this.#world.stop(at);
				return this.#world.start(at);
			case "settle":
				await wait(noticedMs);
				return;
			case "wait":
				await wait(step.ms ?? 0);
				return;
			case "sync":
				return this.#world.rest((step.among ?? this.#case.devices).filter((name) => this.#world.isRunning(name)));
			case "snapshot":
				return this.#world.snapshot(at, step.what ?? "all", step.as ?? "");
			case "restore":
				return this.#world.restore(at, step.what ?? "all", step.from ?? "");
			case "wipe_state":
				return this.#world.wipeState(at);
			case "clone":
				return this.#world.clone(step.from ?? "", String(step.to));
			case "clockskew":
				return this.#world.device(at).setClock((step.seconds ?? 0) * 1000);
			case "config":
				for (const name of at === "all" ? this.#case.devices : [at])
					await this.#world.device(name).outside.write(".psyncignore", (step.ignore ?? []).join("\n"));
				return;
			case "mark":
				for (const name of this.#running()) await this.#world.device(name).countSent();
				return;
			case "watch":
				return this.#watch(at, plainPath);
			default:
				throw new NotApplicable(`no ${step.op} here`);
		}
	}

	// ---- what people do: in the app while it runs, with another program otherwise or where the app refuses ----

	async #write(step: Step): Promise<void> {
		const at = step.at ?? "";
		const path = await this.#path(at, step.path);
		const bytes = step.gen === undefined ? Buffer.from(step.content ?? "") : generated(step.gen);
		if (step.mtime === undefined && step.keepMtime !== true) return this.#save(at, path, bytes);
		const { page, outside } = this.#world.device(at);
		const before = await page.evaluate(
			([vault, file]) => {
				const node = (window as unknown as DeviceWindow).device.disk(vault).get(file);
				return node?.kind === "file" ? node.mtime : undefined;
			},
			[at, path] as const,
		);
		await outside.write(path, bytes, step.mtime === undefined ? before : msOf(step.mtime));
	}

	async #save(at: string, path: string, bytes: Buffer): Promise<void> {
		await this.#inApp(
			at,
			(device) => device.writeFile(path, bytes),
			(device) => device.outside.write(path, bytes),
		);
	}

	async #delete(at: string, path: string): Promise<void> {
		if ((await this.#world.device(at).outside.read(path)) === undefined) return;
		await this.#inApp(
			at,
			(device) => device.deleteFile(path),
			(device) => device.outside.remove(path),
		);
	}

	async #rename(at: string, from: string, to: string): Promise<void> {
		if (!(await this.#world.device(at).outside.paths()).includes(from)) return;
		const parent = to.includes("/") ? to.slice(0, to.lastIndexOf("/")) : undefined;
		if (parent !== undefined) await this.#world.device(at).outside.mkdir(parent);
		await this.#inApp(
			at,
			(device) => device.renameFile(from, to),
			(device) => device.outside.rename(from, to),
		);
	}

	async #inApp(
		at: string,
		inApp: (device: ReturnType<PluginWorld["device"]>) => Promise<void>,
		outside: (device: ReturnType<PluginWorld["device"]>) => Promise<void>,
	): Promise<void> {
		const device = this.#world.device(at);
		if (!this.#world.isRunning(at)) return outside(device);
		await inApp(device).catch((error: unknown) => {
			// The app has not noticed the file yet, or does not do this (a name that is taken); another program would.
			if (!/No file|already exists|ENOENT|EEXIST/.test(String(error))) throw error;
			return outside(device);
		});
	}

	async #path(at: string, path: CopyPath | undefined): Promise<string> {
		if (path === undefined || typeof path === "string") return path ?? "";
		const copy = copiesOf(await this.#world.disk(at), path.conflict_copy_of)[0];
		if (copy === undefined) throw new NotApplicable("there is no conflict copy to act on");
		return copy;
	}

	async #watch(at: string, path: string): Promise<void> {
		this.#watching = { name: at };
		await this.#world.device(at).page.evaluate(
			([vault, file]) => {
				const seen: boolean[] = [];
				Object.assign(window, { seen });
				const disk = (window as unknown as DeviceWindow).device.disk(vault);
				setInterval(() => seen.push(disk.get(file) !== undefined), 5);
			},
			[at, path] as const,
		);
	}

	// ---- what must hold ----

	async judge(): Promise<Outcome> {
		const disks = new Map<string, Disk>();
		for (const name of this.#case.devices) {
			if (this.#world.isRunning(name)) disks.set(name, await this.#world.disk(name));
		}
		const bad: { level: string; words: string }[] = [];
		const unchecked: string[] = [];
		for (const expectation of this.#case.expect) {
			const words = await this.#wrong(expectation, disks);
			if (words === undefined) unchecked.push(expectation.kind);
			else
				bad.push(
					...words.map((text) => ({ level: expectation.level ?? "must", words: `${expectation.kind}: ${text}` })),
				);
		}
		return { bad, unchecked };
	}

	/** `undefined`: cannot be told here. */
	async #wrong(e: Expectation, all: ReadonlyMap<string, Disk>): Promise<readonly string[] | undefined> {
		const names = e.at ?? [...all.keys()];
		const each = (wrong: (disk: Disk) => string | undefined): string[] =>
			names.flatMap((name) => {
				const disk = all.get(name);
				const words = disk && wrong(disk);
				return words === undefined ? [] : [`${name}: ${words}`];
			});
		const path = e.path ?? "";
		const text = (disk: Disk) => disk.files.get(path)?.toString("utf8");
		switch (e.kind) {
			case "converged":
			case "same_paths_on_all": {
				const prints = [...all].map(([, disk]) =>
					[...disk.files]
						.map(([file, bytes]) => `${file}${e.kind === "converged" ? ` ${bytes.toString("base64")}` : ""}`)
						.sort()
						.join("\n"),
				);
				const shown = () =>
					[...all].map(([name, { files }]) => `${name}[${[...files.keys()].slice(0, 8).join()}]`).join(" ");
				return new Set(prints).size > 1 ? [shown()] : [];
			}
			case "content":
				return each((disk) =>
					text(disk) === e.content ? undefined : `${path} is ${String(text(disk)?.slice(0, 60))}`,
				);
			case "contains":
				return each((disk) => {
					const missing = (e.contains ?? []).filter((token) => text(disk)?.includes(token) !== true);
					return missing.length > 0 ? `${path} lacks ${missing.join()}` : undefined;
				});
			case "present":
				return each((disk) => (disk.files.has(path) ? undefined : `${path} is absent`));
			case "absent":
				return each((disk) => (disk.files.has(path) || disk.hiddenPaths.has(path) ? `${path} is there` : undefined));
			case "dir":
				return each((disk) => (disk.folders.has(path) ? undefined : `no folder ${path}`));
			case "no_dir":
				return each((disk) => (disk.folders.has(path) ? `folder ${path} is there` : undefined));
			case "conflict_copies":
				return each((disk) => {
					const count = copiesOf(disk, e.of ?? "").length;
					const holds = e.count === undefined ? count <= (e.max ?? 0) : count === e.count;
					return holds ? undefined : `${String(count)} copies`;
				});
			case "copy_contains":
				return each((disk) => {
					const copies = copiesOf(disk, e.of ?? "").map((copy) => String(disk.files.get(copy)));
					return copies.some((copy) => (e.contains ?? []).every((token) => copy.includes(token)))
						? undefined
						: "no such copy";
				});
			case "no_conflict_copy":
				return each((disk) => [...disk.files.keys()].find((file) => isCopy(file)));
			case "no_nested_copy":
				return each((disk) => [...disk.files.keys()].find((file) => isCopy(file.replace(suffix, ""))));
			case "nothing_lost": {
				const [owner = "", ...rest] = (e.where ?? "live").split("_");
				const where = all.has(owner) ? rest.join("_") : (e.where ?? "live");
				const within = all.has(owner) ? [owner] : [...all.keys()];
				return within.flatMap((name) => {
					const disk = all.get(name);
					const isLive = (token: string) => [...(disk?.files.values() ?? [])].some((bytes) => bytes.includes(token));
					const isKept = (token: string) =>
						(where !== "trash_or_history" && isLive(token)) ||
						(where !== "live" && disk?.hidden.includes(token) === true);
					return (e.tokens ?? [])
						.filter((token) => !isKept(token))
						.map((token) => `${name}: ${token} is lost (${where})`);
				});
			}
			case "not_live":
				return each((disk) =>
					(e.tokens ?? []).find((token) => [...disk.files.values()].some((bytes) => bytes.includes(token))),
				);
			case "quiescent": {
				const before = await this.#everything();
				await wait(2_500);
				return before === (await this.#everything()) ? [] : ["still changing"];
			}
			case "guard": {
				const shown = await Promise.all(this.#running().map((name) => shownStatus(this.#world.device(name))));
				return shown.some((words) => words.includes("Needs attention")) ? [] : ["nobody is asked"];
			}
			case "bytes_since_mark_below": {
				const sent = await Promise.all(this.#running().map((name) => this.#world.device(name).countSent()));
				const total = sent.reduce((sum, bytes) => sum + bytes, 0);
				return total < (e.bytes ?? 0) ? [] : [`${String(total)} bytes`];
			}
			case "count":
				return each((disk) => {
					const isMeant = (file: string) =>
						e.glob === "*" ? !file.includes("/") : file.startsWith((e.glob ?? "").replace("*", ""));
					const count = [...disk.files.keys()].filter(isMeant).length;
					return count === e.n ? undefined : `${String(count)} files`;
				});
			case "no_temp_files":
				return each((disk) => [...disk.files.keys()].find((file) => file.includes("psync-tmp")));
			case "valid_json":
				return each((disk) => {
					try {
						JSON.parse(text(disk) ?? "");
						return undefined;
					} catch (error) {
						return String(error); // JSON.parse says what is wrong
					}
				});
			case "valid_frontmatter":
				return each((disk) => {
					const lines = /^---\n([\s\S]*?)\n---\n/.exec(text(disk) ?? "")?.[1]?.split("\n");
					const keys = lines?.map((line) => line.split(":")[0]);
					return keys !== undefined && new Set(keys).size === keys.length ? undefined : "front matter is broken";
				});
			case "never_absent": {
				const device = this.#world.device(this.#watching?.name ?? "");
				const seen = await device.page.evaluate(() => (window as unknown as { seen: boolean[] }).seen);
				return seen.slice(seen.indexOf(true)).includes(false) ? ["was gone for a moment"] : [];
			}
			default:
				return undefined;
		}
	}

	async #everything(): Promise<string> {
		const disks = await Promise.all(this.#running().map((name) => this.#world.disk(name)));
		return JSON.stringify(
			disks.map(({ files }) => [...files].map(([path, bytes]) => [path, bytes.toString("base64")])),
		);
	}
}

const suffix = / \(conflict [^()]+ \d{4}-\d{2}-\d{2} [0-9a-f]{8}\)/;

function isCopy(path: string): boolean {
	return suffix.test(path);
}

function copiesOf(disk: Disk, path: string): string[] {
	return [...disk.files.keys()].filter((file) => isCopy(file) && file.replace(suffix, "") === path);
}

function numbered({ prefix = "" }: Step, n: number): string {
	return `${prefix}${String(n).padStart(4, "0")}.md`;
}

/** Seconds since 1970, or from now when there is a sign. */
function msOf(mtime: number | string = 0): number {
	const isRelative = typeof mtime === "string" && /^[+-]/.test(mtime);
	return Math.round((isRelative ? Date.now() / 1000 : 0) * 1000 + Number(mtime) * 1000);
}

function generated({ kind, seed, size }: { kind: string; seed: number | string; size: number }): Buffer {
	let state = [...String(seed)].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) >>> 0;
	const bytes = Buffer.alloc(size);
	for (let at = 0; at < size; at++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		bytes[at] = kind === "bin" ? state >>> 24 : 97 + ((state >>> 24) % 26);
	}
	return bytes;
}
