// The colours of two themes that many people use, by the app's variable names: after the palettes Flexoki (Steph Ango) and Nord (Arctic
// Ice Studio). What a theme makes of the app's own controls is not ours; what we put in its colours has to be readable in them.

type Colours = Readonly<Record<`--${string}`, string>>;

const flexoki = {
	"--interactive-accent": "#4385be",
	"--text-accent": "#205ea6",
	"--color-orange-rgb": "218, 112, 44",
	"--color-blue-rgb": "67, 133, 190",
} as const;

const nord = {
	"--interactive-accent": "#5e81ac",
	"--text-accent": "#5e81ac",
	"--color-orange-rgb": "208, 135, 112",
	"--color-blue-rgb": "94, 129, 172",
} as const;

export const themes: Readonly<Record<string, Readonly<Record<"light" | "dark", Colours>>>> = {
	Flexoki: {
		light: {
			...flexoki,
			"--background-primary": "#fffcf0",
			"--background-secondary": "#f2f0e5",
			"--background-modifier-border": "#dad8ce",
			"--background-modifier-hover": "rgb(16 15 15 / 5%)",
			"--background-modifier-form-field": "#fffcf0",
			"--interactive-normal": "#fffcf0",
			"--text-normal": "#100f0f",
			"--text-muted": "#6f6e69",
			"--text-faint": "#b7b5ac",
			"--text-error": "#af3029",
			"--text-success": "#66800b",
			"--text-warning": "#bc5215",
		},
		dark: {
			...flexoki,
			"--background-primary": "#100f0f",
			"--background-secondary": "#1c1b1a",
			"--background-modifier-border": "#343331",
			"--background-modifier-hover": "rgb(206 205 195 / 6%)",
			"--background-modifier-form-field": "#1c1b1a",
			"--interactive-normal": "#1c1b1a",
			"--text-normal": "#cecdc3",
			"--text-muted": "#878580",
			"--text-faint": "#575653",
			"--text-error": "#d14d41",
			"--text-success": "#879a39",
			"--text-warning": "#da702c",
		},
	},
	Nord: {
		light: {
			...nord,
			"--background-primary": "#eceff4",
			"--background-secondary": "#e5e9f0",
			"--background-modifier-border": "#d8dee9",
			"--background-modifier-hover": "rgb(46 52 64 / 6%)",
			"--background-modifier-form-field": "#eceff4",
			"--interactive-normal": "#eceff4",
			"--text-normal": "#2e3440",
			"--text-muted": "#4c566a",
			"--text-faint": "#7b88a1",
			"--text-error": "#bf616a",
			"--text-success": "#a3be8c",
			"--text-warning": "#d08770",
		},
		dark: {
			...nord,
			"--background-primary": "#2e3440",
			"--background-secondary": "#3b4252",
			"--background-modifier-border": "#4c566a",
			"--background-modifier-hover": "rgb(236 239 244 / 6%)",
			"--background-modifier-form-field": "#3b4252",
			"--interactive-normal": "#3b4252",
			"--text-normal": "#eceff4",
			"--text-muted": "#d8dee9",
			"--text-faint": "#81a1c1",
			"--text-error": "#bf616a",
			"--text-success": "#a3be8c",
			"--text-warning": "#ebcb8b",
		},
	},
};
