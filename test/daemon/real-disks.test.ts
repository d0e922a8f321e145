// Disks that are full, read-only or taken away, as the operating system makes them: what cannot be written is held, said and
// written later by itself, and nobody else loses anything by it.
import { appendFileSync, existsSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonDevice, settled } from "../support/daemon-device.ts";
import { PsyncPlace } from "../support/daemon-process.ts";
import { mayMount, OwnMounts } from "../support/own-mounts.ts";

const KIB = 1024;
/** Of the disks that are to be full. */
const DISK_KIB = 1024;

const long = (name: string, kib: number): string =>
	`${name} `.repeat((kib * KIB) / (name.length + 1)).padEnd(kib * KIB);

let place: PsyncPlace;
let mounts: OwnMounts;
let alice: DaemonDevice;
let bob: DaemonDevice;
beforeEach(async () => {
	let url: string;
	({ place, url } = await PsyncPlace.withRelay());
	mounts = new OwnMounts();
	alice = new DaemonDevice(place, "alice", url);
	bob = new DaemonDevice(place, "bob", url);
});
afterEach(async () => {
	await place.killAll();
	mounts.dispose();
	await place.dispose();
});

describe.skipIf(!mayMount)("on a disk that is full", () => {
	it("[A6 E2] what does not fit is held and said, the rest goes on both ways, and it is written when there is room", async () => {
		mounts.small(bob.folder, DISK_KIB);
		alice.write("kept.md", long("before", 100));
		await bothUp();
		await settled([alice, bob], () => existsSync(bob.at("kept.md")));

		writeFileSync(bob.at(".ballast"), Buffer.alloc(600 * KIB));
		const before = bob.tree()["kept.md"];
		alice.write("kept.md", long("after", 500));
		alice.write("new.md", long("new", 400));
		for (const path of ["kept.md", "new.md"]) await bob.process.line(isHeld(path, "no-space"));
		alice.write("small.md", "small");
		await bob.process.line(isApplied("small.md"));
		bob.write("from bob.md", "bob writes on");
		await alice.process.line(isApplied("from bob.md"));

		expect(await bob.status()).toMatchObject({ phase: "attention" });
		expect(await heldBy(bob)).toEqual({ "kept.md": "no-space", "new.md": "no-space" });
		expect(visible(bob)).toEqual({ "from bob.md": "bob writes on", "kept.md": before, "small.md": "small" });
		expect(Object.keys(alice.tree())).toEqual(["from bob.md", "kept.md", "new.md", "small.md"]);

		truncateSync(bob.at(".ballast"), 0);
		const [, ofBob] = await settled([alice, bob], () => existsSync(bob.at("new.md")));
		expect(visible(bob)).toEqual(alice.tree());
		expect(ofBob).toMatchObject({ phase: "in-sync", held: [] });
	});

	it("[J2 E2] a state that cannot be written tells nobody of anything, says so, and catches up when there is room", async () => {
		mounts.small(bob.state, DISK_KIB);
		alice.write("kept.md", "before");
		await bothUp();
		await settled([alice, bob], () => existsSync(bob.at("kept.md")));

		const ballast = fill(bob.state);
		const many = writeMany(bob);
		await bob.process.event("problem");
		alice.write("kept.md", "after");
		await alice.command("scan");
		expect(await bob.status()).toMatchObject({ phase: "attention", problems: [{ code: "storage" }] });
		expect(Object.keys(alice.tree()).length).toBeLessThan(many.length);
		expect(bob.tree()["kept.md"]).toBe("before");

		rmSync(ballast);
		const [, ofBob] = await settled(
			[alice, bob],
			() => text(bob, "kept.md") === "after" && many.every((path) => existsSync(alice.at(path))),
		);
		expect(bob.tree()).toEqual(alice.tree());
		expect(ofBob).toMatchObject({ phase: "in-sync", problems: [] });
	});

	it("[J1 A8] who is killed while disk and state are full goes on where it was, once there is room", async () => {
		mounts.small(place.folder("disk"), DISK_KIB);
		for (const [from, to] of [
			["disk/vault", bob.folder],
			["disk/state", bob.state],
		] as const)
			mounts.bind(place.folder(from), to);
		alice.write("kept.md", long("before", 100));
		alice.write("gone.md", "alice deletes this");
		await bothUp();
		await settled([alice, bob], () => existsSync(bob.at("kept.md")) && existsSync(bob.at("gone.md")));

		rmSync(bob.at("kept.md"));
		const ballast = fill(place.folder("disk"));
		const many = writeMany(bob);
		rmSync(alice.at("gone.md"));
		alice.write("new.md", long("new", 300));
		await bob.process.event("problem");
		await bob.process.stop("SIGKILL");
		// History cannot keep it, so it stays.
		expect(Object.keys(bob.tree()).sort()).toEqual(["gone.md", ...many].sort());

		rmSync(ballast);
		await bob.up();
		await settled(
			[alice, bob],
			() => existsSync(bob.at("new.md")) && !existsSync(bob.at("gone.md")) && !existsSync(alice.at("kept.md")),
		);
		expect(bob.tree()).toEqual(alice.tree());
		expect(Object.keys(alice.tree()).sort()).toEqual(["new.md", ...many].sort());
	});
});

