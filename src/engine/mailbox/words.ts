// What people are told of the mailbox when something is not as it should be: what it means, and what comes next.
import type { Problem } from "../status.ts";

export const FULL: Problem = {
	code: "relay-full",
	message:
		"There is no more room for this group at the relay, so changes are not kept there for devices that are away. They get them from another device. It is tried again by itself.",
};

export const FULL_FOR_WHOLE: Problem = {
	code: "relay-full-for-copy",
	message:
		"There is no room at the relay for a copy of the whole vault. Changes are kept there for devices that are away, as far as there is room for them.",
};

export const OLDER: Problem = {
	code: "relay-older-copy",
	message:
		"The relay shows an older copy of what your devices left there. It is not used, and what is needed is left there again. Nothing is lost.",
};

export const FORK: Problem = {
	code: "relay-two-copies",
	message:
		"The relay showed two devices different copies of what was left there. Your devices go on with each other, and what is needed is left there again. Nothing is lost.",
};

export const UNREADABLE: Problem = {
	code: "relay-unreadable",
	message:
		"What the relay shows was not left there by a device of this group that may change notes. It is not used, and what is needed is left there again.",
};
