// What a command may use of the process it runs in.

export interface CommandIo {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly stdout: (text: string) => void;
	readonly stderr: (text: string) => void;
	/** A person is there to be asked. */
	readonly isTerminal: boolean;
	/** One line from that person. */
	readonly question: (text: string) => Promise<string>;
	/** Whether somebody types what comes in, wherever the output goes. */
	readonly isTyped: boolean;
	/** One line from that person that nobody can read over their shoulder. */
	readonly secret: (text: string) => Promise<string>;
	/** All that another program or a file gives; longer than `charsMax` is cut there. */
	readonly input: (charsMax: number) => Promise<string>;
	/** Aborts when the process is told to stop; its reason is a word for it ("SIGINT"). */
	readonly stop: AbortSignal;
}