describe.skipIf(!mayMount)("where nothing can be written", () => {
	it("[A6 D5] a disk that is read-only: everything of others is held, deletions too, and done when it can be written", async () => {
		for (const path of ["changed.md", "deleted.md", "moved.md", "other.md"]) alice.write(path, path);
		mounts.bind(bob.folder, bob.folder);
		await bothUp();
		await settled([alice, bob], () => Object.keys(bob.tree()).length === 4);
		const before = bob.tree();

		mounts.readOnly(bob.folder);
		alice.write("changed.md", "changed");
		alice.write("folder/new.md", "new");
		rmSync(alice.at("deleted.md"));
		renameSync(alice.at("moved.md"), alice.at("moved away.md"));
		for (const path of ["changed.md", "deleted.md", "folder/new.md"]) await bob.process.line(isHeld(path, "read-only"));
		for (const path of ["moved.md", "moved away.md"]) await bob.process.line(isHeld(path, "read-only"));
		expect(bob.tree()).toEqual(before);
		// It starts on such a disk as well, and what it cannot write is nobody's act.
		await bob.process.stop();
		await bob.up();
		await bob.process.line(isHeld("changed.md", "read-only"));
		expect(await bob.status()).toMatchObject({ phase: "attention" });
		expect(Object.keys(alice.tree())).toEqual(["changed.md", "folder/new.md", "moved away.md", "other.md"]);

		mounts.writable(bob.folder);
		const [, ofBob] = await settled(
			[alice, bob],
			() => existsSync(bob.at("moved away.md")) && text(bob, "changed.md") === "changed",
		);
		expect(bob.tree()).toEqual(alice.tree());
		expect(ofBob).toMatchObject({ phase: "in-sync", held: [] });
	});

	it("[A6] a folder that is read-only, and a file that cannot be replaced, hold up nothing beside them", async () => {
		for (const path of ["shelf/a.md", "shelf/b.md", "busy.md", "free.md"]) alice.write(path, path);
		await bothUp();
		await settled([alice, bob], () => Object.keys(bob.tree()).length === 4);
		const shelf = bob.at("shelf");
		mounts.bind(shelf, shelf);
		mounts.readOnly(shelf);
		mounts.bind(bob.at("busy.md"), bob.at("busy.md"));

		const from = bob.process.lines.length;
		for (const path of ["shelf/a.md", "busy.md", "free.md"]) alice.write(path, "changed");
		rmSync(alice.at("shelf/b.md"));
		await bob.process.line(isApplied("free.md"), from);
		await bob.process.line(isHeld("shelf/a.md", "read-only"));
		await bob.process.line(isHeld("shelf/b.md", "read-only"));
		await bob.process.line(isHeld("busy.md", "locked"));
		expect(bob.tree()).toEqual({
			"busy.md": "busy.md",
			"free.md": "changed",
			"shelf/a.md": "shelf/a.md",
			"shelf/b.md": "shelf/b.md",
		});
		expect(Object.keys(alice.tree())).toEqual(["busy.md", "free.md", "shelf/a.md"]);

		mounts.writable(shelf);
		mounts.takeAway(bob.at("busy.md"));
		await settled([alice, bob], () => !existsSync(bob.at("shelf/b.md")) && text(bob, "busy.md") === "changed");
		expect(bob.tree()).toEqual(alice.tree());
	});

	it("[F2] a folder that is a disk of its own takes files that are moved into it, and lets them go", async () => {
		alice.write("inbox/note.md", "note");
		alice.write("archive/old.md", "old");
		await bothUp();
		await settled([alice, bob], () => Object.keys(bob.tree()).length === 2);
		const archive = bob.at("archive");
		mounts.bind(archive, archive);

		renameSync(alice.at("inbox/note.md"), alice.at("archive/note.md"));
		renameSync(alice.at("archive/old.md"), alice.at("inbox/old.md"));
		await settled([alice, bob], () => existsSync(bob.at("archive/note.md")) && existsSync(bob.at("inbox/old.md")));
		expect(bob.tree()).toEqual({ "archive/note.md": "note", "inbox/old.md": "old" });
		expect(alice.tree()).toEqual(bob.tree());
	});
});

