// Two hundred names that break programs, made from rules, each with what is to become of it: refused everywhere, or held on the
// platforms that cannot store it and kept the same on all others. What is expected is said here, not asked of the code.
import type { Platform } from "../../src/core/platform-names.ts";

export interface NastyName {
	readonly path: string;
	/** No device takes it; a file of that name is listed and left alone. */
	readonly isRefused: boolean;
	/** Some devices may take it: those whose person wants hidden files. */
	readonly isHidden?: true;
	/** Where it is held. */
	readonly heldOn: readonly Platform[];
}

export const PLATFORMS: readonly Platform[] = ["posix", "windows", "mac", "android", "ios"];

const ordinary = (path: string): NastyName => ({ path, isRefused: false, heldOn: [] });
const refused = (path: string): NastyName => ({ path, isRefused: true, heldOn: [] });
const hidden = (path: string): NastyName => ({ path, isRefused: true, isHidden: true, heldOn: [] });
const heldOn =
	(...platforms: Platform[]) =>
	(path: string): NastyName => ({ path, isRefused: false, heldOn: platforms });
const onWindows = heldOn("windows");

const DEVICES = [
	"con",
	"PRN",
	"Aux",
	"nul",
	"com1",
	"COM9",
	"lpt1",
	"LPT9",
	"com¹",
	"lpt²",
	"COM³",
	"conin$",
	"CONOUT$",
];

export function nastyNames(): readonly NastyName[] {
	const names = [
		// Letters of many scripts, directions, planes and compositions.
		...[
			"日本語.md",
			"한국어.md",
			"Ελληνικά.md",
			"кириллица.md",
			"עברית.md",
			"العربية.md",
			"हिन्दी.md",
			"ไทย.md",
			"தமிழ்.md",
		].map(ordinary),
		...[
			"😀.md",
			"👩‍👩‍👧‍👦 family.md",
			"🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}.md",
			"❤️.md",
			"1️⃣.md",
			"👍🏽.md",
			"𝒜𝓁𝓅𝒽𝒶.md",
			"𠀋.md",
		].map(ordinary),
		...[
			"é.md",
			"ẛ̣.md",
			"Å.md",
			"ﬁ.md",
			"ŉ.md",
			"ǅ.md",
			"ϔ.md",
			"İstanbul.md",
			"ıspanak.md",
			"straße.md",
			"ΣΊΣΥΦΟΣ.md",
			"ᾳ.md",
		].map(ordinary),
		...["می\u200cخواهم.md", "क्\u200dष.md", "ශ්\u200dරී.md"].map(ordinary),
		// What programs, shells and links take for something else.
		...[
			"__proto__.md",
			"constructor",
			"toString.md",
			"null",
			"undefined.md",
			"NaN",
			"true",
			"-rf",
			"--help.md",
			"~",
			"~user.md",
		].map(ordinary),
		...[
			"%2e%2e%2f.md",
			"%00.md",
			"a%2Fb.md",
			"&amp;.md",
			"$HOME.md",
			"${x}.md",
			"`id`.md",
			"$(id).md",
			"!!.md",
			"#tag.md",
			"a^b.md",
			"[[link]].md",
			"a#b^c.md",
		].map(ordinary),
		...[
			"a;b.md",
			"a&b.md",
			"a'b.md",
			"a,b.md",
			"a=b.md",
			"a@b.md",
			"a+b.md",
			"{a,b}.md",
			"(a).md",
			"[a].md",
			"C++.md",
			"50%.md",
		].map(ordinary),
		...[
			"Thumbs.db",
			"desktop.ini",
			"Icon",
			"lost+found",
			"node_modules",
			"index.html",
			"package.json",
			"a.md.tmp",
			"a.md~",
			"a (1).md",
			"a - Copy.md",
		].map(ordinary),
		...["note (conflict phone 2026-01-01 00000000).md", "note (conflict).md", "a.", "b .md"].map((path) =>
			path === "a." ? onWindows(path) : ordinary(path),
		),
		// Spaces of all kinds.
		...["a  b.md", "a\u00a0b.md", "a\u3000b.md", "a\u2009b.md", "\u00a0a.md", "a.md\u00a0"].map(ordinary),
		// As long, deep and many as they may be.
		...[`${"x".repeat(252)}.md`, `${"é".repeat(126)}.md`, `${"語".repeat(84)}.md`, `${"😀".repeat(63)}.md`].map(
			ordinary,
		),
		...[Array.from({ length: 64 }, () => "d").join("/"), `${"long/".repeat(60)}n.md`].map(ordinary),
		...["com3/plan.md", "x/aux.md/y.md", "nul.d/z", "com2/a/b"].map(onWindows),
		// What a platform gives a meaning of its own.
		...DEVICES.flatMap((name) => [name, `${name}.md`]).map(onWindows),
		...["nul .md", "Con.tar.gz", "prn.a.b", "aux  .txt"].map(onWindows),
		...[
			"trailing dot.md.",
			"trailing space.md ",
			"folder./x.md",
			"folder /x.md",
			"...and a dot at the end.".slice(3),
			" leading.md",
			" /x.md",
		].map(onWindows),
		...["PROGRA~1", "GIT~1/x", "notes~12.md", "a~1.b"].map(onWindows),
		...["what?.md", "a*b.md", 'say "hi".md', "a<b.md", "a>b.md", "a|b.md", "why?/because.md", "*/x.md"].map(
			heldOn("windows", "android"),
		),
		...["10:30.md", "a:b/c.md", "note.md:stream", "C:x.md", ":.md"].map(heldOn("windows", "mac", "android", "ios")),
		// Names that are not what they begin like.
		...[
			"CONcept.md",
			"com10.md",
			"com.md",
			"lpt.md",
			"console.md",
			"a~b.md",
			"approx~100 items.md",
			"auxiliary/x.md",
			"nulls.md",
		].map(ordinary),
		// Nobody takes these.
		...[
			"..",
			"../up.md",
			"a/../../up.md",
			"a/./b.md",
			"...",
			".git/config",
			"a/.GIT",
			".psyncignore",
			".obsidian/plugins/psync/main.js",
		].map(refused),
		...[".hidden.md", ".obsidian/app.json", "a/.b/c.md", "...md"].map(hidden),
		...["．git/x", "․obsidian/x", "﹒x", "‥/x", "…x.md"].map(refused),
		...[
			"a\\b.md",
			"..\\up.md",
			"\\\\server\\share.md",
			"a\u0000b.md",
			"a\nb.md",
			"a\tb.md",
			"a\u007fb.md",
			"a\u0085b.md",
			"a\u2028b.md",
		].map(refused),
		...[
			"a\u202egnp.md",
			"a\u2066b.md",
			"a\u200eb.md",
			"a\u061cb.md",
			"so\u00adft.md",
			"a\u200bb.md",
			"a\u200db.md",
			"a\u200cb.md",
			"\u200cمی.md",
			"می\u200c.md",
			"می\u200c\u200cخ.md",
			"\ufeffa.md",
			"a\u2060b.md",
			"a\u034fb.md",
		].map(refused),
		...["a\u{e0041}.md", "a\ufe0fb.md", "\u200d😀.md", "a\ud800b.md", "\udc00.md"].map(refused),
		...[
			"x".repeat(256),
			"é".repeat(128),
			Array.from({ length: 65 }, () => "d").join("/"),
			`${"y".repeat(200)}/`.repeat(6) + "n.md",
		].map(refused),
	];
	return names;
}
