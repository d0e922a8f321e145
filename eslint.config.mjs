// Three layers: what the community review runs on the plugin, the strictest typed rules on everything we write in
// TypeScript, and the walls between zones (test/walls.json).
import { readFileSync } from "node:fs";
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import obsidianmd from "eslint-plugin-obsidianmd";
import tseslint from "typescript-eslint";

const walls = JSON.parse(readFileSync(new URL("./test/walls.json", import.meta.url), "utf8"));

const nodeGlobals = [
	"Buffer",
	"process",
	"console",
	"URL",
	"setTimeout",
	"clearTimeout",
	"setInterval",
	"clearInterval",
];
const pageGlobals = ["window", "document", "fetch", "crypto", "performance", "location", "navigator", "WebSocket"];
const webRtcGlobals = ["RTCPeerConnection"];

const pureSyntax = [
	{ selector: "ImportExpression", message: "Pure zones know what they import when they are built." },
	{
		selector: "NewExpression[callee.name='Date'][arguments.length=0]",
		message: "Time comes through the clock port.",
	},
];

/** What a zone may not import, as patterns of no-restricted-imports: zones by their place, packages by what is not listed. */
function wallPatterns(zone, { zones, packages }) {
	const closed = Object.keys(walls.zones).filter((other) => other !== zone && !zones.includes(other));
	const places = closed.map((other) => (other.startsWith("src/") ? other.slice("src/".length) : other));
	const open = packages.map((name) => `${name}(?:/|$)`).join("|");
	const anyPackage = packages.includes("*") ? "(?:obsidian|obsidian-typings)(?:/|$)" : `(?!\\.|${open})`;
	return [
		{ regex: `^\\.\\.?/(?:.*/)?(?:${places.join("|")})/`, message: `${zone} does not look there (ARCHITECTURE.md).` },
		{ regex: `^${anyPackage}`, message: `${zone} has no such dependency (test/walls.json).` },
	];
}

const typed = {
	parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
};

export default defineConfig([
	globalIgnores([
		"main.js",
		"**/dist/",
		"**/node_modules/",
		"demo/laptop/",
		"demo/phone/",
		"demo/state/",
		"test-results/",
		"**/coverage/",
	]),
	{ files: ["src/**/*.ts", "main.ts"], extends: [obsidianmd.configs.recommended], languageOptions: typed },
	{ files: ["package.json"], extends: [obsidianmd.configs.recommended] },
	{
		files: ["**/*.{ts,tsx}"],
		extends: [tseslint.configs.strictTypeChecked],
		languageOptions: typed,
		linterOptions: { reportUnusedDisableDirectives: "error" },
		rules: {
			"@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
			"@typescript-eslint/switch-exhaustiveness-check": [
				"error",
				{ considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
			],
			"no-console": ["error", { allow: ["warn", "error", "debug"] }],
			// A number in a sentence is what it looks like; objects and undefined stay errors.
			"@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
			"@typescript-eslint/no-confusing-void-expression": [
				"error",
				{ ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
			],
			"@typescript-eslint/no-unnecessary-condition": [
				"error",
				{ allowConstantLoopConditions: "only-allowed-literals" },
			],
			// Spreading text into code points is what we mean by it; cutting between characters is core/utf8.ts.
			"@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
			// An AbortSignal's reason is unknown, and it is what an aborted wait rejects with.
			"@typescript-eslint/prefer-promise-reject-errors": [
				"error",
				{ allowThrowingAny: true, allowThrowingUnknown: true },
			],
			// A port's method is async for those who need it; another implementation may have nothing to wait for.
			"@typescript-eslint/require-await": "off",
			// The compiler says it better (noUnusedLocals, noUnusedParameters).
			"@typescript-eslint/no-unused-vars": "off",
			"no-undef": "off",
		},
	},
	...Object.entries(walls.zones).map(([zone, wall]) => ({
		files: [`${zone}/**/*.{ts,tsx}`],
		rules: { "no-restricted-imports": ["error", { patterns: wallPatterns(zone, wall) }] },
	})),
	{
		files: walls.pureZones.map((zone) => `${zone}/**/*.ts`),
		rules: {
			"no-restricted-properties": [
				"error",
				{ object: "Date", property: "now", message: "Time comes through the clock port." },
				{ object: "performance", property: "now", message: "Time comes through the clock port." },
				{ object: "Math", property: "random", message: "Randomness comes through the random port." },
			],
			"no-restricted-syntax": [
				"error",
				...pureSyntax,
				{
					selector: "CallExpression[callee.property.name=/^(replaceIf|removeIf)$/]",
					message: "Only engine/applier.ts changes the vault.",
				},
			],
		},
	},
	{ files: ["src/engine/applier.ts"], rules: { "no-restricted-syntax": ["error", ...pureSyntax] } },
	{
		files: ["relay/**/*.ts", "daemon/**/*.{ts,tsx}", "test/**/*.ts"],
		// These run in Node, where the page's own timers and storage of the plugin's rules do not exist.
		rules: { "no-restricted-globals": "off" },
	},
	{
		files: ["src/peerjs/**/*.ts"],
		// PeerJS declares its bag of options as a class that nobody makes an instance of.
		rules: { "@typescript-eslint/no-unsafe-class-instance-assignment": "off" },
	},
	{
		files: ["test/**/*.ts"],
		rules: {
			// A simulation or a bench says what it tried.
			"no-console": ["error", { allow: ["info", "warn", "error"] }],
			// expect(object.method) names a function, it does not call it.
			"@typescript-eslint/unbound-method": "off",
			"@typescript-eslint/no-empty-function": "off",
			"@typescript-eslint/no-confusing-void-expression": "off",
		},
	},
	{
		// Stands for a plugin that somebody else built.
		files: ["test/host/fixtures/*.js"],
		languageOptions: { sourceType: "commonjs" },
	},
	{
		files: ["**/*.{js,mjs,cjs}"],
		extends: [js.configs.recommended],
		languageOptions: {
			globals: Object.fromEntries([...nodeGlobals, ...pageGlobals, ...webRtcGlobals].map((name) => [name, "readonly"])),
		},
	},
]);
