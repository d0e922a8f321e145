// The Clock port in Node: its timers are those of the platform.
export { webClock as nodeClock } from "../../src/web/web-clock.ts";
