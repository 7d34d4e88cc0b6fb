// forget.js: a person asks to be forgotten, and the owner does it: from the conversation, with the password, to the end
// of the job, against the simulator with the real worker; with and without scripts.
'use strict';
const fs = require('fs');
const path = require('path');
const { ok, is, like, unlike, signedIn, stale, open, press, text, password, main } = require('./lib.js');
const { shots, valid, serious } = require('./judge.js');

const OUR = '+19195550100';
const ANN = '+19195550181';
const BEN = '+19195550182';

async function sim(address, body) {
	const answer = await fetch(`${process.env.WEB_SIM}/_sim/${address}`, { method: 'POST', body: JSON.stringify(body),
		headers: { 'content-type': 'application/json' } });
	return answer.json();
}

async function writes(from, words, media) {
	const answer = await sim('inbound', { from, to: OUR, text: words, wait_ms: 5000, ...(media ? { media: [media] } : {}) });
	is(answer.status[0], 200, `${from} writes`);
}

function talk(number) {
	return `/admin/1/messages?contact=${encodeURIComponent(number)}`;
}

// Until the job's page says that it is over; without scripts it is asked for again, as its meta refresh does.
async function ended(page, script) {
	for (let i = 0; i < 60; i++) {
		if (/This person is forgotten/.test(await page.locator('main').textContent()))
			return true;
		await page.waitForTimeout(300);
		if (!script)
			await page.reload();
	}
	return false;
}

async function seen(page, name) {
	for (const [width, colorScheme] of [[360, 'light'], [1280, 'dark'], [768, 'light']]) {
		await page.setViewportSize({ width, height: 800 });
		await page.emulateMedia({ colorScheme });
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		ok(over <= 0, `${name}-${width}: nothing is wider than the screen`, `${over} pixels too wide`);
		const faults = await serious(page);
		ok(faults.length === 0, `${name}-${width}-${colorScheme}: axe finds nothing serious`, faults.join('\n'));
		await page.screenshot({ path: path.join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
	}
	await page.setViewportSize({ width: 1280, height: 800 });
}

async function forgets(browser, number, texts, script) {
	const way = script ? 'with scripts' : 'without scripts';
	const page = await stale(browser, script ? 0 : 1, { javaScriptEnabled: script });
	await open(page, talk(number));
	is(await page.locator('.talk li').count(), texts, `${way}: there is a conversation`);
	await page.click('text=Forget this person');
	const source = await page.content();
	if (script)
		await valid('forget', (await open(page, page.url())).source);
	like(source, /\(919\) 555-018/, 'the page names the person');
	const words = await text(page, 'main');
	for (const pattern of [/What goes.*Every text/, /What stays.*not texted again.*as a hash/, /What this does not reach.*Backups made before/,
		/Bandwidth's own records/, /free again, until they are used/, /can't be undone/])
		like(words, pattern, `it says: ${pattern.source}`);
	if (script)
		await seen(page, 'ask-forget');
	await page.click('text=Keep them');
	is(new URL(page.url()).pathname + new URL(page.url()).search, talk(number), 'it can be left');
	await page.click('text=Forget this person');
	let answer = await press(page, 'button:text-is("Forget this person")');
	is(answer.status(), 422, 'without the password nothing is forgotten');
	like(await text(page, '.bad .fault'), /password/, 'which is said at the field');
	if (script)
		await valid('forget with a fault', await answer.text());
	await page.fill('#currentPassword', 'sesame');
	answer = await press(page, 'button:text-is("Forget this person")');
	is(answer.status(), 422, 'nor with another one');
	await page.fill('#currentPassword', password);
	answer = await press(page, 'button:text-is("Forget this person")');
	is(answer.status(), 303, 'with the right one it begins');
	like(page.url(), /\/admin\/1\/jobs\/[0-9a-f]{16}$/, 'and leads to its page');
	unlike(page.url() + await page.content(), /555.?0181|555.?0182/, 'which does not name the number');
	ok(await ended(page, script), 'the page shows it to its end');
	like(await text(page, 'main'), new RegExp(`Forgotten, and not texted again\\. ${texts} texts and \\d events were removed\\.`),
		'with what came of it');
	like(await text(page, '.steps'), /Texts to and from this person Done.*Files of attachments Done/, 'step by step');
	if (script) {
		like(await text(page, 'main .card'), /1 text of another person names the number: text 1\./, "what stays in others' words is named");
		await valid('forgotten', (await open(page, page.url())).source);
		await seen(page, 'forgotten');
	}
	await page.click('text=All messages');
	unlike(await text(page, '.list'), new RegExp(`(From|To) .919. 555.${number.slice(-4)}`), 'the list does not know them');
	await open(page, talk(number));
	like(await text(page, 'main'), /Forgotten\. This person asked to be forgotten\. Nothing is sent to this number/, 'who knows the number is told');
	is(await page.locator('.talk li').count(), 0, 'there is no text left');
	is(await page.locator('main textarea').count(), 0, 'and no field to write in');
	await page.context().close();
}

// The number can be entered, and must be one.
async function enters(browser) {
	const page = await signedIn(browser, 'owner@example.org');
	await open(page, '/admin/1/forget');
	await page.fill('#contact', '555-01');
	let answer = await press(page, 'button:text-is("Forget this person")');
	is(answer.status(), 422, 'what is no number');
	like(await text(page, '.bad .fault'), /North American|ten digits/, 'is said at the field');
	is(await page.inputValue('#contact'), '555-01', 'and stays to be mended');
	await valid('forget whom', await answer.text());
	await page.fill('#contact', '5550181');
	answer = await press(page, 'button:text-is("Forget this person")');
	is(answer.status(), 422, 'one without its area code');
	like(await text(page, '#banner'), /has its area code/, 'is not taken for a short code');
	await open(page, '/admin/1/forget');
	await page.fill('#contact', '919.555.0100');
	answer = await press(page, 'button:text-is("Forget this person")');
	is(answer.status(), 422, 'an own number');
	like(await text(page, '#banner'), /own numbers/, 'is not forgotten');
	is(page.complaints.filter(c => !/422/.test(c)).join('\n'), '', 'the browser complained of nothing else');
	await page.context().close();
}

async function admins(browser) {
	const page = await signedIn(browser, 'admin@example.org');
	await writes('+19195550183', 'Hello');
	await open(page, talk('+19195550183'));
	is(await page.locator('text=Forget this person').count(), 0, 'who is not an owner has no such link');
	is((await open(page, '/admin/1/forget')).status, 403, 'nor such a page');
	await page.context().close();
}

main(async browser => {
	fs.mkdirSync(shots, { recursive: true });
	await writes(ANN, 'Hi, I am Ann', { name: 'x.png', content_type: 'image/png', text: '\x89PNG' });
	await writes(ANN, 'STOP');
	await writes('+19195550184', 'Ask Ann, (919) 555-0181');
	await writes(BEN, 'Hello');
	await writes(BEN, 'Please remove all you know of me');
	await forgets(browser, ANN, 3, true); // with the confirmation of the STOP
	await forgets(browser, BEN, 2, false);
	await enters(browser);
	await admins(browser);
});
