// judge.js: whether a page is valid HTML, whether axe finds anything serious, and where screenshots go.
'use strict';
const fs = require('fs');
const path = require('path');
const { HtmlValidate } = require('html-validate');
const { ok } = require('./lib.js');

const shots = process.env.SHOTS || path.join(process.env.BUILD || '.', 'tests/web/shots');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const validator = new HtmlValidate({
	extends: ['html-validate:recommended'],
	rules: {
		// The refresh for browsers without scripts stands in noscript, can be stopped, and never takes what is typed.
		'meta-refresh': 'off',
		// It counts the source: "&lt;" as four.
		'long-title': ['error', { maxlength: 110 }],
	},
});

async function valid(name, source) {
	const report = await validator.validateString(source);
	const faults = report.results.flatMap(r => r.messages).map(m => `${m.line}:${m.column} ${m.ruleId} ${m.message}`);
	ok(faults.length === 0, `${name}: valid HTML`, faults.join('\n'));
}

async function serious(page) {
	// Evaluated by the debugger: the page's own policy forbids any script but ours.
	await page.evaluate(axe + ';0');
	// Nobody looks at what was found to be well: its nodes need not be described.
	const result = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
	return result.violations.filter(v => ['serious', 'critical'].includes(v.impact))
		.map(v => `${v.id}: ${v.nodes.map(n => n.target + ' ' + n.failureSummary).join('\n  ')}`);
}

module.exports = { shots, valid, serious };
