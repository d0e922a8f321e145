// Words by which the app's search finds a setting too: what people type who do not know its name. Each row's are parted by |.
export const searchWords = {
	setUp: "begin|start|wizard",
	groupKey: "password|pairing|devices|qr|link|join",
	relay: "server|url",
	devices: "remove|lost|stolen|members|approve",
	mailbox: "mailbox|offline|away|storage",
	largest: "attachments|size|images|limit",
	wholeCopy: "backup",
	stored: "quota|space|delete",
	whileTyping: "live|autosave|latency|collaborate",
	wifiOnly: "mobile data|cellular|metered|data plan|battery",
	limits: "limit|speed|bandwidth|throttle",
	debounce: "debounce|delay",
	kinds: "attachments|file types",
	sizes: "size|limit|attachments",
	patterns: "ignore|exclude|gitignore|psyncignore",
	appSettings: "themes|snippets|css|hotkeys|plugins|appearance|config",
} as const;
