// whole.js: what a new administrator does, from the sign-in to the first delivered text, by clicks alone.
'use strict';
const { ok, like, text, main, password } = require('./lib.js');

let clicks = 0;

async function click(page, what) {
	clicks++;
	await page.locator(what).first().click();
	await page.waitForLoadState('load');
}

// Pages look again by themselves.
async function shows(page, pattern, name) {
	for (let i = 0; i < 80; i++) {
		if (pattern.test((await page.locator('main').textContent()).replace(/\s+/g, ' ')))
			return ok(true, name);
		await page.waitForTimeout(250);
	}
	return like(await text(page, 'main'), pattern, name);
}

async function shot(page, name) {
	if (process.env.SHOTS)
		await page.screenshot({ path: `${process.env.SHOTS}/whole-${name}.png`, fullPage: true });
}

main(async browser => {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: process.env.WEB_BASE });
	const page = await context.newPage();
	await page.goto('/admin/1/settings');
	await page.fill('[name=email]', 'owner@example.org');
	await page.fill('[name=password]', password);
	await click(page, 'main button[type=submit]');
	like(page.url(), /\/admin\/1\/settings$/, 'signing in leads to where one wanted to go');
	await page.fill('[name=accountId]', process.env.WEB_ACCOUNT);
	await page.fill('[name=userName]', process.env.WEB_CLIENT);
	await page.fill('[name=password]', process.env.WEB_CLIENT_SECRET);
	await shot(page, '1-settings');
	await click(page, 'button:text-is("SAVE CREDENTIALS")');
	await shot(page, '2-saved');
	await shows(page, /Everything is there: sub-account \d+, location \d+, application [0-9a-f-]{36}/, 'everything is made at Bandwidth by itself');
	await shot(page, '3-made');
	await click(page, 'main a:text-is("To the numbers")');
	await click(page, 'text=Get numbers');
	await page.fill('#area', '919');
	await page.fill('#quantity', '1');
	await click(page, 'text=See what there is');
	await shows(page, /What Bandwidth has/, 'numbers are found');
	await shot(page, '4-found');
	await click(page, '.found input');
	await click(page, 'text=Buy the chosen ones');
	await shot(page, '5-cost');
	await click(page, 'text=Buy 1 number');
	await shows(page, /The order has ended/, 'the number is bought');
	await shot(page, '6-bought');
	await click(page, 'nav a:text-is("Messages")');
	await click(page, 'a:text-is("New text")');
	await page.fill('[name=to]', '(919) 555-0177');
	await page.fill('[name=text]', 'Can you come on Saturday?');
	await click(page, 'button:text-is("Send text")');
	await shows(page, /Delivered/, 'the first text is delivered');
	await shot(page, '7-delivered');
	ok(clicks <= 15, `in ${clicks} clicks`);
	console.log(`# ${clicks} clicks from the sign-in to the delivered text`);
	await context.close();
});
