// pages.js: every page at 360, 768 and 1280 pixels, light and dark, with screenshots into SHOTS.
'use strict';
const fs = require('fs');
const path = require('path');
const { ok, is, like, signedIn, stale, open, press, main } = require('./lib.js');
const { shots, valid, serious } = require('./judge.js');

const WEIGHT = 30 * 1024;

async function ids(page) {
	const found = {};
	for (const state of ['unknown', 'failed', 'queued', 'held', 'delivered']) {
		await open(page, `/admin/1/messages?state=${state}`);
		const link = await page.locator('.list a', { hasText: 'Details' }).first().getAttribute('href');
		found[state] = link.replace(/.*\//, '');
	}
	await open(page, '/admin/3/messages');
	found.media = (await page.locator('a[href$="#media"]').first().getAttribute('href')).replace(/.*\/|#.*/g, '');
	await open(page, '/admin/4/messages?contact=%2B19195550144');
	found.removed = (await page.locator('.talk .meta a').last().getAttribute('href')).replace(/.*\//, '');
	await open(page, '/admin/4/messages?state=queued');
	found.long = (await page.locator('.list a', { hasText: 'Details' }).first().getAttribute('href')).replace(/.*\//, '');
	await open(page, '/admin/1/numbers');
	for (const name of ['Order', 'Release'])
		found[name] = (await page.getByRole('link', { name, exact: true }).first().getAttribute('href')).replace(/.*\//, '');
	found.sync = (await page.locator('text=Number by number').getAttribute('href')).replace(/.*\//, '');
	found.search = process.env.WEB_SESSIONS.split(' ')[2];
	return found;
}

function list(id) {
	return [
		['settings', '/admin/1/settings'],
		['settings-new', '/admin/2/settings', 'weigh'],
		['settings-trouble', '/admin/3/settings'],
		['messages', '/admin/1/messages'],
		['messages-new', '/admin/2/messages', 'weigh'],
		['messages-trouble', '/admin/3/messages'],
		['write', '/admin/1/messages?new=1', 'weigh'],
		['conversation', '/admin/1/messages?contact=%2B19195550144'],
		['conversation-hostile', '/admin/1/messages?contact=%2B447700900123'],
		['message-unknown', `/admin/1/messages/${id.unknown}`],
		['message-failed', `/admin/1/messages/${id.failed}`],
		['message-queued', `/admin/1/messages/${id.queued}`],
		['message-media', `/admin/3/messages/${id.media}`],
		['forget', '/admin/1/forget?contact=%2B19195550144', 'weigh'],
		['forget-whom', '/admin/1/forget'],
		['ask-send', `/admin/1/messages/${id.unknown}?ask=send`],
		['ask-cancel-all', '/admin/1/messages?ask=cancel-all'],
		['numbers', '/admin/1/numbers'],
		['numbers-new', '/admin/2/numbers', 'weigh'],
		['numbers-trouble', '/admin/3/numbers'],
		['get-numbers', '/admin/1/buy', 'weigh'],
		['search-done', `/admin/1/jobs/${id.search}`],
		['order', `/admin/1/jobs/${id.Order}`],
		['release', `/admin/1/jobs/${id.Release}`],
		['sync', `/admin/1/jobs/${id.sync}`],
		['check', '/admin/1/check'],
		['check-new', '/admin/2/check', 'weigh'],
		['check-trouble', '/admin/3/check'],
		['ask-repair', '/admin/1/check?ask=repair'],
		['look', '/admin/1/look'],
		['look-new', '/admin/2/look', 'weigh'],
		['look-trouble', '/admin/3/look'],
		['messages-moved', '/admin/4/messages'],
		['conversation-removed', '/admin/4/messages?contact=%2B19195550144'],
		['message-removed', `/admin/4/messages/${id.removed}`],
		['message-in-queue', `/admin/4/messages/${id.long}`],
		['look-moved', '/admin/4/look'],
		['messages-elsewhere', '/admin/4/messages?state=unknown'],
		['held', '/admin/4/held'],
		['held-none', '/admin/2/held', 'weigh'],
		['ask-held-send', '/admin/4/held?ask=send&why=copied', 'weigh'],
		['ask-held-give-up', '/admin/4/held?ask=give-up&why=deadline'],
		['data', '/admin/1/data', 'weigh'],
		['organizations', '/admin'],
	];
}

// What stands in the document that our policy would have to stop.
function inline(page) {
	return page.evaluate(() => Array.from(document.querySelectorAll('*')).filter(e =>
		(e.tagName === 'SCRIPT' && !e.src) || e.tagName === 'STYLE' ||
		Array.from(e.attributes).some(a => a.name === 'style' || /^on/.test(a.name))).map(e => e.outerHTML).join('\n'));
}

async function weigh(page, name, source) {
	let sum = Buffer.byteLength(source);
	for (const selector of ['link[rel=stylesheet]', 'script']) {
		const a = await page.locator(selector).evaluateAll(l => l.map(e => e.href || e.src));
		is(a.length, 1, `${name}: one ${selector}`);
		sum += (await (await page.request.get(a[0])).body()).length;
	}
	ok(sum <= WEIGHT, `${name}: weighs ${sum} bytes with style sheet and script`, `more than ${WEIGHT}`);
}

// Pages stand still while they are looked at: none refreshes itself meanwhile.
function still(context) {
	return context.addInitScript(() => { window.setInterval = () => 0; });
}

async function look(page, name, address) {
	await open(page, address);
	const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	ok(over <= 0, `${name}: nothing is wider than the screen`, `${over} pixels too wide`);
	// Between a phone and a desk only the layout differs, and neither colours nor structure.
	if (!name.includes('-768-')) {
		const faults = await serious(page);
		ok(faults.length === 0, `${name}: axe finds nothing serious`, faults.join('\n'));
	}
	await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

async function assets(page) {
	await open(page, '/admin/1/messages');
	const css = await page.getAttribute('link[rel=stylesheet]', 'href');
	const answer = await page.request.get(css);
	is(answer.status(), 200, 'the style sheet is served');
	like(css, /\/static\/spoke-[0-9a-f]{8,}\.css$/, 'with a hash in its name');
	like(answer.headers()['cache-control'] || '', /max-age=\d{6,}/, 'and may be kept for long');
	is((await page.request.get(css.replace(/spoke-/, 'spoke-0'))).status(), 404, 'another hash is not found');
	is((await page.request.get(await page.getAttribute('link[rel=icon]', 'href'))).status(), 200, 'so is the icon');
}

async function rehearsal(browser) {
	const page = await signedIn(browser, 'owner@example.org', { viewport: { width: 360, height: 800 } }, process.env.WEB_REHEARSAL);
	for (const [name, address] of [['messages', '/admin/1/messages'], ['settings', '/admin/1/settings']]) {
		await open(page, address);
		like(await page.locator('header').textContent(), /REHEARSAL/, `${name} in rehearsal says so at the top`);
		await page.screenshot({ path: path.join(shots, `${name}-rehearsal-360-light.png`), fullPage: true });
	}
	await page.context().close();
}

async function signIn(browser) {
	for (const [width, scheme] of [[360, 'dark'], [1280, 'light']]) {
		const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme });
		const page = await context.newPage();
		const { source } = await open(page, process.env.WEB_BASE + '/login');
		await valid(`sign-in-${width}`, source);
		const faults = await serious(page);
		ok(faults.length === 0, `sign-in-${width}-${scheme}: axe finds nothing serious`, faults.join('\n'));
		await page.screenshot({ path: path.join(shots, `sign-in-${width}-${scheme}.png`), fullPage: true });
		await context.close();
	}
}

// A page with faults on it is a page too.
async function faults(browser) {
	const page = await signedIn(browser, 'owner@example.org', { viewport: { width: 360, height: 800 } });
	await open(page, '/admin/2/settings');
	await page.fill('#accountId', 'not a number');
	await page.click('summary:has-text("Advanced")');
	await page.fill('#applicationId', '1234');
	await page.fill('#password', 'sesame');
	const answer = await press(page, 'button:has-text("SAVE CREDENTIALS")');
	await valid('settings with faults', await answer.text());
	const found = await serious(page);
	ok(found.length === 0, 'settings with faults: axe finds nothing serious', found.join('\n'));
	await page.screenshot({ path: path.join(shots, 'settings-faults-360-light.png'), fullPage: true });
	await page.context().close();
}

// The pages that ask before numbers are bought or given back come of forms.
async function dialogs(browser, search) {
	for (const [width, colorScheme] of [[360, 'light'], [360, 'dark'], [1280, 'light'], [1280, 'dark']]) {
		const page = await stale(browser, 0, { viewport: { width, height: 800 }, colorScheme });
		for (const [name, address, box, button] of [
			['ask-order', `/admin/1/jobs/${search}`, '.found input', 'text=Buy the chosen ones'],
			['ask-release', '/admin/1/numbers', '[name="+19195550100"]', 'text=Release or take off the list']]) {
			await open(page, address);
			await page.locator(box).first().check();
			const answer = await press(page, button);
			is(answer.status(), 200, `${name} asks`);
			await valid(name, await answer.text());
			const found = await serious(page);
			ok(found.length === 0, `${name}-${width}-${colorScheme}: axe finds nothing serious`, found.join('\n'));
			const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
			ok(over <= 0, `${name}-${width}: nothing is wider than the screen`, `${over} pixels too wide`);
			await page.screenshot({ path: path.join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
		}
		await page.context().close();
	}
}

main(async browser => {
	fs.mkdirSync(shots, { recursive: true });
	const first = await signedIn(browser, 'owner@example.org');
	await still(first.context());
	const all = list(await ids(first));
	for (const [name, address, weighed] of all) {
		const { source, status, headers } = await open(first, address);
		is(status, 200, `${name} is there`);
		like(headers['content-security-policy'] || '', /script-src 'self'/, `${name}: the policy forbids inline scripts`);
		is(await inline(first), '', `${name}: no inline script, style or handler`);
		await valid(name, source);
		if (weighed)
			await weigh(first, name, source);
	}
	is(first.complaints.join('\n'), '', 'the browser complained of nothing');
	await assets(first);
	const state = await first.context().storageState();
	// Light beside dark, so that neither the browser nor we wait for the other.
	for (const width of [360, 768, 1280])
		await Promise.all(['light', 'dark'].map(async colorScheme => {
			const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, storageState: state,
				baseURL: process.env.WEB_BASE });
			await still(context);
			const page = await context.newPage();
			for (const [name, address] of all)
				await look(page, `${name}-${width}-${colorScheme}`, address);
			await context.close();
		}));
	await signIn(browser);
	await faults(browser);
	await dialogs(browser, process.env.WEB_SESSIONS.split(' ')[2]);
	await rehearsal(browser);
});
