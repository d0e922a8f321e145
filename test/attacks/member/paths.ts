// M02, M03, M05, M09: names. What must not be written is not, what was never announced is not given, and the rest goes on.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { recordToWire } from "../../../src/wire/record-codec.ts";
import { hashOf, vectorOf } from "../../support/records.ts";
import type { ScriptedPeer } from "../../support/scripted-peer.ts";
import { end, pieceOf, theirs } from "../../support/talk.ts";
import { attack } from "../support/cases.ts";
import { HostileScene } from "../support/hostile-scene.ts";

const EVIL = "require('child_process')";

/** Tells a file of that name, whatever the name. */
function tell(peer: ScriptedPeer, path: string, counter: number): void {
	const [, context, siblings, superseded] = recordToWire(theirs(`b${counter}`, EVIL)) as [
		string,
		unknown,
		unknown[][],
		unknown,
	];
	const named = siblings.map((sibling) => sibling.map((field, at) => (at === 6 ? path : field)));
	peer.sayRaw([1, [[path, context, named, superseded]]]);
	peer.say(pieceOf(EVIL), end(vectorOf(`b${counter}`)));
}

/** All names below a folder, hidden ones too. */
function tree(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}

/** Each of these, told by the rogue, ends its session and nothing else; nothing of that name, and nothing outside, is there afterwards. */
async function refusesAll(scene: HostileScene, paths: readonly string[]): Promise<void> {
	const before = [tree(scene.alice.folder), readdirSync(scene.place.top).sort()];
	for (const path of paths) {
		const peer = await scene.meet();
		tell(peer, path, 1);
		expect([path, await scene.thrownOut()]).toEqual([path, "malformed"]);
	}
	expect([tree(scene.alice.folder), readdirSync(scene.place.top).sort()]).toEqual(before);
}

