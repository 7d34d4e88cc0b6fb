// lib.js: what the browser tests share: TAP, a browser, signing in.
'use strict';
const { chromium } = require('playwright-core');

const base = process.env.WEB_BASE;
const password = 'correct horse battery staple';
let count = 0;
let failed = 0;

function ok(good, name, detail) {
	count++;
	if (!good)
		failed++;
	console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name.replace(/#/g, '')}`);
	if (!good && detail !== undefined)
		console.log(String(detail).split('\n').slice(0, 40).map(l => '#   ' + l).join('\n'));
	return good;
}

function is(got, wanted, name) {
	return ok(got === wanted, name, `got:    ${JSON.stringify(got)}\nwanted: ${JSON.stringify(wanted)}`);
}

function like(got, pattern, name) {
	return ok(pattern.test(got), name, `got:    ${JSON.stringify(got)}\nwanted: ${pattern}`);
}

function unlike(got, pattern, name) {
	return ok(!pattern.test(got), name, `got:      ${JSON.stringify(got)}\nunwanted: ${pattern}`);
}

// A browser of its own with a fresh profile (playwright makes and removes it).
function launch() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
		args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking',
			'--disable-component-update', '--disable-sync', '--no-first-run'],
	});
}

// A window of somebody who signed in half an hour ago: passwords are asked for again.  There are two.
async function stale(browser, which, options) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: base, ...options });
	await context.addCookies([{ name: 'spoke', value: process.env.WEB_SESSIONS.split(' ')[which], url: base }]);
	return context.newPage();
}

// A signed-in window.  options go to newContext; every complaint of the browser's console is kept in page.complaints.
async function signedIn(browser, email, options, address) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: address || base, ...options });
	const page = await context.newPage();
	page.complaints = [];
	page.on('console', m => {
		if (m.type() === 'error' || m.type() === 'warning')
			page.complaints.push(m.text());
	});
	page.on('pageerror', e => page.complaints.push(String(e)));
	await page.goto('/login');
	await page.fill('[name=email]', email);
	await page.fill('[name=password]', password);
	await Promise.all([page.waitForURL('**/admin**'), page.click('main button[type=submit]')]);
	return page;
}

// Opens a page and returns its status and source as sent. A page that refreshes itself just now is in the way of that.
async function open(page, path) {
	const response = await page.goto(path).catch(e => {
		if (!/ERR_ABORTED/.test(e.message))
			throw e;
		return page.goto(path);
	});
	return { status: response.status(), source: await response.text(), headers: response.headers() };
}

// Presses something that posts; returns the answer to the POST itself, and the page is where it led.
async function press(page, locator) {
	const target = typeof locator === 'string' ? page.locator(locator) : locator;
	const [response] = await Promise.all([
		page.waitForResponse(r => r.request().method() === 'POST'),
		target.click(),
	]);
	await page.waitForLoadState('load');
	return response;
}

// What is said beside a field, through aria-describedby.
async function beside(page, name) {
	return page.evaluate(n => {
		const field = document.getElementById(n);
		return (field.getAttribute('aria-describedby') || '').split(' ').filter(Boolean)
			.map(id => document.getElementById(id) && document.getElementById(id).textContent).join(' ');
	}, name);
}

async function text(page, selector) {
	return (await page.locator(selector).first().textContent()).replace(/\s+/g, ' ').trim();
}

// Runs the test; ends with the plan.
async function main(test) {
	let browser;
	try {
		browser = await launch();
		await test(browser);
	} catch (e) {
		ok(false, 'the test came to its end', e.stack || e);
	}
	if (browser)
		await browser.close();
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
}

module.exports = { base, password, ok, is, like, unlike, launch, signedIn, stale, open, press, beside, text, main };
