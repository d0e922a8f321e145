// Programs that once broke an invariant, made as short as `npm run sim` could make them. Each stays what it is only as long as the
// engine asks for time and randomness in the same order; what it found has a test of its own beside the code.
import type { Program } from "./steps.ts";

export const REGRESSIONS: readonly (readonly [what: string, program: Program])[] = [
	[
		"a device that lost its state counted with numbers that others knew, and took their word for what it had deleted",
		{
			seed: 39,
			devices: 3,
			forgetsSoon: true,
			before: [
				["act", 2, 0.759, 0.429],
				["act", 1, 0.823, 0.243],
				["act", 0, 0.843, 0.057],
			],
			steps: [
				["wait", 1, 0.588, 0.895],
				["act", 2, 0.542, 0.487],
				["wait", 1, 0.009, 0.54],
				["act", 1, 0.184, 0.017],
				["act", 0, 0.268, 0.613],
				["wait", 0, 0.564, 0.981],
				["act", 1, 0.103, 0.514],
				["wait", 2, 0.967, 0.726],
				["act", 0, 0.249, 0.014],
				["wait", 0, 0.804, 0.609],
				["install anew", 0, 0.791, 0.29],
				["act", 2, 0.493, 0.951],
				["wipe the state", 2, 0.319, 0.718],
				["act", 2, 0.648, 0.918],
			],
		},
	],
	[
		"a device whose disk forgot its last acts counted them again for others, and took the others' word for what it had deleted",
		{
			seed: 538,
			devices: 3,
			forgetsSoon: false,
			before: [],
			steps: [
				["act", 0, 0.142, 0.497],
				["hide a file", 1, 0.309, 0.427],
				["act", 2, 0.629, 0.161],
				["wait", 1, 0.766, 0.962],
				["forget the last writes", 2, 0.645, 0.727],
				["act", 2, 0.317, 0.806],
			],
		},
	],
	[
		"a device that got an old state back counted on over what it had told a peer with a full disk: that was taken for deleted",
		{
			seed: 410507,
			devices: 3,
			forgetsSoon: false,
			before: [],
			steps: [
				["wait", 0, 0.4, 0.54],
				["die and leave half", 0, 0.228, 0.314],
				["act", 1, 0.321, 0.382],
				["keep a backup", 2, 0.35, 0.577],
				["act", 2, 0.95, 0.906],
				["wait", 2, 0.684, 0.092],
				["wait", 2, 0.969, 0.506],
				["bring back state and folder", 1, 0.314, 0.326],
				["bring back state and folder", 2, 0.915, 0.753],
				["fill the disk of the state", 1, 0.182, 0.825],
				["act", 2, 0.703, 0.467],
			],
		},
	],
	[
		"half of a conflict copy that a crash left became a file of a person, since somebody had dealt with that version meanwhile",
		{
			seed: 482276,
			devices: 3,
			forgetsSoon: false,
			before: [
				["act", 0, 0.736, 0.42],
				["act", 2, 0.938, 0.498],
			],
			steps: [
				["act", 1, 0.454, 0.576],
				["die and leave half", 1, 0.237, 0.853],
				["wait", 2, 0.848, 0.485],
				["take the folder away", 1, 0.346, 0.66],
				["act", 1, 0.531, 0.449],
				["act", 1, 0.584, 0.817],
				["act", 2, 0.638, 0.211],
				["quit or start", 1, 0.558, 0.947],
				["take the folder away", 1, 0.351, 0.76],
			],
		},
	],
	[
		"a new file where one was deleted counted as an edit of that one, and was shown in place of the old bytes that somebody brought back",
		{
			seed: 481327,
			devices: 3,
			forgetsSoon: false,
			older: 0,
			before: [
				["act", 2, 0.308, 0.523],
				["act", 1, 0.478, 0.513],
			],
			steps: [
				["wait", 1, 0.71, 0.477],
				["wait", 2, 0.448, 0.195],
				["be away for long", 0, 0.667, 0.181],
				["wait", 0, 0.478, 0.733],
				["wait", 0, 0.831, 0.429],
				["move", 2, 0.027, 0.867],
				["wait", 2, 0.501, 0.496],
				["be away for long", 1, 0.355, 0.234],
				["move", 2, 0.127, 0.706],
			],
		},
	],
];
