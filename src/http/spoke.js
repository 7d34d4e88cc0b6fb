/*
 * spoke.js: extras for browsers that run scripts: copy buttons, "Show" beside secrets, the count
 * of segments, and refreshing that waits while somebody types.  Every page works without it.
 */
(function () {
	"use strict";

	function each(selector, fn) {
		Array.prototype.forEach.call(document.querySelectorAll(selector), fn);
	}

	function target(button) {
		return document.getElementById(button.getAttribute("aria-controls"));
	}

	/* Copying: the field is selected too, so that Ctrl-C works where the browser refuses. */
	function copied(button) {
		button.textContent = "Copied";
		window.setTimeout(function () { button.textContent = "Copy"; }, 2000);
	}

	function old_copy(button) {
		if (document.execCommand && document.execCommand("copy"))
			copied(button);
	}

	each("button.copy", function (button) {
		button.hidden = false;
		button.addEventListener("click", function () {
			var field = target(button);
			field.select();
			if (navigator.clipboard)
				navigator.clipboard.writeText(field.value).then(function () {
					copied(button);
				}, function () { old_copy(button); });
			else
				old_copy(button);
		});
	});

	each("button.show", function (button) {
		button.hidden = false;
		button.addEventListener("click", function () {
			var field = target(button), hide = field.type === "text";
			field.type = hide ? "password" : "text";
			button.textContent = hide ? "Show" : "Hide";
		});
	});

	/* Segments, as base/segments.c counts them (3GPP TS 23.038). */
	var basic = "@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df\u00c9 !\"#\u00a4%&'()*+,-./0123456789:;<=>?\u00a1ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00c4\u00d6\u00d1\u00dc\u00a7\u00bfabcdefghijklmnopqrstuvwxyz\u00e4\u00f6\u00f1\u00fc\u00e0";
	var extended = "\f^{}\\[~]|\u20ac";

	function pack(sizes, alone, part) {
		var sum = 0, used = 0, count = 1;
		sizes.forEach(function (n) {
			sum += n;
			if (used + n > part) {
				count++;
				used = 0;
			}
			used += n;
		});
		if (sum <= alone)
			return { count: sum ? 1 : 0, left: alone - sum };
		return { count: count, left: part - used };
	}

	function segments(text) {
		var units = Array.from(text), plain = true, sizes;
		sizes = units.map(function (c) {
			if (basic.indexOf(c) >= 0)
				return 1;
			if (extended.indexOf(c) < 0)
				plain = false;
			return 2;
		});
		if (plain)
			return pack(sizes, 160, 153);
		return pack(units.map(function (c) { return c.length; }), 70, 67);
	}

	each("[data-count]", function (out) {
		var field = document.getElementById(out.getAttribute("data-count"));
		function show() {
			var n = segments(field.value);
			out.textContent = n.count + (n.count === 1 ? " segment, " : " segments, ") +
				n.left + " characters left in " + (n.count > 1 ? "the last one" : "it");
			if (!n.count)
				out.textContent = "";
		}
		field.addEventListener("input", show);
		show();
	});

	/* Looks again, but never under the hands of somebody who types, selects or reads something unfolded. */
	function busy() {
		var a = document.activeElement, typed = document.hidden ||
			(a && /^(INPUT|TEXTAREA|SELECT)$/.test(a.tagName)) || String(window.getSelection());
		each("main input:not([type=hidden]):not([readonly]), main textarea", function (field) {
			typed = typed || (field.type === "checkbox" ?
				field.checked !== field.defaultChecked : field.value !== field.defaultValue);
		});
		return typed || document.querySelector("main details[open]:not([data-start])");
	}

	var wait = Number(document.body.getAttribute("data-refresh"));
	each("main details[open]", function (d) { d.setAttribute("data-start", ""); });
	if (wait > 0)
		window.setInterval(function () {
			if (!busy())
				window.location.reload();
		}, wait * 1000);
}());
