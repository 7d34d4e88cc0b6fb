// settings.js: the settings page as people use it.
'use strict';
const crypto = require('crypto');
const { base, password, ok, is, like, unlike, signedIn, stale, open, press, beside, text, main } = require('./lib.js');

const SECRET = 's3cret-of-the-api';
const SAVE = 'button:has-text("SAVE CREDENTIALS")';

const fields = ['accountId', 'userName', 'password', 'siteId', 'sipPeerId', 'applicationId', 'houseNumber', 'streetName',
	'city', 'stateCode', 'zip', 'country'];

async function fresh(page) {
	await open(page, '/admin/2/settings');
	is(await page.locator('#steps li').count(), 7, 'a fresh organization has its steps listed');
	like(await text(page, '#steps'), /Account ID To do/, 'each with a word');
	for (const name of fields) {
		is(await page.locator(`form [name=${name}]`).count(), 1, `there is a field ${name}`);
		ok(await page.locator(`label[for=${name}]`).count() === 1, `${name} has its label`);
	}
	like(await text(page, 'label[for=userName]'), /Client ID \(older accounts: API username\)/, 'both names of the client ID');
	like(await text(page, 'label[for=password]'), /Client secret \(older accounts: API password\)/, 'and of its secret');
	like(await text(page, '#config'), /can break running campaigns/, 'the warning stands beside the button');
	await page.click('#steps a[href="#applicationId"]');
	ok(await page.locator('#applicationId').isVisible(), 'a step leads to its field, also inside Advanced');
}

// Wrong entries, without a script: nothing is saved, what was entered stays, passwords don't.
async function mistakes(page) {
	await open(page, '/admin/2/settings');
	is(await page.locator('button:visible', { hasText: /^(Copy|Show)$/ }).count(), 0, 'no button that would need a script');
	await page.fill('#accountId', '99-00-902x');
	await page.fill('#userName', 'CLI-1');
	await page.fill('#password', SECRET);
	await page.click('summary:has-text("Advanced")');
	await page.fill('#applicationId', '1234');
	await page.fill('#city', '"><b>Durham</b>');
	await page.fill('#currentPassword', 'not my password');
	const answer = await press(page, SAVE);
	const source = await answer.text();
	is(answer.status(), 422, 'a mistake is answered with 422');
	const links = await page.locator('#faults a').evaluateAll(l => l.map(a => a.getAttribute('href')));
	for (const name of ['accountId', 'applicationId', 'password', 'currentPassword']) {
		ok(links.includes('#' + name), `the summary leads to ${name}`);
		is(await page.getAttribute('#' + name, 'aria-invalid'), 'true', `${name} is marked`);
	}
	like(await beside(page, 'accountId'), /digits/, 'the reason stands beside the field');
	like(await beside(page, 'password'), /again/, 'and that the secret has to be entered again');
	like(await beside(page, 'currentPassword'), /not the password/, 'and that the own password is wrong');
	is(await page.inputValue('#userName'), 'CLI-1', 'what was entered stays');
	is(await page.inputValue('#city'), '"><b>Durham</b>', 'also when it looks like markup');
	is(await page.locator('main b', { hasText: 'Durham' }).count(), 0, 'which it does not become');
	is(await page.inputValue('#password') + await page.inputValue('#currentPassword'), '', 'passwords are not repeated');
	ok(!source.includes(SECRET) && !source.includes('not my password'), 'nowhere in the page');
	ok(await page.locator('details[open] #applicationId').isVisible(), 'Advanced is open when it has a mistake');
	await open(page, '/admin/2/settings');
	is(await page.inputValue('#userName'), '', 'nothing was saved');
}

async function save(page) {
	await open(page, '/admin/2/settings');
	await page.fill('#accountId', '  9900 902 ');
	await page.fill('#userName', 'CLI-1');
	await page.fill('#password', SECRET);
	await page.click('summary:has-text("Advanced")');
	await page.fill('#siteId', '12345');
	await page.fill('#currentPassword', password);
	const answer = await press(page, SAVE);
	is(answer.status(), 303, 'saving is answered with 303');
	like(await text(page, '#banner'), /Saved/, 'and says so');
	like(await text(page, '#state'), /Checking with Bandwidth/, 'what Bandwidth thinks of it is being asked');
	like(await page.content(), /<meta http-equiv="refresh"/, 'and the page looks again without a script');
	is(await page.inputValue('#accountId'), '9900902', 'blanks of a pasted ID are dropped');
	like(await text(page, '#config'), /Saved, not yet checked/, 'IDs are "saved, not yet checked"');
	ok(!(await page.content()).includes(SECRET), 'the stored secret is not in the page');
	like(await beside(page, 'password'), /stored.*keep/, 'only that there is one');
	is(await page.locator('#currentPassword').count(), 0, 'for five minutes the own password is not asked again');
	await open(page, '/admin/2/settings');
	unlike(await page.content(), /<meta http-equiv="refresh"/, 'later the page keeps still without a script: somebody may be typing');
}

