// What a tag makes of this repository, tried without anybody to publish to: the workflows are read and their steps run, with stand-ins
// for the two commands that need the network.
import { execFile } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));

interface Step {
	readonly uses?: string;
	readonly run?: string;
	readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
	readonly on: unknown;
	readonly permissions: Readonly<Record<string, string>>;
	readonly jobs: Readonly<Record<string, { readonly "runs-on": string; readonly steps: readonly Step[] }>>;
}

/** A clone in another folder, as far as a build looks at it, with what it installs. */
let copy = "";
beforeAll(async () => {
	copy = await mkdtemp(path.join(os.tmpdir(), "psync-release-"));
	const isSource = (file: string): boolean =>
		!/(?:^|\/)(?:node_modules|\.git|dist|main\.js)$/.test(path.relative(root, file));
	await cp(root, copy, { recursive: true, filter: isSource });
	await symlink(path.join(root, "node_modules"), path.join(copy, "node_modules"));
	await run("npm", ["run", "build"], { cwd: copy });
});
afterAll(async () => {
	await rm(copy, { recursive: true });
});

async function workflow(name: string): Promise<Workflow> {
	return parse(await readFile(path.join(root, ".github/workflows", name), "utf8")) as Workflow;
}

test("A build in another folder is equal byte for byte", async () => {
	const [here, there] = await Promise.all(
		[root, copy].map(async (folder) => {
			const out = await mkdtemp(path.join(os.tmpdir(), "psync-built-"));
			const script = `import { build } from "./esbuild.config.mjs"; await build({ production: true, outdir: ${JSON.stringify(out)}, only: ["main.js"] });`;
			await run("node", ["--input-type=module", "--eval", script], { cwd: folder });
			const bytes = await readFile(path.join(out, "main.js"));
			await rm(out, { recursive: true });
			return bytes;
		}),
	);
	expect(here?.length).toBeGreaterThan(100_000);
	expect(here?.equals(there ?? Buffer.alloc(0))).toBe(true);
});

describe.each(["ci.yml", "release.yml"])("%s", (name) => {
	test("asks for as little as it needs, and pins what it runs", async () => {
		const { permissions, jobs } = await workflow(name);
		expect(permissions).toEqual({ contents: "read" });
		for (const { steps } of Object.values(jobs)) {
			expect(steps.length).toBeGreaterThan(0);
			for (const { uses, run: script } of steps) {
				expect([uses, script].filter((what) => what !== undefined)).toHaveLength(1);
				if (uses !== undefined) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
			}
		}
	});

	test("has scripts that a shell can read, and calls only what package.json has", async () => {
		const { scripts } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { scripts: object };
		for (const { steps } of Object.values((await workflow(name)).jobs)) {
			for (const { run: script = "" } of steps) {
				await run("bash", ["-n", "-c", script]);
				for (const [, called = ""] of script.matchAll(/npm run (\S+)/g)) expect(Object.keys(scripts)).toContain(called);
			}
		}
	});
});

describe("release.yml", () => {
	/** What `gh` was called with, step after step, for that tag; rejects like the first step that does. */
	async function releaseOf(tag: string): Promise<readonly string[]> {
		const bin = await mkdtemp(path.join(os.tmpdir(), "psync-bin-"));
		const said = path.join(bin, "said");
		await writeFile(path.join(bin, "npm"), "#!/bin/sh\nexit 0\n");
		await writeFile(path.join(bin, "gh"), `#!/bin/sh\nfor word; do printf '%s\\n' "$word" >> '${said}'; done\n`);
		await Promise.all(["npm", "gh"].map((name) => chmod(path.join(bin, name), 0o755)));
		const env = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}`, GITHUB_REF_NAME: tag };
		try {
			const { jobs } = await workflow("release.yml");
			for (const { run: script } of jobs["release"]?.steps ?? [])
				if (script !== undefined) await run("bash", ["-e", "-c", script], { cwd: copy, env });
			return (await readFile(said, "utf8")).trimEnd().split("\n");
		} finally {
			await rm(bin, { recursive: true });
		}
	}
	const made = async (name: string): Promise<string> => readFile(path.join(copy, "dist/release", name), "utf8");
	const FILES = ["main.js", "manifest.json", "styles.css"].map((name) => `dist/release/${name}`);

	test("makes a draft of the version that manifest.json names, with three files and a statement for each", async () => {
		const { version } = JSON.parse(await readFile(path.join(root, "manifest.json"), "utf8")) as { version: string };
		expect(await releaseOf(version)).toEqual([
			"release",
			"create",
			version,
			"--title",
			version,
			"--draft",
			"--generate-notes",
			...FILES,
		]);
		expect(JSON.parse(await made("manifest.json"))).toEqual(
			JSON.parse(await readFile(path.join(root, "manifest.json"), "utf8")),
		);
		expect(await made("main.js")).toBe(await readFile(path.join(copy, "main.js"), "utf8"));
		const { jobs } = await workflow("release.yml");
		const attested = jobs["release"]?.steps.find(({ uses }) => uses?.startsWith("actions/attest@"))?.with;
		expect(String(attested?.["subject-path"]).trim().split("\n")).toEqual(FILES);
	});

	test("makes what BRAT takes of a version for testers: a manifest that names it, marked as not for everybody", async () => {
		const said = await releaseOf("0.2.0-beta.1");
		expect(said).toContain("--prerelease");
		expect(JSON.parse(await made("manifest.json"))).toMatchObject({ id: "psync", version: "0.2.0-beta.1" });
		const kept = JSON.parse(await readFile(path.join(copy, "manifest.json"), "utf8")) as { version: string };
		expect(kept.version).not.toContain("beta");
	});

	test.each([
		["v0.1.0", "is no version"],
		["0.1", "is no version"],
		["0.0.9", "manifest.json says"],
		["0.1.0-beta.1", "would be older"],
		["0.2.0-rc.1", "is no version"],
	])("makes nothing of the tag %s", async (tag, why) => {
		await expect(releaseOf(tag)).rejects.toThrow(why);
	});
});
