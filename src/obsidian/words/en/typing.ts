// Saving while somebody types.
export const typingText = {
	whileTyping: "Sync while typing",
	whileTypingDesc:
		"Saves the open note at each short pause in typing, so that your other devices show it at once, and nothing unsaved is lost when the app ends. Otherwise it is saved every two seconds. On a phone it costs some battery.",
} as const;
