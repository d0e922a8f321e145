// Simplified Chinese, addressed as “你”. The words of the app's own Chinese: 仓库 (vault), 笔记, 文件, 文件夹, 附件, 设备, 设置, 插件,
// 第三方插件 (community plugins), 状态栏, 版本历史, 冲突, 同步. Ours: 群组, 群组密钥, 中继服务器 (relay), 访问码, 配对, 配对链接,
// 恢复单 (recovery sheet), 已同步 (in sync), 等待 (held), 面板. A space stands between Chinese and Latin letters or digits.
import { number } from "../counting.ts";

export const product = "PSync";

/** A sentence ends with a full stop that brings its own room. */
export const gap = "";

export function ago(elapsedMs: number): string {
	const minutes = Math.floor(elapsedMs / 60_000);
	if (minutes < 1) return "刚刚";
	if (minutes < 60) return `${number(minutes)} 分钟前`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `${number(hours)} 小时前`;
	return `${number(Math.floor(hours / 24))} 天前`;
}

export function files(count: number): string {
	return `${number(count)} 个文件`;
}

export function list(names: readonly string[]): string {
	return names.join("、");
}

export function facts(parts: readonly string[]): string {
	return parts.join("，");
}

export function labelled(label: string, text: string): string {
	return `${label}：${text}`;
}
