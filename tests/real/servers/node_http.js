// SPDX-License-Identifier: MIT
// Node's http as its documentation shows it: the target, or the body of a POST, comes back.
'use strict';
const http = require('node:http');

const server = http.createServer((request, response) => {
  const body = [];
  request.on('data', (chunk) => body.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.end(request.method === 'POST' ? Buffer.concat(body) : request.url);
  });
});
server.headersTimeout = 3000;
server.requestTimeout = 3000;
server.keepAliveTimeout = 3000;
server.timeout = 3000;
server.listen(Number(process.argv[2]), '127.0.0.1');
