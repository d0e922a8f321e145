// The settings tab.
import { number } from "../counting.ts";

export const settingsText = {
	status: "Status",
	connection: "Connection",
	thisDevice: "This device",

	relay: "Relay address",
	relayDesc:
		"Your devices find each other through a relay. It also keeps, locked, what a device that is off still lacks, and cannot read your notes. Use the same address on every device; phones need one that begins with wss://.",
	relayPlaceholder: "wss://relay.example.org",

	accessCode: "Access code",
	accessCodeDesc: "Only if your relay asks for one. It is shown where the relay was started.",

	plainRelay: "Unencrypted relay",
	plainRelayDesc:
		"Only for a relay in your own network whose address begins with ws://. Others in that network can then see when your devices are online, and the access code; never your notes.",

	groupKey: "Group key",
	groupKeyNone:
		"Devices with the same group key keep their vaults the same. Create a key on your first device. On every other, scan its code with the camera, or paste its link or key here.",
	groupKeyOther:
		"Paste the link or key of another group, or create a key to begin a new one. To shut a lost device out, press Remove beside it under Devices.",
	groupKeySet: (name: string) => `This vault is in the group ${name}. Your other devices show the same name.`,
	groupKeyShown:
		"Whoever has this key can read and change the whole vault. Give it only to your own devices, and keep a copy in a safe place.",
	groupKeyPlaceholder: "Paste a link or a key",
	createKey: "Create a key",
	useKey: "Join",
	showKey: "Show",
	hideKey: "Hide",
	changeKey: "Change",
	cancel: "Cancel",
	changeKeyTitle: "Change the group key?",
	changeKeyText:
		"This vault leaves its present group and joins that of the new key. Files of both are kept and put together; your other devices stay in the present group.",
	changeKeyConfirm: "Change the key",

	deviceName: "Device name",
	deviceNameDesc: "How your other devices show this one, and how the copies of a conflict are named.",

	wifiOnly: "Wi-Fi only",
	wifiOnlyDesc:
		"On mobile data nothing is sent or received; your changes are remembered and follow on Wi-Fi. “Sync now” syncs all the same, until the network is another.",

	limitUp: "Fastest upload (KB per second)",
	limitUpDesc: "For a slow connection. It counts for all devices and the relay together. 0 is as fast as it goes.",
	limitDown: "Fastest download (KB per second)",
	limitDownDesc: "The same for what this device receives.",

	debounce: "Wait before sending (ms)",
	debounceDesc:
		"How long a note must be left alone before its change is sent, in thousandths of a second. 100 feels instant; a larger number sends less often while you type.",
} as const;

export const settingsProblems = {
	relayScheme: "A relay address begins with wss:// (or ws:// for a relay on this computer).",
	relayAddress:
		"This is no relay address. It has only a name and perhaps a port, for example wss://relay.example.org or ws://127.0.0.1:9000.",
	relayPlain:
		"This address is not encrypted. Use one that begins with wss://, or turn on “Unencrypted relay” below and enter it again.",
	relayPlainOnPhone: "A phone needs an address that begins with wss://.",
	deviceName: (max: number) => `A name has 1 to ${String(max)} characters.`,
	wholeNumber: (min: number, max: number) => `Enter a whole number from ${number(min)} to ${number(max)}.`,
} as const;

export const deviceNames = {
	iphone: "iPhone",
	ipad: "iPad",
	androidPhone: "Android phone",
	androidTablet: "Android tablet",
	mac: "Mac",
	windows: "Windows computer",
	linux: "Linux computer",
	other: "Device",
} as const;
