// The plugin Obsidian loads; everything it is made of is in src/obsidian.
export { default } from "./src/obsidian/plugin.ts";
