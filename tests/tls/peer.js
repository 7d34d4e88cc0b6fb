// peer.js: Bandwidth's end of the wire, as far as TLS and HTTP go: an HTTPS server on loopback that
// speaks HTTP/2 and HTTP/1.1, and does to each request what its path says.
//
//   node peer.js KEY CERTIFICATE LOG [VERSION [http1]]     the only version of TLS, as node names it
//
// It prints its port, and ends with its standard input.  Each line of the log is a JSON object: a
// connection (protocol and version), a handshake that came to nothing, a request that arrived, or one
// that was heeded, that is, not refused.
'use strict';
const fs = require('fs');
const http2 = require('http2');
const https = require('https');
const [key, cert, log, version, http1] = process.argv.slice(2);
const c = http2.constants;
const sockets = new Map(); // by the caller's port: a session's own may not be touched
let connections = 0, seen = 0;

const note = (what) => fs.appendFileSync(log, JSON.stringify(what) + '\n');

const options = {
	key: fs.readFileSync(key), cert: fs.readFileSync(cert), allowHTTP1: true,
	minVersion: version || 'TLSv1.2', maxVersion: version || 'TLSv1.3', settings: { maxConcurrentStreams: 100 },
};
// Old versions need ciphers that nobody takes any more.
if (version && version < 'TLSv1.2')
	options.ciphers = 'ALL:@SECLEVEL=0';

const socketOf = (session) => session && sockets.get(session.socket.remotePort);
const cut = (session) => { const s = socketOf(session); if (s) s.destroy(); };

const heeded = (path) => note({ heeded: path });

const answer = (stream) => {
	heeded(stream.path);
	stream.respond({ ':status': 202, 'content-type': 'application/json' });
	stream.end('{"id":"abc"}');
};

// What is done with a stream whose request is here.
const acts = {
	answer,
	slow: (stream) => setTimeout(() => answer(stream), 300),
	refuse: (stream) => stream.close(c.NGHTTP2_REFUSED_STREAM),
	cancel: (stream) => stream.close(c.NGHTTP2_CANCEL),
	broken: (stream) => stream.close(c.NGHTTP2_INTERNAL_ERROR),
	cut: (stream) => cut(stream.session),
	half: (stream) => {
		heeded(stream.path);
		stream.respond({ ':status': 202 });
		stream.write('{"id":');
		setTimeout(() => cut(stream.session), 100);
	},
	// Heeds the first five streams of a connection, and then says that the fifth was the last one.
	goaway: (stream) => {
		const session = stream.session;

		if (stream.id <= 9)
			setTimeout(() => answer(stream), 100);
		if (stream.id === 9)
			session.goaway(c.NGHTTP2_NO_ERROR, 9);
	},
	// Says that this stream is the last one, and answers it.
	last: (stream) => {
		stream.session.goaway(c.NGHTTP2_NO_ERROR, stream.id);
		setTimeout(() => answer(stream), 200);
	},
	// The same, and then it does not answer it.
	lost: (stream) => {
		stream.session.goaway(c.NGHTTP2_NO_ERROR, stream.id);
		setTimeout(() => cut(stream.session), 200);
	},
	// Refuses every other one.
	busy: (stream) => seen % 2 === 1 ? acts.refuse(stream) : answer(stream),
	stall: () => {},
};

const server = http1 ? https.createServer(options) : http2.createSecureServer(options);
server.on('secureConnection', (socket) => {
	socket.number = ++connections;
	sockets.set(socket.remotePort, socket);
	socket.on('error', () => {});
	note({ connection: socket.number, protocol: socket.alpnProtocol || 'none', version: socket.getProtocol() });
});
server.on('tlsClientError', (e) => note({ refused: e.code || e.message }));
server.on('sessionError', () => {});
server.on('session', (session) => session.on('error', () => {}));
server.on('stream', (stream, headers) => {
	const chunks = [];
	stream.on('error', () => {});
	stream.path = headers[':path'];
	stream.on('data', (d) => chunks.push(d));
	stream.on('end', () => {
		const act = acts[stream.path.replace(/^\/|\?.*$/g, '')];

		seen++;
		note({ request: stream.path, authorization: headers.authorization || null, body: Buffer.concat(chunks).toString() });
		if (stream.session && !stream.destroyed)
			(act || answer)(stream);
	});
});
server.on('request', (request, response) => {
	if (request.httpVersionMajor > 1)
		return;
	request.resume();
	note({ request: request.url, authorization: request.headers.authorization || null });
	setTimeout(() => {
		response.writeHead(202, { 'content-type': 'application/json' });
		response.end('{"id":"abc"}');
	}, 300);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
