// The five platforms the app runs on, as the plugin sees them.
import { Platform } from "obsidian-test-mocks/obsidian";

export type PlatformName = "linux" | "mac" | "win" | "ios" | "android";

const desktop = {
	isDesktop: true,
	isDesktopApp: true,
	isMobile: false,
	isMobileApp: false,
	isPhone: false,
	isTablet: false,
};
const phone = {
	isDesktop: false,
	isDesktopApp: false,
	isMobile: true,
	isMobileApp: true,
	isPhone: true,
	isTablet: false,
};
const none = { isIosApp: false, isAndroidApp: false, isLinux: false, isMacOS: false, isWin: false, isSafari: false };

const platforms: Record<PlatformName, Partial<typeof Platform>> = {
	linux: { ...none, ...desktop, isLinux: true },
	mac: { ...none, ...desktop, isMacOS: true },
	win: { ...none, ...desktop, isWin: true },
	ios: { ...none, ...phone, isIosApp: true, isSafari: true },
	android: { ...none, ...phone, isAndroidApp: true },
};

export function becomePlatform(name: PlatformName): void {
	Object.assign(Platform, platforms[name]);
}

export function isMobile(name: PlatformName): boolean {
	return name === "ios" || name === "android";
}
