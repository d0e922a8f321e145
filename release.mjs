// Puts together what a release consists of, for the version that the tag names: main.js, manifest.json and styles.css in a folder of
// their own. `node release.mjs 0.2.0` is what the app installs; `node release.mjs 0.2.0-beta.1` is for BRAT, which takes the newest release
// of all and reads the manifest among its files: the one in the repository goes on naming the version that everybody has.
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(fileURLToPath(import.meta.url));
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-beta\.[1-9]\d*)?$/;

class ReleaseError extends Error {}

/** Resolves to where the files are; rejects with a ReleaseError whose message says what is wrong. */
async function prepare(tag, out) {
	const match = VERSION.exec(tag);
	if (match === null) throw new ReleaseError(`“${tag}” is no version: 1.2.3, or 1.2.3-beta.4 for testers, without a v`);
	const [manifest, packageJson, versions] = await Promise.all(
		["manifest.json", "package.json", "versions.json"].map(async (name) =>
			JSON.parse(await readFile(at(name), "utf8")),
		),
	);
	const version = tag.split("-")[0];
	if (manifest.version !== packageJson.version)
		throw new ReleaseError(`manifest.json says ${manifest.version}, and package.json ${packageJson.version}`);
	if (match[4] === undefined && manifest.version !== version)
		throw new ReleaseError(`the tag is ${tag}, and manifest.json says ${manifest.version}`);
	if (match[4] !== undefined && order(version, manifest.version) <= 0)
		throw new ReleaseError(`${tag} would be older than ${manifest.version}, which everybody has`);
	if (Object.values(versions).at(-1) !== manifest.minAppVersion)
		throw new ReleaseError("versions.json does not end with minAppVersion of manifest.json");

	await rm(out, { recursive: true, force: true });
	await mkdir(out, { recursive: true });
	for (const name of ["main.js", "styles.css"]) {
		if (!existsSync(at(name))) throw new ReleaseError(`${name} is missing: npm run build makes it`);
		await copyFile(at(name), path.join(out, name));
	}
	const text = JSON.stringify({ ...manifest, version: tag }, undefined, "\t");
	await writeFile(path.join(out, "manifest.json"), `${text}\n`);
	return out;
}

function order(a, b) {
	const [left, right] = [a, b].map((version) => version.split(".").map(Number));
	const at = left.findIndex((part, i) => part !== right[i]);
	return at < 0 ? 0 : left[at] - right[at];
}

function at(name) {
	return path.join(root, name);
}

const [tag = "", out = at("dist/release")] = process.argv.slice(2);
try {
	process.stdout.write(`${await prepare(tag, out)}\n`);
} catch (error) {
	if (!(error instanceof ReleaseError)) throw error;
	process.stderr.write(`No release: ${error.message}\n`);
	process.exitCode = 1;
}
