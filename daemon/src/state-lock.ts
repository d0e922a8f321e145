// One process a state directory. The lock is a file that names its holder, so a process that crashed holds nothing.
//
// Files are called lock-1, lock-2, …; the highest one whose holder lives is the lock. Taking it means making the next
// number, which only one process can; a dead holder's file is never changed in place, so there is no moment in which two
// processes can take over from the same one.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { link, readdir, readFile, unlink, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, ifThere } from "./errno.ts";

export type LockResult =
	{ readonly kind: "locked"; readonly release: () => Promise<void> } | { readonly kind: "held"; readonly pid: number };

const LOCK_NAME = /^lock-([1-9][0-9]{0,8})$/;
const ATTEMPTS_MAX = 20;

/** `directory` exists. Touches nothing there but lock files. */
export async function lockState(directory: string): Promise<LockResult> {
	for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
		const before = await readLocks(directory);
		const holder = before.find((lock) => isAlive(lock.holder));
		if (holder !== undefined) return { kind: "held", pid: holder.holder.pid };
		const number = 1 + Math.max(0, ...before.map((lock) => lock.number));
		if (!(await make(directory, number))) continue;

		// Somebody may have looked before we were there, and made another number.
		const own = join(directory, `lock-${String(number)}`);
		const others = (await readLocks(directory)).filter((lock) => lock.number !== number);
		if (others.some((lock) => lock.number > number && isAlive(lock.holder))) {
			await ifThere(unlink(own));
			continue;
		}
		for (const lock of others) if (lock.number < number) await ifThere(unlink(lock.path));
		await removeTemps(directory);
		return {
			kind: "locked",
			release: async () => {
				await ifThere(unlink(own));
			},
		};
	}
	throw new Error(`the lock in ${directory} changes hands faster than it can be read`);
}

/** The process that holds the lock now; `undefined`: nobody does. */
export async function lockHolder(directory: string): Promise<number | undefined> {
	return (await readLocks(directory)).find((lock) => isAlive(lock.holder))?.holder.pid;
}

interface Holder {
	readonly pid: number;
	/** When the process began, in whatever form the system gives it: the same pid later is another process. */
	readonly began: string;
}

interface LockFile {
	readonly path: string;
	readonly number: number;
	readonly holder: Holder;
}

/** Complete from the first moment: written beside, then linked, which fails when the number is taken. */
async function make(directory: string, number: number): Promise<boolean> {
	const temp = join(directory, `lock-temp-${randomBytes(6).toString("hex")}`);
	await writeFile(temp, `${String(process.pid)} ${beganAt(process.pid) ?? "?"}\n`, { mode: 0o600, flag: "wx" });
	try {
		await link(temp, join(directory, `lock-${String(number)}`));
		return true;
	} catch (error) {
		// ENOENT: whoever holds the lock by now has cleared the temporary files away.
		if (errnoOf(error) === "EEXIST" || errnoOf(error) === "ENOENT") return false;
		throw error;
	} finally {
		await ifThere(unlink(temp));
	}
}

/** What processes that were killed while they tried have left. */
async function removeTemps(directory: string): Promise<void> {
	for (const name of await readdir(directory)) {
		if (name.startsWith("lock-temp-")) await ifThere(unlink(join(directory, name)));
	}
}

/** Highest number first. */
async function readLocks(directory: string): Promise<readonly LockFile[]> {
	const names = (await ifThere(readdir(directory))) ?? [];
	const locks = await Promise.all(
		names.map(async (name): Promise<LockFile | undefined> => {
			const number = Number(LOCK_NAME.exec(name)?.[1]);
			if (Number.isNaN(number)) return undefined;
			const path = join(directory, name);
			const text = await ifThere(readFile(path, "utf8"));
			if (text === undefined) return undefined;
			const [, pid = "0", began = "?"] = /^([0-9]{1,10}) (.{1,200})$/m.exec(text) ?? [];
			return { path, number, holder: { pid: Number(pid), began } };
		}),
	);
	return locks.filter((lock) => lock !== undefined).sort((a, b) => b.number - a.number);
}

function isAlive({ pid, began }: Holder): boolean {
	if (pid <= 0) return false;
	try {
		process.kill(pid, 0);
	} catch (error) {
		// EPERM: it lives, and is somebody else's.
		if (errnoOf(error) === "ESRCH") return false;
	}
	const now = beganAt(pid);
	return began === "?" || now === undefined || now === began;
}

/** `undefined`: the system does not say. */
function beganAt(pid: number): string | undefined {
	if (process.platform === "linux") {
		try {
			const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
			const fields = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
			// The second field is the program's name, in brackets, and may hold spaces; the start is the 22nd.
			return `${boot}:${fields.slice(fields.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
		} catch (error) {
			if (errnoOf(error) !== undefined) return undefined;
			throw error;
		}
	}
	if (process.platform === "win32") return undefined;
	const listed = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
	return listed.status === 0 && listed.stdout.trim() !== "" ? listed.stdout.trim() : undefined;
}
