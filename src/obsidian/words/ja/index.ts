// Japanese.
export * from "./actions.ts";
export * from "./cli.ts";
export * from "./common.ts";
export * from "./conflicts.ts";
export * from "./devices.ts";
export * from "./mailbox.ts";
export * from "./note-history.ts";
export * from "./pairing.ts";
export * from "./panel.ts";
export * from "./problems.ts";
export * from "./scope.ts";
export * from "./search.ts";
export * from "./settings-sync.ts";
export * from "./settings.ts";
export * from "./setup.ts";
export * from "./status.ts";
export * from "./typing.ts";
