// Takes the steps of a program in a world: who acts where, and what goes wrong. A step that makes no sense at its moment does nothing.
import { isConflictCopyName, originalPath } from "../../src/core/conflict-name.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { SAME_PATH } from "./acts.ts";
import type { Choices } from "./choices.ts";
import type { Disasters } from "./disasters.ts";
import { GoingBack } from "./going-back.ts";
import { isList, LIST_PATH, tokensIn } from "./lists.ts";
import type { MailboxParty } from "./mailbox-party.ts";
import type { Step, StepKind } from "./steps.ts";
import type { SimulatedDevice, World } from "./world.ts";

/** One of them is a folder's name to whoever wrote two others first. */
const PATHS = ["note.md", "daily/2026-11-24.md", "daily/plan.md", "daily", SAME_PATH, LIST_PATH, LIST_PATH];
const FOLDERS = ["daily", "empty", "empty/below"];
const MOVES: readonly (readonly [from: string, to: string])[] = [
	["daily", "archive"],
	["archive", "daily"],
	["note.md", "daily/note.md"],
	["daily/note.md", "note.md"],
	["daily/plan.md", "note.md"],
	["note.md", "Note.md"],
	["Note.md", "note.md"],
	["daily", "Daily"],
	["Daily", "daily"],
];
/** Of a wall clock: ten years, in either direction. */
const CLOCK_TURN_MS = 20 * 365 * 86_400_000;
/** After which every report was looked into. */
const REPORTED_MS = 2_500;
/** Less than the time after which the engine looks again at what is absent. */
const SECOND_LOOK_MS = 900;
/** Longer than others wait for a device, in a group that forgets soon. */
const LONG_ABSENCE_MS = 30_000;

export const NO_COUNTS = {
	...{ saves: 0, deletions: 0, moves: 0, decisions: 0, choices: 0, cuts: 0, restarts: 0, failures: 0, disasters: 0 },
};

export class Player {
	readonly counts = { ...NO_COUNTS };
	readonly trace: string[] = [];
	readonly #world: World;
	readonly #disasters: Disasters;
	readonly #choices: Choices;
	readonly #goingBack: GoingBack;

	constructor(world: World, disasters: Disasters, choices: Choices) {
		this.#world = world;
		this.#disasters = disasters;
		this.#choices = choices;
		this.#goingBack = new GoingBack(world);
	}

	async take([kind, number, pick, size]: Step): Promise<void> {
		const device = this.#world.devices[number % this.#world.devices.length];
		if (device === undefined) return;
		this.#goingBack.look(kind);
		const act = this.#steps[kind];
		await act(device, pick, size);
	}

