// numbers.js: search, choose, order, progress, the number is there; drain, release: as a person does it, with and
// without scripts, by mouse and by keyboard, against the simulator with the real worker.
'use strict';
const { ok, is, like, unlike, signedIn, stale, open, press, text, password, main } = require('./lib.js');

// Until a job's page says that it is over; without scripts the page is asked for again, as its meta refresh does.
async function ended(page, script, pattern) {
	for (let i = 0; i < 60; i++) {
		if (pattern.test(await page.locator('main').textContent()))
			return true;
		if (script)
			await page.waitForTimeout(500);
		else {
			await page.waitForTimeout(300);
			await page.reload();
		}
	}
	return false;
}

async function buys(browser, script) {
	const way = script ? 'with scripts' : 'without scripts';
	const page = await stale(browser, script ? 0 : 1, { javaScriptEnabled: script });
	await open(page, '/admin/1/numbers');
	await page.click('text=Get numbers');
	// Something that is none, then the right one.
	await page.fill('#area', '91');
	let answer = await press(page, 'text=See what there is');
	is(answer.status(), 422, `${way}: an area code that is none`);
	like(await text(page, '.bad .fault'), /three digits/, 'the field says so');
	is(await page.inputValue('#quantity'), '5', 'and the rest stays');
	await page.fill('#area', '919');
	await press(page, 'text=See what there is');
	like(page.url(), /\/jobs\/[0-9a-f]{16}/, 'the search has a page');
	ok(await ended(page, script, /What Bandwidth has/), 'which shows what there is');
	is(await page.locator('.found input').count(), 5, 'five numbers');
	const picked = await page.locator('.found input').first().getAttribute('name');
	// By keyboard.
	await page.locator('.found input').first().focus();
	await page.keyboard.press('Space');
	await press(page, 'text=Buy the chosen ones');
	like(await text(page, '#cost'), /This costs money: 1 number\./, 'it says what it costs before');
	answer = await press(page, 'text=Buy 1 number');
	is(answer.status(), 422, 'without the password nothing is bought');
	await page.fill('#currentPassword', password);
	if (script) {
		// Both presses of a double click arrive.
		const form = await page.evaluate(() => new URLSearchParams(new FormData(document.querySelector('main form'))).toString());
		const other = await page.request.post('/admin/1/buy', { data: form + '&do=order', maxRedirects: 0,
			headers: { 'content-type': 'application/x-www-form-urlencoded', origin: process.env.WEB_BASE } });
		is(other.status(), 303, 'the first press');
		await press(page, 'text=Buy 1 number');
		is(new URL(page.url()).pathname, new URL(other.headers().location).pathname, 'the second one leads to the same order');
	} else {
		await press(page, 'text=Buy 1 number');
	}
	ok(await ended(page, script, /The order has ended/), 'the order is followed to its end');
	like(await text(page, 'main'), /COMPLETE/, "in Bandwidth's words");
	like(await text(page, 'main'), /Order ID at Bandwidth/, "with Bandwidth's id");
	await page.click('text=All numbers');
	is(await page.locator(`[name="${picked}"]`).count(), 1, 'the number is there');
	like(await text(page, `tr:has([name="${picked}"])`), /In service/, 'in service');

	// Draining and back.
	await page.locator(`[name="${picked}"]`).check();
	await press(page, 'text=No new contacts');
	like(await text(page, `tr:has([name="${picked}"])`), /Draining/, 'it drains');
	await page.locator(`[name="${picked}"]`).check();
	await press(page, 'text=Back in service');
	like(await text(page, `tr:has([name="${picked}"])`), /In service/, 'and is back');

	// Releasing.
	await page.locator(`[name="${picked}"]`).check();
	await press(page, 'text=Release or take off the list');
	like(await text(page, 'h1'), /Release 1 number\?/, 'releasing asks');
	like(await text(page, 'main ul'), /0 contacts know you by this number/, 'with what would follow');
	await page.fill('#days', '0');
	await press(page, 'main button:has-text("Release 1 number")');
	ok(await ended(page, script, /The release has ended/), 'the release is followed to its end');
	like(await text(page, 'main'), /COMPLETE/, "in Bandwidth's words");
	await open(page, '/admin/1/numbers?look=' + encodeURIComponent(picked));
	like(await text(page, '.numbers tbody'), /Released/, 'it is released');
	await page.context().close();
}

async function compares(browser) {
	const page = await signedIn(browser, 'owner@example.org', { viewport: { width: 360, height: 800 } });
	await page.request.post(`${process.env.WEB_SIM}/_sim/numbers`, { data: { number: '+19195559902', account: '9900000', location: '569230' } });
	await open(page, '/admin/1/numbers');
	await press(page, 'text=Compare now');
	ok(await ended(page, true, /Compared\./), 'comparing comes to its end by itself');
	like(await text(page, 'main'), /new \+19195559902/, 'and names what is new');
	await open(page, '/admin/1/numbers');
	like(await text(page, 'main'), /Compared with Bandwidth/, 'the list says when');
	is(await page.locator('[name="+19195559902"]').count(), 1, 'and has it');
	is(page.complaints.join('\n'), '', 'the browser complained of nothing');
	await page.context().close();
}

async function admin(browser) {
	const page = await signedIn(browser, 'admin@example.org');
	await open(page, '/admin/1/numbers');
	is(await page.locator('main form[method=post]').count(), 0, 'an ADMIN has nothing to press');
	unlike(await text(page, 'main'), /Get numbers/, 'nor to buy');
	is((await open(page, '/admin/1/buy')).status, 403, 'and is refused');
	await page.context().close();
}

main(async browser => {
	await buys(browser, false);
	await buys(browser, true);
	await compares(browser);
	await admin(browser);
});