describe.skipIf(!mayMount)("a disk that is taken away", () => {
	for (const count of [3, 8]) {
		it(`[W5 W10] leaves an empty folder: of ${String(count)} notes none counts as deleted, nothing is written there, and all goes on when it is back`, async () => {
			for (let n = 0; n < count; n++) alice.write(`notes/${String(n)}.md`, `note ${String(n)}`);
			const drive = place.folder("drive");
			mounts.bind(drive, bob.folder);
			await bothUp();
			await settled([alice, bob], () => Object.keys(bob.tree()).length === count);
			const before = alice.tree();

			mounts.takeAway(bob.folder);
			expect(bob.tree()).toEqual({});
			alice.write("notes/0.md", "changed meanwhile");
			await bob.process.line(isHeld("notes/0.md", "vault-missing"));
			await bob.command("scan");
			const { problems } = (await bob.status()) as { problems: readonly { code: string }[] };
			expect(problems.map(({ code }) => code)).toContain("vault-missing");
			await bob.process.stop();
			await bob.up();
			await bob.command("scan");
			expect(bob.tree()).toEqual({});
			expect(alice.tree()).toEqual({ ...before, "notes/0.md": "changed meanwhile" });

			mounts.bind(drive, bob.folder);
			bob.write("notes/1.md", "changed on the drive");
			const [, ofBob] = await settled(
				[alice, bob],
				() => text(bob, "notes/0.md") === "changed meanwhile" && text(alice, "notes/1.md") === "changed on the drive",
			);
			expect(bob.tree()).toEqual(alice.tree());
			expect(Object.keys(alice.tree())).toEqual(Object.keys(before));
			expect(ofBob).toMatchObject({ phase: "in-sync", problems: [], held: [] });
		});
	}
});

function bothUp(): Promise<unknown> {
	return Promise.all([alice.up(), bob.up()]);
}

/** Whatever room there was. */
function fill(folder: string): string {
	const ballast = join(folder, "ballast");
	for (const size of [64 * KIB, KIB, 1]) {
		try {
			for (;;) appendFileSync(ballast, Buffer.alloc(size));
		} catch (error) {
			if (!String(error).includes("ENOSPC")) throw error;
		}
	}
	return ballast;
}

/** More than a full disk has room for in its last block, to write down. */
function writeMany(device: DaemonDevice): readonly string[] {
	const paths = Array.from({ length: 60 }, (_, n) => `empty ${String(n)}.md`);
	for (const path of paths) device.write(path, "");
	return paths;
}

function text(device: DaemonDevice, path: string): string | undefined {
	return device.tree()[path];
}

async function heldBy(device: DaemonDevice): Promise<Readonly<Record<string, string>>> {
	const { held } = (await device.status()) as { held: readonly { path: string; reason: string }[] };
	return Object.fromEntries(held.map(({ path, reason }) => [path, reason]));
}

type Fits = Parameters<DaemonDevice["process"]["line"]>[0];
const isHeld =
	(path: string, reason: string): Fits =>
	(line) =>
		line.event === "held" && line["path"] === path && line["reason"] === reason;
const isApplied =
	(path: string): Fits =>
	(line) =>
		line.event === "applied" && line["path"] === path;

/** Without the test's own ballast. Temporary files would show. */
function visible(device: DaemonDevice): Readonly<Record<string, string>> {
	return Object.fromEntries(Object.entries(device.tree()).filter(([path]) => path !== ".ballast"));
}