	readonly #steps: Readonly<
		Record<StepKind, (device: SimulatedDevice, pick: number, size: number) => Promise<void> | void>
	> = {
		act: (device, pick, size) => {
			this.#act(device, pick, size);
		},
		wait: async (_device, pick, size) => {
			await this.#world.clock.advance(Math.floor(size * (pick < 0.3 ? 4_000 : 250)));
		},
		"cut or heal": (device, pick) => {
			const other = this.#other(device, pick);
			if (this.#world.isCut(device, other)) this.#world.heal(device, other);
			else {
				this.#world.cut(device, other);
				this.counts.cuts++;
			}
			this.#note(`${this.#world.isCut(device, other) ? "cut" : "heal"} ${device.name} ${other.name}`);
		},

		"quit or start": async (device) => {
			if (device.state !== "up") {
				this.#start(device);
				return;
			}
			this.#note(`${device.name} quits`);
			await this.#world.quit(device);
		},
		"crash or start": (device) => {
			if (device.state === "up") this.#crash(device);
			else this.#start(device);
		},
		"die before a change": (device) => {
			this.#fail(device, "will crash before its next change");
			device.view.dieBeforeNextChange();
		},
		"die in a change": (device) => {
			this.#fail(device, "will crash in its next change, when it is done");
			device.view.dieInNextChange();
		},
		"die and leave half": (device, _pick, size) => {
			// On hosts that cannot replace a file whole, a start of the bytes may be left.
			this.#fail(device, `will crash in its next change, leaving ${size.toFixed(2)} of it`);
			device.view.dieInNextChange((bytes) => bytes.subarray(0, Math.ceil(size * bytes.length)));
		},
		"die in a write of the state": (device, _pick, size) => {
			this.#fail(device, "will crash in its next write of its state");
			device.store.crashInNextWrite(Math.floor(size * 400), () => {
				this.#world.crash(device);
			});
		},

		"lock a file": (device) => {
			this.#fail(device, "finds its next write locked");
			device.vault.failNext("replaceIf", "locked");
		},
		"fail a removal": (device) => {
			this.#fail(device, "cannot do its next removal");
			device.vault.failNext("removeIf", "io");
		},
		"fill the disk of the state": (device, _pick, size) => {
			this.#fail(device, "has no room for its state for a while");
			device.store.failNextWrites(1 + Math.floor(size * 3));
		},
		"be quicker": (device, pick, size) => {
			this.#fail(device, "will have somebody who is quicker");
			const { vault } = device;
			vault.beforeNextSwap(() => {
				const copies = [...vault.files().keys()].filter((path) => isConflictCopyName(testPath(path)));
				const before = copies.map((path) => [path, vault.text(path) ?? ""] as const);
				this.#act(device, pick, size);
				// The device may be about to take the copy away itself, with the file's own name for it: nobody can tell who was first.
				for (const [path, text] of before) if (vault.text(path) !== text) this.#world.record.markUndecidable(text);
			});
		},

		"take the folder away": async (device, _pick, size) => {
			this.#fail(device, "has no folder for a while");
			await this.#world.withoutFolder(device, Math.floor(size * 8_000));
		},
		"hide a file": async (device, pick, size) => {
			const { vault } = device;
			const path = pickFrom([...vault.files().keys(), ...PATHS], pick);
			this.#fail(device, `does not see ${path} for a moment`);
			// Out of sight just when an event is looked into is gone, as far as anybody can tell.
			this.#world.record.markHidden(vault.text(path) ?? "");
			this.#world.deeds.noteUnclear(device.name, path);
			// Half of a write whose place a look found empty, and that comes to light later, is a file that somebody made.
			if (!this.#world.record.isKnown(vault.text(path) ?? ""))
				this.#world.record.markLeftBehind(vault.text(path) ?? "");
			vault.hide(path);
			scan(device);
			await this.#world.clock.advance(Math.floor(size * 800));
			// It may have come only while it could not be seen.
			this.#world.record.markHidden(vault.text(path) ?? "");
			vault.hide(undefined);
			// What was saved meanwhile is found by the next scan, as hosts do it from time to time.
			scan(device);
		},
		"tell of nothing": (device, pick, size) => {
			this.#fail(device, "is told nothing of what happens in the folder for a while");
			device.vault.setDeaf(true);
			this.#act(device, pick, size);
			this.#act(device, size, pick);
			device.vault.setDeaf(false);
			scan(device);
		},
		"tell too much": (device, _pick, size) => {
			this.#fail(device, "is told of changes that nobody made");
			const paths = [...device.vault.files().keys(), ...PATHS, "never/was/here.md"];
			for (let times = 0; times < 1 + size * 20; times++) device.vault.pretendChanges(paths, [...FOLDERS, undefined]);
		},
		move: (device, pick) => {
			const [from, to] = pickFrom(MOVES, pick);
			if (!this.#world.rename(device, from, to)) return;
			this.#note(`${device.name} moves ${from} to ${to}`);
			this.counts.moves++;
		},
		"make or remove a folder": async (device, pick) => {
			const { vault } = device;
			const folder = pickFrom(FOLDERS, pick);
			// On a disk that ignores capital letters; making a folder that is there does not write its name anew.
			const isThere = vault.folders().some((each) => each.toLowerCase() === folder.toLowerCase());
			if (!isThere && !vault.canHoldFolder(folder)) return;
			this.#note(`${device.name} ${isThere ? "removes, if it is empty," : "makes"} the folder ${folder}`);
			if (!isThere) vault.addFolder(folder);
			else if ((await vault.folderAt(testPath(folder))) === "empty") vault.delete(folder);
		},

		"decide about a conflict": async (device, pick, size) => {
			const decided = await this.#choices.decide(device, pick, size < 0.4 ? "file" : size < 0.8 ? "copy" : "both");
			if (decided !== undefined) this.#note(`${device.name} decides: ${decided}`);
			if (decided?.endsWith("resolved") === true) this.counts.decisions++;
		},

		"go back": (device, pick, size) => {
			// Most acts are on other files, and without some on this one there is nothing to go back to.
			if (size < 0.6 && device.vault.canHold(LIST_PATH)) {
				this.#note(`${device.name} saves ${LIST_PATH}: ${inOneLine(this.#world.save(device, LIST_PATH))}`);
				this.counts.saves++;
				return;
			}
			const text = this.#goingBack.goBack(device, pick);
			if (text !== undefined) this.#choose(device, "goes back to", inOneLine(text));
		},

		"restore a version": async (device, pick) => {
			this.#choose(device, "brings back", await this.#choices.restore(device, pick));
		},
		"undo the last batch": async (device) => {
			this.#choose(device, "undoes", await this.#choices.undo(device));
		},
		"leave out": async (device, pick) => {
			this.#choose(device, "leaves out", await this.#choices.leaveOut(device, pick));
		},
		"let take part": (device) => {
			if (this.#choices.takePart(device)) this.#choose(device, "leaves out", "nothing any more");
		},
		"change the mode": async (device, pick) => {
			this.#choose(device, "will", await this.#choices.changeMode(device, pick));
			this.#start(device);
		},
		"answer the brake": async (device, pick) => {
			this.#choose(device, "answers", await this.#choices.answerBrake(device, pick));
		},
		"delete all": (device) => {
			for (const path of device.vault.files().keys()) this.#delete(device, path);
		},
		"lose files": async (device, pick, size) => {
			this.#fail(device, "does not see most of its files for a while");
			const files = device.vault.files();
			const left = [...files].filter((_, at) => (pick * (at + 3) * 7) % 1 < 0.2);
			for (const [path, text] of files) {
				this.#world.record.markHidden(new TextDecoder().decode(text));
				this.#world.deeds.noteUnclear(device.name, path);
			}
			device.vault.restore(new Map(left));
			scan(device);
			await this.#world.clock.advance(Math.floor(size * 8_000));
			const inSight = new Set(left.map(([path]) => path));
			for (const [path, bytes] of files) {
				if (device.vault.text(path) !== undefined || !device.vault.canHold(path)) continue;
				device.vault.save(path, bytes);
				// What made room for a folder of its name meanwhile is there twice now.
				const isCopied = [...device.vault.files().keys()].some(
					(each) => originalPath(testPath(each)) === path && device.vault.text(each) === device.vault.text(path),
				);
				if (inSight.has(path) && isCopied) this.#world.record.markSaid(path);
			}
			scan(device);
		},

		"fill the disk": (device, _pick, size) => {
			this.#fail(device, "has no room for what others made, for a while");
			for (let i = 1 + Math.floor(size * 3); i > 0; i--) device.vault.failNext("replaceIf", "no-space");
		},
		"make the disk read-only": (device, _pick, size) => {
			this.#fail(device, "cannot write for a while");
			for (let i = 1 + Math.floor(size * 3); i > 0; i--) {
				device.vault.failNext("replaceIf", "read-only");
				device.vault.failNext("removeIf", "read-only");
				device.vault.failNext("rename", "read-only");
			}
		},

		"cut one way": (device, pick) => {
			const other = this.#other(device, pick);
			this.#fail(device, `cannot be heard by ${other.name}`);
			this.#world.cutOneWay(device, other);
		},
		flap: async (device, pick, size) => {
			const other = this.#other(device, pick);
			this.#fail(device, `has a link to ${other.name} that comes and goes`);
			for (let times = 0; times < 1 + size * 8; times++) {
				this.#world.cut(device, other);
				await this.#world.clock.advance(Math.floor(((pick * 997 * (times + 1)) % 1) * 400));
				this.#world.heal(device, other);
				await this.#world.clock.advance(Math.floor(((size * 991 * (times + 1)) % 1) * 400));
			}
		},
		"slow down": (_device, pick, size) => {
			const latencyMs = pick < 0.3 ? 0 : Math.floor(size * 3_000);
			this.#note(`every message takes up to ${String(latencyMs)} ms longer`);
			this.counts.failures++;
			this.#world.slowdownMs = latencyMs;
		},
		"turn the clock": (device, _pick, size) => {
			const byMs = Math.floor((size - 0.5) * CLOCK_TURN_MS);
			this.#fail(device, `has its clock turned by ${String(Math.floor(byMs / 86_400_000))} days`);
			this.#world.turnClock(device, byMs);
		},

		"hear of it late": async (device, pick, size) => {
			this.#fail(device, "is told late, and in another order, what happens in the folder");
			device.vault.holdReports();
			this.#act(device, pick, size);
			await this.#world.clock.advance(Math.floor(size * 1_500));
			this.#act(device, size, pick);
			await this.#world.clock.advance(Math.floor(pick * 500));
			// The last half first, and the very last one twice.
			device.vault.tellLate((changes) => {
				const half = Math.floor(changes.length / 2);
				return [...changes.slice(half), ...changes.slice(0, half), ...changes.slice(-1)];
			});
			this.#world.noteReported(device);
		},
		"be out of sight at a look": async (device, pick, size) => {
			const { vault } = device;
			const left = device.state === "up" ? undefined : device.view.diedAt;
			const path = left ?? pickFrom([...vault.files().keys(), ...PATHS], pick);
			const reports = vault.reportsOf(path);
			await this.#world.clock.advance(REPORTED_MS);
			if (vault.text(path) === undefined || vault.reportsOf(path) !== reports) return;
			this.#fail(device, `looks for ${path} when it is out of sight, and nobody has said anything of it`);
			const saw = vault.text(path) ?? "";
			// Who has forgotten what was there, and does not see it at the first scan, takes it for new when it is in sight again.
			if (device.state !== "up" && this.#world.isBlind(device)) this.#world.record.markUndecidable(saw);
			const other = this.#other(device, pick);
			if (size < 0.5 && other.vault.canHold(path)) {
				this.#note(`${other.name} saves ${path}: ${inOneLine(this.#world.save(other, path))}`);
				this.counts.saves++;
			}
			vault.hide(path);
			if (device.state === "up") scan(device);
			else this.#start(device);
			await this.#world.clock.advance(Math.floor(size * SECOND_LOOK_MS));
			// Somebody did something there in just this moment: then that is a deletion, as far as anybody can tell.
			if (vault.reportsOf(path) !== reports)
				for (const text of [saw, vault.text(path) ?? ""]) this.#world.record.markHidden(text);
			vault.hide(undefined);
			scan(device);
		},
		"save it unchanged": (device, pick) => {
			const path = pickFrom([...device.vault.files().keys(), ...PATHS], pick);
			if (!this.#world.saveUnchanged(device, path)) return;
			this.#note(`${device.name} saves ${path} as it was`);
			this.counts.saves++;
		},
		"say all twice": (device, pick) => {
			const other = this.#other(device, pick);
			this.#fail(device, `is heard twice by ${other.name} from here on, or no longer`);
			this.#world.replays.turnTwice(device.deviceId, other.deviceId);
		},
		"say old records again": (device, pick, size) => {
			const other = this.#other(device, pick);
			const count = 1 + Math.floor(size * 6);
			this.#fail(device, `will say ${String(count)} old messages of records again to ${other.name}`);
			this.#world.replays.sayAgain(device.deviceId, other.deviceId, count);
		},
		"cut when told": (device, pick) => {
			const other = this.#other(device, pick);
			const { clock, network, replays } = this.#world;
			this.#fail(device, `loses ${other.name} as soon as it has told it records, before it hears so`);
			replays.whenTold(device.deviceId, other.deviceId, () => {
				clock.schedule(0, () => {
					network.break(device.deviceId, other.deviceId);
				});
			});
		},
		"lose the relay": async (device, pick, size) => {
			this.#fail(
				device,
				pick < 0.5 ? "cannot reach the relay for a while" : "and all others cannot reach the relay for a while",
			);
			const { clock, network } = this.#world;
			if (pick < 0.5) network.cutFromRelay(device.deviceId);
			else network.relayUp = false;
			await clock.advance(Math.floor(size * 10_000));
			if (pick < 0.5) network.healToRelay(device.deviceId);
			else network.relayUp = true;
		},
		"change the version": async (device) => {
			if (device.state === "up") await this.#world.quit(device);
			device.isOlder = !device.isOlder;
			this.#note(`${device.name} will run ${device.isOlder ? "an older version" : "the present version"}`);
			this.counts.failures++;
			this.#start(device);
		},

		"show an old mailbox": (_device, _pick, size) => {
			this.#lie("shows what lay in the mailbox before", (mailbox) => {
				mailbox.rollBack(1 + Math.floor(size * 12));
			});
		},
		"show another mailbox": (device) => {
			this.#lie(`shows ${device.name} a mailbox of its own`, (mailbox) => {
				mailbox.split(device.deviceId);
			});
		},
		"show no mailbox": (device) => {
			this.#lie(`shows ${device.name} nothing in the mailbox`, (mailbox) => {
				mailbox.withhold(device.deviceId);
			});
		},
		"lose the mailbox": () => {
			this.#lie("loses what lies in the mailbox", (mailbox) => {
				mailbox.forget();
			});
		},
		"damage the mailbox": (_device, pick, size) => {
			this.#lie("damages something in the mailbox", (mailbox) => {
				mailbox.damage(pick, size);
			});
		},
		"show the mailbox as it is": () => {
			this.#lie("shows everybody the mailbox as it is", (mailbox) => {
				mailbox.beHonest();
			});
		},

		"keep a backup": (device) => {
			this.#note(`${device.name} keeps a backup`);
			this.#disasters.keepBackup(device);
		},
		"bring back the state": (device) => {
			this.#disaster(device, "has its backup of the state put back", () => this.#disasters.restore(device, "state"));
		},
		"bring back state and folder": (device) => {
			this.#disaster(device, "has its backup put back", () => this.#disasters.restore(device, "state and folder"));
		},
		"forget the last writes": (device, _pick, size) => {
			const count = 1 + Math.floor(size * 3);
			this.#disaster(device, `loses its last ${String(count)} writes of the state`, () =>
				this.#disasters.loseWrites(device, count),
			);
		},
		"copy another device": (device, pick) => {
			const other = this.#other(device, pick);
			this.#disaster(device, `is set up with a copy of ${other.name}`, () => this.#disasters.copy(other, device));
		},
		"wipe the state": (device) => {
			this.#disaster(device, "loses its state", () => this.#disasters.wipe(device, "same installation"));
		},
		"install anew": (device) => {
			this.#disaster(device, "is installed anew", () => this.#disasters.wipe(device, "new installation"));
		},
		"be away for long": async (device, pick, size) => {
			if (device.state !== "up") return;
			this.#fail(device, "is away for long, with somebody who works on");
			await this.#world.quit(device);
			this.#act(device, pick, size);
			await this.#world.clock.advance(LONG_ABSENCE_MS);
			this.#act(device, size, pick);
			this.#start(device);
		},
	};

	#act(device: SimulatedDevice, pick: number, size: number): void {
		const { vault } = device;
		const present = [...vault.files().keys()];
		const wanted = present.length > 0 && size < 0.3 ? pickFrom(present, pick) : pickFrom(PATHS, pick);
		const path = vault.canHold(wanted) ? wanted : "note.md";
		// The digits that have not decided on the path decide on the act.
		if (vault.text(path) !== undefined && (size * 7) % 1 < 0.25) this.#delete(device, path);
		else if (vault.canHold(path)) {
			this.#note(`${device.name} saves ${path}: ${inOneLine(this.#world.save(device, path))}`);
			this.counts.saves++;
		}
	}

	#delete(device: SimulatedDevice, path: string): void {
		this.#note(`${device.name} deletes ${path}: ${inOneLine(device.vault.text(path) ?? "")}`);
		this.#world.delete(device, path);
		this.counts.deletions++;
	}

	/** `what`: nothing was chosen, if it is not said. */
	#choose(device: SimulatedDevice, verb: string, what: string | undefined): void {
		if (what === undefined) return;
		this.#note(`${device.name} ${verb} ${what}`);
		this.counts.choices++;
	}

	#lie(what: string, lie: (mailbox: MailboxParty) => void): void {
		const { mailbox } = this.#world;
		if (mailbox === undefined) return;
		this.#note(`the relay ${what}`);
		lie(mailbox);
	}

	#start(device: SimulatedDevice): void {
		if (device.state === "up") return;
		this.#note(`${device.name} starts`);
		this.#world.launch(device);
		this.counts.restarts++;
	}

	#crash(device: SimulatedDevice): void {
		this.#note(`${device.name} crashes`);
		this.#world.crash(device);
	}

	#disaster(device: SimulatedDevice, what: string, happen: () => boolean): void {
		if (device.state === "up") this.#world.crash(device);
		if (!happen()) return;
		this.#note(`${device.name} ${what}`);
		this.counts.disasters++;
	}

	#other(device: SimulatedDevice, pick: number): SimulatedDevice {
		return pickFrom(
			this.#world.devices.filter((other) => other !== device),
			pick,
		);
	}

	#fail(device: SimulatedDevice, what: string): void {
		this.#note(`${device.name} ${what}`);
		this.counts.failures++;
	}

	#note(what: string): void {
		this.trace.push(what);
	}
}

function scan({ engine, state }: SimulatedDevice): void {
	if (state === "up") engine.scan().catch(() => undefined);
}

function inOneLine(content: string): string {
	return isList(content) ? tokensIn(content).join(", ") : content;
}

function pickFrom<T>(items: readonly T[], pick: number): T {
	const item = items[Math.floor(pick * items.length)];
	if (item === undefined) throw new RangeError("nothing to pick from");
	return item;
}