async function changes(page) {
	await open(page, '/admin/2/settings');
	await page.fill('#userName', 'CLI-2');
	let answer = await press(page, SAVE);
	is(answer.status(), 422, 'another client ID needs its own secret');
	like(await beside(page, 'password'), /secret/, 'which is said beside the field');
	await open(page, '/admin/2/settings');
	await page.fill('#applicationId', '93de2206-9669-4e07-948d-329f4b722ee2');
	answer = await press(page, SAVE);
	is(answer.status(), 303, 'an ID alone does not');
	is(await page.inputValue('#userName'), 'CLI-1', 'and leaves the rest as it was');
	const older = await page.context().newPage();
	await open(older, '/admin/2/settings');
	await page.fill('#applicationId', '93de2206-9669-4e07-948d-329f4b722ee3');
	await press(page, SAVE);
	await older.fill('#sipPeerId', '777');
	is((await press(older, SAVE)).status(), 303, 'a page that was open meanwhile is saved');
	is(await older.inputValue('#applicationId'), '93de2206-9669-4e07-948d-329f4b722ee3', 'an ID that it did not touch stays');
	is(await older.inputValue('#sipPeerId'), '777', 'what was entered there is taken');
	await older.fill('#sipPeerId', '');
	await press(older, SAVE);
	is(await older.inputValue('#sipPeerId'), '', 'and can be emptied');
	await older.close();
	await open(page, '/admin/2/settings');
	is((await press(page, 'button:has-text("SAVE CREDENTIALS")')).status(), 303, 'saved again');
	await page.fill('#streetName', 'W Main St');
	answer = await press(page, SAVE);
	is(answer.status(), 422, 'half an address is a mistake');
	like(await beside(page, 'zip'), /whole/, 'beside each part that is missing');
}

async function others(page) {
	await open(page, '/admin/2/settings');
	like(await beside(page, 'stopText'), /New Group/, 'the ready text is shown');
	await page.check('#stopReply');
	await page.fill('#stopText', 'Bye.\nWe won\'t text you again. \u{1F44B}');
	is((await press(page, 'text=Save answers')).status(), 303, 'answers are saved');
	like(await text(page, '#banner'), /Saved/, 'which is said');
	is(await page.inputValue('#stopText'), 'Bye.\nWe won\'t text you again. \u{1F44B}', 'with their line breaks');
	ok(await page.isChecked('#stopReply') && !await page.isChecked('#helpReply'), 'and only what was ticked');
	is(await page.inputValue('#userName'), 'CLI-1', 'the credentials are left alone');
	await page.fill('#dailySegments', 'many');
	is((await press(page, 'text=Save limit')).status(), 422, 'a limit is a number');
	is(await page.inputValue('#dailySegments'), 'many', 'what was entered stays');
	like(await beside(page, 'dailySegments'), /whole number/, 'with the reason');
	await page.fill('#dailySegments', '12,500');
	is((await press(page, 'text=Save limit')).status(), 303, 'as people write it');
	is(await page.inputValue('#dailySegments'), '12500', 'is stored');
	await page.fill('#dailySegments', '');
	await press(page, 'text=Save limit');
	is(await page.inputValue('#dailySegments'), '', 'and can be cleared');
	await page.fill('#helpText', 'x'.repeat(2049));
	is((await press(page, 'text=Save answers')).status(), 422, 'an answer longer than one text is a mistake');
}

async function callbacks(page) {
	await open(page, '/admin/1/settings');
	const right = crypto.createHmac('sha256', process.env.WEB_SECRET).update(base).update('1').digest('base64');
	is(await page.inputValue('#callback-url'), base + '/bandwidth/1', 'the callback URL');
	is(await page.inputValue('#callback-user'), 'bandwidth.com', 'the callback user ID');
	is(await page.inputValue('#callback-password'), right, 'the callback password');
	like(await text(page, '#callbacks dl'), /Last call taken ?Taken .*message-delivered/, 'the last call that was taken');
	await open(page, '/admin/3/settings');
	like(await text(page, '#callbacks dl'), /the password is wrong \(from 203\.0\.113\.9\)/, 'the last that was refused, why and from where');
	like(await text(page, '#callbacks dl'), /Still used.*1 call/, 'calls that use a previous address are counted');
	like(await text(page, '#state'), /Bandwidth says.*<script>document\.title/, 'Bandwidth\'s own words are quoted as text');
	unlike(await page.title(), /^owned/, 'and do nothing');
}

