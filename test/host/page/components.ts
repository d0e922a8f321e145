// Brings the mocks' controls alive: Obsidian's class names, and real clicks and keys reach onClick and onChange. The mocks
// call a `constructorN__` hook in every constructor for exactly this.
import {
	ButtonComponent,
	ConfirmationButton,
	DropdownComponent,
	ExtraButtonComponent,
	SearchComponent,
	Setting,
	SettingGroup,
	SliderComponent,
	TextAreaComponent,
	TextComponent,
	ToggleComponent,
} from "obsidian-test-mocks/obsidian";

export function enliven(): void {
	ToggleComponent.prototype.constructor3__ = function () {
		this.toggleEl.addClass("checkbox-container");
		this.toggleEl.addEventListener("click", () => {
			if (!this.disabled) this.onClick();
			this.toggleEl.toggleClass("is-enabled", this.getValue());
		});
	};
	after(ToggleComponent.prototype, "setValue", (toggle) => {
		toggle.toggleEl.toggleClass("is-enabled", toggle.getValue());
	});
	after(ToggleComponent.prototype, "setDisabled", (toggle) => {
		toggle.toggleEl.toggleClass("is-disabled", toggle.disabled);
	});

	for (const text of [TextComponent, TextAreaComponent, SearchComponent]) {
		text.prototype.constructor4__ = function () {
			this.inputEl.addEventListener("input", () => {
				this.setValue(this.inputEl.value);
			});
		};
		after(text.prototype, "setDisabled", (one) => {
			one.inputEl.disabled = one.disabled;
		});
	}
	after(TextComponent.prototype, "constructor4__", (one) => {
		one.inputEl.type = "text";
	});

	DropdownComponent.prototype.constructor3__ = function () {
		this.selectEl.addClass("dropdown");
		this.selectEl.addEventListener("change", () => {
			this.simulateChange__();
		});
	};
	after(DropdownComponent.prototype, "setDisabled", (one) => {
		one.selectEl.disabled = one.disabled;
	});

	SliderComponent.prototype.constructor3__ = function () {
		this.sliderEl.addClass("slider");
		this.sliderEl.addEventListener("change", () => {
			this.setValue(Number(this.sliderEl.value));
		});
	};
	after(SliderComponent.prototype, "setValue", (slider) => {
		slider.sliderEl.value = String(slider.getValue());
	});

	ButtonComponent.prototype.constructor2__ = function () {
		this.buttonEl.addEventListener("click", () => {
			this.simulateClick__();
		});
	};
	for (const button of [ButtonComponent, ConfirmationButton]) {
		after(button.prototype, "setDisabled", (one) => {
			one.buttonEl.disabled = one.disabled;
		});
	}
	ExtraButtonComponent.prototype.constructor2__ = function () {
		this.extraSettingsEl.addClass("clickable-icon", "extra-setting-button");
		this.extraSettingsEl.setText("⚙");
		this.extraSettingsEl.addEventListener("click", () => {
			if (!this.disabled) this.simulateClick__();
		});
	};

	Setting.prototype.constructor__ = function () {
		this.settingEl.addClass("setting-item");
		this.infoEl.addClass("setting-item-info");
		this.nameEl.addClass("setting-item-name");
		this.descEl.addClass("setting-item-description");
		this.controlEl.addClass("setting-item-control");
		this.settingEl.append(this.infoEl, this.controlEl);
	};
	after(Setting.prototype, "clear", (setting) => {
		setting.controlEl.empty();
	});
	after(Setting.prototype, "setErrorMessage", (setting) => {
		setting.errorEl?.addClass("setting-item-error");
	});
	after(Setting.prototype, "setDisabled", (setting) => {
		const isDisabled = setting.settingEl.hasClass("is-disabled");
		for (const component of setting.components) component.setDisabled(isDisabled);
	});
	SettingGroup.prototype.constructor__ = function () {
		this.groupEl__.addClass("setting-group");
		this.listEl.addClass("setting-items");
	};
	SettingGroup.prototype.setHeading = function (heading) {
		const found = this.groupEl__.querySelector<HTMLElement>(".setting-group-heading");
		const headingEl = found ?? this.groupEl__.createDiv("setting-group-heading");
		headingEl.empty();
		headingEl.append(heading);
		this.groupEl__.prepend(headingEl);
		return this;
	};
}

/** Runs `more` after a method of the mock. */
export function after<T extends object>(prototype: T, name: keyof T, more: (one: T) => void): void {
	const original = prototype[name] as (this: T, ...args: unknown[]) => unknown;
	const extended = function (this: T, ...args: unknown[]): unknown {
		const result = original.apply(this, args);
		more(this);
		return result;
	};
	Object.assign(prototype, { [name]: extended });
}
