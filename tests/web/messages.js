// messages.js: texts, what a person decides about them, pausing, and "Needs a look".
'use strict';
const { base, password, ok, is, like, unlike, signedIn, stale, open, press, beside, text, main } = require('./lib.js');

const HOSTILE = /<script>document\.title='owned'<\/script><img src=x onerror="document\.title='owned'">/;

// Texts of the rows of the list.
function rows(page) {
	return page.locator('.list > li').evaluateAll(l => l.map(e => e.textContent.replace(/\s+/g, ' ').trim()));
}

async function list(page) {
	await open(page, '/admin/1/messages');
	const all = await rows(page);
	is(all.length, 30, 'a page has thirty texts');
	like(all[0], /To \(919\) 555-0142.*Waiting to be sent 1 segment/, 'newest first: number, state in words, segments');
	const failed = all.find(r => /Failed/.test(r)) || '';
	like(failed, /4720: This number can't receive texts.*nothing to mend/, 'a code comes with its meaning and who acts');
	like(all.find(r => /don't know/.test(r)) || '', /Don't send it again before checking/, 'what is not known says what not to do');
	for (const [label, word, wanted] of [['Received', 'From', 3], ['Waiting', 'Waiting to be sent', 1], ['Held', 'Held', 1],
		['Not known', "We don't know", 1], ['Failed', 'Failed', 1]]) {
		await page.click(`.tabs a:has-text("${label}")`);
		const some = await rows(page);
		is(some.length, wanted, `${label}: so many`);
		ok(some.every(r => r.includes(word)), `${label}: only those`, some.join('\n'));
		ok(await page.locator('.tabs a[aria-current=page]', { hasText: label }).count() === 1, `${label} is marked as chosen`);
	}
}

async function paging(page) {
	const seen = [];
	await open(page, '/admin/1/messages');
	const details = () => page.locator('.list a', { hasText: 'Details' }).evaluateAll(l => l.map(a => a.pathname));
	const first = await details();
	seen.push(...first);
	let pages = 1;
	for (; await page.locator('a:text-is("Older")').count() && pages < 9; pages++) {
		await page.click('a:text-is("Older")');
		seen.push(...await details());
	}
	is(seen.length, 80, 'older and older: every text');
	is(new Set(seen).size, 80, 'each once');
	for (let back = 1; back < pages; back++)
		await page.click('a:text-is("Newer")');
	is((await details()).join(), first.join(), 'newer and newer: back at the newest');
	is(await page.locator('a:text-is("Newer")').count(), 0, 'where nothing is newer');
}

async function mistakes(page) {
	await open(page, '/admin/1/messages');
	await page.click('a:text-is("New text")');
	await page.fill('#to', '555-0150');
	await page.fill('#text', 'Keep "this" <b>text</b>\nand this line.');
	const answer = await press(page, 'button:text-is("Send text")');
	is(answer.status(), 422, 'a number that is none is answered with 422');
	is(await page.getAttribute('#to', 'aria-invalid'), 'true', 'the field is marked');
	is(await page.inputValue('#text'), 'Keep "this" <b>text</b>\nand this line.', 'what was written stays');
	is(await page.inputValue('#to'), '555-0150', 'also the number');
	await page.fill('#to', '(919) 555-0150');
	await page.fill('#text', '');
	is((await press(page, 'button:text-is("Send text")')).status(), 422, 'an empty text is a mistake');
	ok(await page.locator('#faults a[href="#text"]').count() === 1, 'to which the summary leads');
}

// Pressing twice, or going back and pressing again, sends one text.
async function sending(page) {
	await open(page, '/admin/1/messages?new=1');
	const once = await page.getAttribute('[name=once]', 'value');
	const csrf = await page.locator('[name=csrf]').first().getAttribute('value');
	await page.fill('#to', '919.555.0150');
	await page.fill('#text', 'One text, please.');
	is((await press(page, 'button:text-is("Send text")')).status(), 303, 'a text is queued');
	const first = new URL(page.url()).pathname;
	like(await text(page, '#state'), /Waiting to be sent/, 'its page says what it waits for');
	like(await text(page, '.card.out'), /One text, please\. 1 segment/, 'and what it says');
	like(await text(page, '.story'), /Queued by owner@example\.org/, 'and who queued it');
	const form = { csrf, once, to: '919.555.0150', text: 'One text, please.' };
	const again = await page.request.post('/admin/1/messages', { form, headers: { Origin: base }, maxRedirects: 0 });
	is(again.status(), 303, 'the same form once more');
	ok(again.headers().location.includes(first), 'leads to the same text', again.headers().location);
	const other = await page.request.post('/admin/1/messages', { form: { ...form, text: 'Another.' }, headers: { Origin: base }, maxRedirects: 0 });
	ok(!other.headers().location.includes(first), 'another text from the same form is another');
	await open(page, '/admin/1/messages?contact=%2B19195550150');
	is(await page.locator('.talk li').count(), 2, 'and there are two, not three');
	await page.fill('#text', 'A third, from the conversation.');
	is((await press(page, 'button:text-is("Send text")')).status(), 303, 'answering in a conversation');
	like(await text(page, 'h1'), /\(919\) 555-0150/, 'goes to that person');
	await press(page, 'button:text-is("Take it back")');
	like(await text(page, '#banner'), /taken back/, 'what is queued can be taken back');
	const late = await page.request.post(new URL(page.url()).pathname, { form: { csrf, action: 'cancel' }, headers: { Origin: base }, maxRedirects: 0 });
	is(late.status(), 409, 'but only once');
	like(await late.text(), /taken back already/, 'which is said');
}

async function decide(page) {
	const find = async state => {
		await open(page, `/admin/1/messages?state=${state}`);
		await page.locator('.list a', { hasText: 'Details' }).first().click();
	};
	await find('held');
	like(await text(page, '#state'), /deadline/, 'a held text says why');
	is((await press(page, 'button:text-is("Send it")')).status(), 303, 'it can be sent after all');
	like(await text(page, '#state'), /Waiting to be sent/, 'and is queued again');
	await find('unknown');
	const unknown = page.url();
	await page.click('#state a:text-is("Send it")');
	like(await text(page, 'main'), /gets it twice/, 'sending again what may have been sent is asked on a page of its own');
	await page.click('a:text-is("Leave it")');
	is(page.url(), unknown, 'which one can leave');
	is((await press(page, 'button:text-is("It was sent")')).status(), 303, 'somebody found out that it was sent');
	is(await text(page, '#state b'), 'Sent.', 'so it is');
}

async function pausing(page) {
	for (const address of ['messages', 'look', 'settings', 'messages?new=1']) {
		await open(page, `/admin/1/${address}`);
		is(await page.locator('.sending button', { hasText: 'PAUSE SENDING' }).count(), 1, `PAUSE SENDING is on ${address}`);
	}
	await open(page, '/admin/1/look');
	await press(page, 'text=PAUSE SENDING');
	like(page.url(), /\/admin\/1\/look\?done=paused$/, 'pausing stays on the page');
	like(await text(page, '.sending'), /Sending is paused by owner@example\.org/, 'which says so, and who did it');
	await open(page, '/admin/1/messages');
	like(await text(page, '.sending'), /paused/, 'as every page does');
	await open(page, '/admin/1/messages?state=queued');
	unlike(await page.content(), /http-equiv="refresh"|data-refresh/, 'nothing is under way, so nothing refreshes');
	await page.click('text=Cancel everything that waits');
	like(await text(page, 'main'), /can't be undone/, 'cancelling everything is asked on a page of its own');
	await press(page, 'button:text-is("Cancel all of them")');
	like(await text(page, '#banner'), /taken back/, 'and then done');
	await open(page, '/admin/1/messages?state=queued');
	is((await rows(page)).length, 0, 'nothing waits any more');
	await press(page, 'text=RESUME SENDING');
	like(await text(page, '.sending'), /Sending is on/, 'resuming');
	const csrf = await page.locator('[name=csrf]').first().getAttribute('value');
	for (const back of ['https://evil.example/', '//evil.example/', '/admin/1/../../x', '/admin/2/look', '/admin/1/x?y']) {
		const answer = await page.request.post('/admin/1/pause', { form: { csrf, do: 'resume', back }, headers: { Origin: base }, maxRedirects: 0 });
		is(answer.headers().location, base + '/admin/1/messages?done=resumed', `back to ${back} is not taken`);
	}
	const strange = await page.request.post('/admin/1/pause', { form: { csrf, do: 'explode' }, headers: { Origin: base }, maxRedirects: 0 });
	is(strange.status(), 400, 'another action does not exist');
}

async function look(page) {
	await open(page, '/admin/1/look');
	like(await text(page, 'main'), /stop texting me please/, 'what the person wrote is there to read');
	is(await page.locator('details pre').count(), 2, 'calls that could not be understood are there as received');
	like(await text(page, 'details pre >> nth=1'), /<\/pre><script>1<\/script>/, 'as text');
	await press(page, 'button:text-is("Done") >> nth=0');
	is(await page.locator('details pre').count(), 1, 'Done takes one off');
	await press(page, 'button:text-is("Opt out")');
	like(await text(page, '#banner'), /opted out/, 'the person is opted out');
	unlike(await text(page, 'main'), /stop texting me please/, 'and off the page');
	await open(page, '/admin/1/messages?contact=%2B19195550148');
	like(await text(page, 'main'), /Opted out\. Somebody here/, 'the conversation says so');
	is(await page.locator('main form').count(), 0, 'and has no field to write in');
	await open(page, '/admin/1/messages?new=1');
	await page.fill('#to', '+19195550148');
	await page.fill('#text', 'Are you sure?');
	await press(page, 'button:text-is("Send text")');
	like(await text(page, '#state'), /Failed/, 'a text to them is not sent');
	await open(page, '/admin/3/look');
	await press(page, 'button:text-is("Go on texting")');
	like(await text(page, '#banner'), /may go out again/, 'a false alarm is released');
	await open(page, '/admin/2/look');
	like(await text(page, 'main'), /Nothing needs you.*will appear here/, 'an empty page says what it is for');
}

// What waited when the data was moved: the way to one decision about all of it.
async function held(browser) {
	const page = await stale(browser, 0, { javaScriptEnabled: false });
	await open(page, '/admin/4/messages');
	like(await text(page, '#banner'), /held: the former installation may have sent them/, 'the top says that texts are held');
	like(await text(page, '#queue'), /^25 texts are waiting\. The last one goes out in 1[12] hours\.$/, 'the list says how long the others take');
	await page.click('#banner a');
	like(page.url(), /\/admin\/4\/held#copied$/, 'and leads to where one decides');
	like(await text(page, '#copied h2'), /Waiting when the data was copied: 42/, 'it says how many there are');
	is(await page.locator('#copied .list li').count(), 3, 'and shows the first');
	like(await text(page, '#copied .list li >> nth=1'), HOSTILE, 'as text');
	for (const [reason, send] of [['copied', 1], ['deadline', 0], ['unknown-open', 0], ['number-limit', 0], ['others', 0]])
		is(await page.locator(`#${reason} a.button:has-text("Send")`).count(), send, `${reason}: ${send ? 'may' : 'may not'} be sent all at once`);
	is(await page.locator('#others a.button').count(), 0, 'a reason that is not known is decided about one by one');
	await page.click('#copied a.button:has-text("Send all 42")');
	like(await text(page, 'main'), /only if the old installation was stopped before the copy was made: otherwise people get these texts twice/i, 'it is asked on a page of its own');
	let answer = await press(page, 'button:text-is("Send all 42")');
	is(answer.status(), 422, 'without a tick nothing is done');
	like(await text(page, '#banner'), /Tick that the old installation was stopped/, 'which is said');
	await page.check('#stopped');
	answer = await press(page, 'button:text-is("Send all 42")');
	is(answer.status(), 422, 'nor without the password');
	like(await beside(page, 'currentPassword'), /Enter the password/, 'which is said beside the field');
	ok(await page.isChecked('#stopped'), 'and the tick stays');
	await page.fill('#currentPassword', password);
	answer = await press(page, 'button:text-is("Send all 42")');
	is(answer.status(), 303, 'with both it is');
	like(await text(page, '#decision'), /Sending held texts\. It begins in a moment\./, 'and its page says how far it is');
	like(await page.content(), /http-equiv="refresh"/, 'looking again by itself');
	is(await page.locator('main a.button').count(), 0, 'meanwhile no other decision is offered');
	await open(page, '/admin/4/look');
	like(await text(page, '.list li >> nth=0'), /posted to another account than the one entered now.*Look there before you send it again/,
		'of a text in doubt one is told that it is to be looked for in the account before');
	await open(page, '/admin/4/held?ask=give-up&why=deadline');
	answer = await press(page, 'button:text-is("Give up all 2")');
	is(answer.status(), 409, 'another decision has to wait');
	like(await text(page, '#banner'), /Another decision about held texts is being carried out/, 'which is said');
	await page.context().close();
	const admin = await signedIn(browser, 'admin@example.org');
	await open(admin, '/admin/1/held?ask=give-up&why=deadline');
	is(await admin.locator('main form, main a.button').count(), 0, 'an ADMIN has nothing to press');
	like(await text(admin, 'h1'), /Held texts/, 'and is asked nothing');
	await admin.context().close();
}

// What is not kept any more says so.
async function removed(page) {
	await open(page, '/admin/4/messages?contact=%2B19195550144');
	is(await page.locator('.bubble i:text-is("The words were removed after 1500 days (RETAIN_TEXT_DAYS).")').count(), 2, 'bubbles say that their words were removed');
	like(await text(page, '.talk li >> nth=2'), /2 attachments, removed/, 'and attachments');
	await page.locator('.talk .meta a').last().click();
	like(await text(page, '#media'), /The attachments were removed after 400 days \(RETAIN_MEDIA_DAYS\)\./, 'on their page, too');
}

async function hostile(browser) {
	const page = await signedIn(browser, 'owner@example.org');
	for (const address of ['messages', 'look', 'settings', 'messages?contact=%2B447700900123', 'messages?contact=%2B19195550145']) {
		await open(page, `/admin/3/${address}`);
		like(await text(page, 'main'), HOSTILE, `${address}: a stranger's text is shown as it is`);
		unlike(await page.title(), /owned/, `${address}: and does nothing`);
	}
	is(await page.locator('.bubble').first().getAttribute('dir'), 'auto', 'in its own direction');
	is(page.complaints.join('\n'), '', 'the browser complained of nothing');
	await open(page, '/admin/3/messages?contact=%3Cscript%3Ealert(1)%3C/script%3E&state=%22%3E&before=x&was=%27');
	like(await text(page, 'h1'), /Messages/, 'a query that makes no sense is the plain list');
	for (const item of ['x', '0192f0c1a2b3c4d5', '%3Cscript%3E'])
		is((await open(page, `/admin/3/messages/${item}`)).status, 404, `there is no text ${item}`);
	await page.context().close();
}

// The count of segments in the browser agrees with the program's.
async function segments(browser) {
	const page = await signedIn(browser, 'owner@example.org');
	const texts = ['Hello', 'a'.repeat(160), 'a'.repeat(161), 'a'.repeat(306), 'a'.repeat(307), '\u20ac'.repeat(80), '\u20ac'.repeat(81),
		'a'.repeat(152) + '\u20ac', 'a'.repeat(152) + '\u20ac' + 'a'.repeat(10), '\u{1F44B}'.repeat(35), '\u{1F44B}'.repeat(36),
		'\u00fc\u00e9\u00e8{}[]~|^\\', 'na\u00efve', 'x'.repeat(67 * 2 - 1) + '\u{1F44B}', 'line\nline', '`'];
	for (const t of texts) {
		await open(page, '/admin/2/messages?new=1');
		await page.fill('#to', '9195550150');
		await page.fill('#text', t);
		const said = (await text(page, '#text-count')).replace(/,.*/, '');
		await press(page, 'button:text-is("Send text")');
		const stored = (await text(page, '.card.out .meta span')).trim();
		is(said, stored, `${JSON.stringify(t).slice(0, 40)} (${t.length}): the same count`);
	}
	is(page.complaints.join('\n'), '', 'the browser complained of nothing');
	await page.context().close();
}

// It looks again by itself, but not under the hands of somebody who writes.
async function refreshing(browser) {
	const page = await signedIn(browser, 'owner@example.org');
	await open(page, '/admin/1/messages');
	like(await page.content(), /<noscript><meta http-equiv="refresh" content="5"><\/noscript>/, 'the list refreshes without a script');
	await page.evaluate(() => { window.same = true; });
	await page.waitForFunction(() => !window.same, null, { timeout: 15000 });
	ok(true, 'and with one');
	await page.click('text=Keep it still');
	unlike(await page.content(), /data-refresh/, 'unless it was asked to keep still');
	await open(page, '/admin/1/messages?contact=%2B19195550144');
	unlike(await page.content(), /http-equiv="refresh"/, 'a page to write on never does without a script');
	like(await page.content(), /data-refresh="5"/, 'but with it');
	await page.fill('#text', 'I am still writing');
	await page.locator('h1').click();
	await page.evaluate(() => { window.same = true; });
	await page.waitForTimeout(7000);
	ok(await page.evaluate(() => window.same), 'not while something is written');
	is(await page.inputValue('#text'), 'I am still writing', 'which stays');
	await page.context().close();
}

async function admin(browser) {
	const page = await signedIn(browser, 'admin@example.org', { javaScriptEnabled: false });
	for (const address of ['messages', 'look', 'messages?contact=%2B19195550144', 'messages?new=1']) {
		await open(page, `/admin/1/${address}`);
		is(await page.locator('form').count(), 1, `${address}: an ADMIN may only sign out`);
	}
	await press(page, 'text=Sign out');
	like(page.url(), /\/login/, 'signed out');
	await open(page, '/admin/1/messages');
	like(page.url(), /\/login/, 'for good');
	await page.context().close();
}

main(async browser => {
	const plain = await signedIn(browser, 'owner@example.org', { javaScriptEnabled: false });
	await admin(browser);
	await list(plain);
	await paging(plain);
	await mistakes(plain);
	await refreshing(browser);
	await hostile(browser);
	await held(browser);
	await removed(plain);
	await decide(plain);
	await sending(plain);
	await pausing(plain);
	await look(plain);
	await segments(browser);
});
