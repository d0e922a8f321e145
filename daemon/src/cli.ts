// The command line: which command, and how it ends. What each does is in commands/.
import { errnoOf } from "./errno.ts";
import { CommandError, EXIT } from "./exit.ts";
import type { CommandIo } from "./io.ts";
import { visible } from "./visible.ts";

type Command = (argv: readonly string[], io: CommandIo) => number | Promise<number>;

/** Loaded when asked for: a script that asks for the status now and then should not wait for WebRTC and a web server. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map<string, () => Promise<Command>>([
	["up", async () => (await import("./commands/up.ts")).up],
	["relay", async () => (await import("./commands/relay.ts")).relay],
	["pair", async () => (await import("./commands/pair.ts")).pair],
	["join", async () => (await import("./commands/join.ts")).join],
	["leave", async () => (await import("./commands/leave.ts")).leave],
	["group", async () => (await import("./commands/group.ts")).group],
	["status", async () => (await import("./commands/status.ts")).status],
	["devices", async () => (await import("./commands/devices.ts")).devices],
	["approve", async () => (await import("./commands/devices.ts")).approve],
	["revoke", async () => (await import("./commands/devices.ts")).revoke],
	["scan", async () => (await import("./commands/scan.ts")).scan],
	["pause", async () => (await import("./commands/pause.ts")).pause],
	["resume", async () => (await import("./commands/pause.ts")).resume],
	["held", async () => (await import("./commands/held.ts")).held],
	["accept", async () => (await import("./commands/held.ts")).accept],
	["reject", async () => (await import("./commands/held.ts")).reject],
	["conflicts", async () => (await import("./commands/conflicts.ts")).conflicts],
	["restore", async () => (await import("./commands/restore.ts")).restore],
	["undo", async () => (await import("./commands/undo.ts")).undo],
	["revert", async () => (await import("./commands/revert.ts")).revert],
	["override", async () => (await import("./commands/override.ts")).override],
	["verify", async () => (await import("./commands/verify.ts")).verify],
	["delete-stored", async () => (await import("./commands/delete-stored.ts")).deleteStoredCommand],
	["history", async () => (await import("./commands/history.ts")).history],
]);

const HELP = `psync keeps folders of notes the same on all your devices, device to device.

  psync up FOLDER…        run a device on each folder
      --relay URL             where devices find each other, ws:// or wss:// (PSYNC_RELAY);
                              the one used before; otherwise a relay is started in this process
      --group-key-file F      file with the group key (PSYNC_GROUP_KEY holds the key itself);
                              the one kept with the folder; otherwise a new group is made
      --relay-code-file F     file with the relay's access code, if it asks for one
                              (PSYNC_RELAY_ACCESS_CODE holds the code itself); kept with the folder
      --name TEXT             this device's name (the computer's name)
      --state DIR             where the folder's state is kept, outside of the folder
      --debounce MS           quiet time before a change is sent (100)
      --max-deletes N         when more files than this, and a large part of all, are deleted at once,
                              they are held back until you say that it was meant (20)
      --tombstone-days N      the least age at which a deletion may be forgotten (3)
      --mode MODE             send-receive (both ways), send-only (what others change is not applied
                              here) or receive-only (what is changed here is told to nobody); it stays
                              so until another is given
      --first-join HOW        merge, theirs or mine: which version of a file that both have stands when
                              this folder meets the other devices for the first time (merge: both)
      --ignore-file F         what stays here, in gitignore syntax (.psyncignore in the folder)
      --max-size MIB          larger files stay here, and are not fetched
      --store-forward on|off  on: while other devices are away, changes wait for them at the relay, sealed, if
                              it offers that (on)
      --whole-copy on|off     on: a copy of the whole folder lies there too, sealed, for a device that joins
                              when no other is on (off)
      --store-max-size MIB    larger files are not left at the relay; devices give them to each other
      --limit-up KIB          KiB per second that are sent at most, to all devices and the relay together
      --limit-down KIB        the same for what is received (0: as fast as it goes)
      --hidden                names that begin with a dot take part, .obsidian too
      --json                  events as lines of JSON
      --log-level LEVEL       error, warn, info or debug, on stderr (warn)
  psync relay             run a relay; psync relay --help lists its flags
  psync group new         print a new group key
  psync group id FOLDER   what its relay knows the group by, for a relay's --groups-file   [--relay URL]
  psync pair FOLDER       the link and the QR code that bring another device into its group
  psync join FOLDER       join a group by a link or a key, from stdin or when asked   [--relay URL]
  psync leave FOLDER      leave the group; the files stay
  psync devices FOLDER    who belongs to the group                             [--json]
  psync approve FOLDER DEVICE   let in a device that waits
  psync revoke FOLDER DEVICE    take a device out: it gets nothing new, and keeps what it has   [--json]
  psync status FOLDER     one report; exits 0 in sync, 3 not yet, 4 problems   [--json]
  psync scan FOLDER       look at the whole folder now
  psync pause FOLDER      stop talking to the other devices, or to one         [--peer NAME]
  psync resume FOLDER     go on                                                [--peer NAME]
  psync history FOLDER [PATH]   what was replaced or deleted here              [--json] [--export DIR]
  psync conflicts FOLDER  conflict copies, and what they conflict with         [--json]
  psync held FOLDER       what is held back, and why                           [--json]
  psync accept FOLDER ID  many files were deleted at once: they are really gone
  psync reject FOLDER ID  … or put them back, here and on the other devices
  psync restore FOLDER PATH     bring a version of it back, the last by default [--version N] [--to PATH]
  psync undo FOLDER [BATCH]     take back what was done last, on all devices   [--list] [--json]
  psync revert FOLDER [PATH]    give up what was changed on a device that only receives   [--json]
  psync override FOLDER   make what a device that only sends shows stand everywhere  [--delete-added] [--json]
  psync delete-stored FOLDER    delete all that your devices left at the relay; they keep what they have
  psync verify FOLDER     read every file and compare it with what is recorded; exits 0 if all agree  [--json]

Commands that act on a folder take --state DIR as up does.
`;

/** Resolves to the exit code. */
export async function runCli(argv: readonly string[], io: CommandIo): Promise<number> {
	const [name, ...rest] = argv;
	if (name === undefined || name === "help" || name === "--help" || name === "-h") {
		io.stdout(HELP);
		return EXIT.done;
	}
	const load = COMMANDS.get(name);
	if (load === undefined) {
		io.stderr(`psync: there is no command "${visible(name)}"; psync --help lists them\n`);
		return EXIT.usage;
	}
	if (name !== "relay" && rest.includes("--help")) {
		io.stdout(HELP);
		return EXIT.done;
	}
	const command = await load();
	try {
		return await command(rest, io);
	} catch (error) {
		// What the system refuses (a folder of somebody else, a full disk) is for the person, not a defect of ours.
		if (!(error instanceof CommandError) && errnoOf(error) === undefined) throw error;
		io.stderr(`psync ${name}: ${visible((error as Error).message)}\n`);
		return error instanceof CommandError ? error.exitCode : EXIT.failed;
	}
}