async function admin(browser) {
	const page = await signedIn(browser, 'admin@example.org');
	const { source } = await open(page, '/admin/1/settings');
	is(await page.locator('main form').count(), 0, 'an ADMIN has no form');
	is(await page.locator('main input:not([readonly])').count(), 0, 'nor a field to type in');
	like(await text(page, '#config'), /9900902/, 'but sees what is stored');
	unlike(source, /callback-password|value="[A-Za-z0-9+/]{43}="/, 'and not the callback password');
	const csrf = await page.locator('input[name=csrf]').first().getAttribute('value');
	const answer = await page.request.post('/admin/1/settings', { form: { csrf, section: 'limit', dailySegments: '5' },
		headers: { Origin: base }, maxRedirects: 0 });
	is(answer.status(), 403, 'what is posted all the same is refused');
	await page.context().close();
}

async function scripts(browser) {
	const page = await signedIn(browser, 'owner@example.org', { permissions: ['clipboard-read', 'clipboard-write'] });
	await open(page, '/admin/1/settings');
	await page.click('button[aria-controls=callback-url]');
	is(await page.evaluate(() => navigator.clipboard.readText()), base + '/bandwidth/1', 'Copy copies');
	is(await text(page, 'button[aria-controls=callback-url]'), 'Copied', 'and says so');
	await page.fill('#password', 'x');
	await page.click('button[aria-controls=password]');
	is(await page.getAttribute('#password', 'type'), 'text', 'Show shows');
	await page.click('button[aria-controls=password]');
	is(await page.getAttribute('#password', 'type'), 'password', 'and hides again');
	is(page.complaints.join('\n'), '', 'the browser complained of nothing');
	await page.context().close();
}

// Tab until a field has the focus; every stop on the way can be seen.
async function tabTo(page, selector) {
	for (let i = 0; i < 80; i++) {
		await page.keyboard.press('Tab');
		const stop = await page.evaluate(s => {
			const e = document.activeElement, style = getComputedStyle(e);
			return { there: e.matches(s), seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, what: e.outerHTML, body: e === document.body };
		}, selector);
		// Behind the last stop lies the browser's own bar.
		if (!stop.seen && !stop.body)
			return ok(false, `the focus is seen on the way to ${selector}`, stop.what);
		if (stop.there)
			return true;
	}
	return ok(false, `${selector} is reached by keyboard`);
}

async function keyboard(browser) {
	const page = await stale(browser, 1);
	await open(page, '/admin/2/settings');
	await page.keyboard.press('Tab');
	is(await page.evaluate(() => document.activeElement.className), 'skip', 'the first stop skips to the content');
	await page.keyboard.press('Enter');
	await tabTo(page, '#city');
	await page.keyboard.type('Durham');
	await tabTo(page, '#currentPassword');
	await page.keyboard.type(password);
	const [answer] = await Promise.all([
		page.waitForResponse(r => r.request().method() === 'POST'),
		page.keyboard.press('Enter'),
	]);
	is(answer.status(), 422, 'Enter saves, and half an address is refused');
	await page.waitForSelector('#faults');
	await tabTo(page, '#faults a[href="#zip"]');
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	is(await page.evaluate(() => document.activeElement.id), 'country', 'the summary leads to the field: the next stop is the one behind it');
	await tabTo(page, '.stop');
	await page.keyboard.press('Enter');
	await page.waitForURL('**done=paused');
	like(await text(page, '.sending'), /paused by owner@example\.org/, 'sending is paused by keyboard alone');
	await tabTo(page, '.stop');
	await page.keyboard.press('Enter');
	await page.waitForURL('**done=resumed');
	await page.context().close();
}

main(async browser => {
	const plain = await stale(browser, 0, { javaScriptEnabled: false });
	await fresh(plain);
	await mistakes(plain);
	await save(plain);
	await changes(plain);
	await others(plain);
	await callbacks(plain);
	await admin(browser);
	await scripts(browser);
	await keyboard(browser);
});
