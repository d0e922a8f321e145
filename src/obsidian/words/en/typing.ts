// Saving while somebody types.
export const typingText = {
	whileTyping: "Sync while typing",
	whileTypingDesc:
		"Saves the open note at each short pause in typing, so that your other devices show it at once, and less is lost if the app ends suddenly. Otherwise, and while another device changes the same note, the app saves it every two seconds. On a phone, saving so often costs some battery.",
} as const;