export function pathCases(): void {
	attack("M02", async () => {
		const scene = await HostileScene.open({ "mine.md": "mine" });
		const settings = join(scene.alice.folder, ".obsidian");
		mkdirSync(settings);
		writeFileSync(join(settings, "app.json"), "{}");
		await refusesAll(scene, [
			".obsidian/plugins/psync/main.js",
			".git/hooks/post-checkout",
			".GIT/config",
			".git /config",
			".git./config",
			".git::$INDEX_ALLOCATION/config",
			".ob\u200csidian/plugins/x/main.js",
			"\u{ff0e}obsidian/plugins/x/main.js",
			"\u2024obsidian/plugins/x/main.js",
			"x/../.obsidian/app.json",
			"../outside.md",
			"/etc/passwd",
			".\\obsidian\\app.json",
		]);
		// What a person may want on a device of theirs is told on, and written on none whose person did not say so.
		const hidden = [
			".obsidian/plugins/x/main.js",
			".obsidian/community-plugins.json",
			".obsidian/app.json",
			".OBSIDIAN/app.json",
			".obsidian./plugins/x/main.js",
			".obsidian /plugins/x/main.js",
			".obsidian::$INDEX_ALLOCATION/plugins/x/main.js",
			".config-of-another-name/plugins/x/main.js",
			"sub/.obsidian/plugins/x/main.js",
			".bashrc",
		];
		const peer = await scene.meet();
		hidden.forEach((path, i) => {
			tell(peer, path, i + 1);
		});
		await scene.taken(peer, hidden.length + 1);
		expect(tree(scene.alice.folder)).toEqual([
			".obsidian",
			".obsidian/app.json",
			`honest ${hidden.length + 1}.md`,
			"mine.md",
		]);
		expect(readFileSync(join(settings, "app.json"), "utf8")).toBe("{}");
		// Of a short name that Windows makes for another folder, an ordinary one everywhere else.
		tell(peer, "OBSIDI~1/plugins/x/main.js", hidden.length + 2);
		await scene.taken(peer, hidden.length + 3);
		expect(existsSync(join(scene.alice.folder, "OBSIDI~1/plugins/x/main.js"))).toBe(process.platform !== "win32");
		expect(tree(settings)).toEqual(["app.json"]);
	});

	attack("M03", async () => {
		// Also where a person wants hidden files.
		const scene = await HostileScene.open({ "mine.md": "mine" }, "--hidden");
		const own = join(scene.alice.folder, ".obsidian/plugins/psync");
		mkdirSync(own, { recursive: true });
		writeFileSync(join(own, "data.json"), "{}");
		await refusesAll(scene, [
			".obsidian/plugins/psync/data.json",
			".obsidian/plugins/psync/main.js",
			".obsidian/plugins/psync/state/journal",
			".OBSIDIAN/Plugins/PSync/main.js",
			".other-config/plugins/psync/main.js",
			"sub/.obsidian/plugins/psync/main.js",
			".psync/journal",
			".psyncignore/x",
			".psync-tmp-0000",
			".PSYNC/journal",
			"sub/.psync/journal",
			"\u{ff0e}psync/journal",
			`../state-alice/device.json`,
			`../state-alice/store/journal`,
		]);
		const peer = await scene.meet();
		await scene.taken(peer, 1, ".obsidian/app.json");
		expect(readFileSync(join(own, "data.json"), "utf8")).toBe("{}");
		expect(tree(own)).toEqual(["data.json"]);
	});

	attack("M05", async () => {
		const scene = await HostileScene.open();
		await refusesAll(scene, [
			"",
			".",
			"a//b.md",
			"a/",
			"a\u0000b.md",
			"a\nb.md",
			"a\u0085b.md",
			"a\u2028b.md",
			"a\u202egpj.md",
			"a\u2066b.md",
			"a\ud800b.md",
			"zero\u200bwidth.md",
			"soft\u00adhyphen.md",
			"e\u0301.md",
			`${"x".repeat(300)}.md`,
			`${"日".repeat(90)}.md`,
			`${"d/".repeat(80)}note.md`,
			`${"dddd/".repeat(20)}${"x".repeat(5_000)}.md`,
		]);
		// What only some systems cannot store is a note here, or held with its reason there.
		const names = [
			"con.md",
			"NUL",
			"COM1.txt",
			"a.md:ads",
			"what: is? this*.md",
			"dot.",
			"space ",
			" space",
			"lpt¹.md",
		];
		const peer = await scene.meet();
		names.forEach((path, i) => {
			tell(peer, path, i + 1);
		});
		await scene.taken(peer, names.length + 1);
		for (const path of names) {
			if (process.platform === "linux")
				expect([path, readFileSync(scene.alice.at(path), "utf8")]).toEqual([path, EVIL]);
			else if (!existsSync(scene.alice.at(path)))
				await scene.alice.process.line((line) => line.event === "held" && line["path"] === path);
		}
	});

	attack("M09", async () => {
		const letter = "the words of a letter that nobody was given";
		const scene = await HostileScene.open({
			"mine.md": "mine",
			".psyncignore": "drafts/\n",
			"drafts/letter.md": letter,
			".obsidian/plugins/psync/data.json": `{"words":"${letter}"}`,
		});
		const state = readFileSync(join(scene.alice.state, "device.json"));
		const outside = join(scene.place.folder("outside"), "id_ed25519");
		writeFileSync(outside, "a key of somebody");
		const peer = await scene.meet();
		const ask = (text: string | Uint8Array): void => {
			const length = Math.min(64, text.length);
			peer.say({ type: "want", ranges: [{ hash: hashOf(text), offset: 0, length }] });
		};
		// There is no way to ask for a path; whoever knows the very bytes of a file that was never told gets the same answer as for
		// bytes that nobody has.
		const asked = ["bytes that nobody has", letter, `{"words":"${letter}"}`, "drafts/\n", state, "a key of somebody"];
		for (const text of asked) ask(text);
		await peer.until(() => peer.all("unavailable").length === asked.length);
		expect(peer.all("unavailable").map(({ hashes }) => hashes)).toEqual(asked.map((text) => [hashOf(text)]));
		ask("mine");
		await peer.until(() => peer.last("pieces") !== undefined);
		expect(peer.all("pieces").flatMap(({ pieces }) => pieces.map(({ hash }) => hash))).toEqual([hashOf("mine")]);
		for (const path of ["drafts/letter.md", "../outside/id_ed25519", ".obsidian/plugins/psync/data.json"]) {
			const asking = await scene.meet();
			asking.sayRaw([6, [[path, 0, 64]]]);
			expect([path, await scene.thrownOut()]).toEqual([path, "malformed"]);
		}
	});
}
