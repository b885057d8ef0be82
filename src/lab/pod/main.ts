import { createServer } from 'node:http';

// The web server in a pod: a welcome page that tells the client's address as the server sees it, and a large body.
const page = (client: string): string => `<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body>
<h1>Welcome to nginx!</h1>
<p>A lab's page, served by a small server of the lab's own.</p>
<p>client=${client}</p>
</body>
</html>
`;
const megabyte = Buffer.alloc(1024 * 1024, 'runbook lab\n');

createServer((request, response) => {
  const client = request.socket.remoteAddress ?? 'unknown';
  response.setHeader('X-Client-Address', client);
  if (request.url === '/big') {
    response.setHeader('Content-Type', 'text/plain');
    response.end(megabyte);
    return;
  }
  response.setHeader('Content-Type', 'text/html');
  response.end(page(client));
}).listen(80, '0.0.0.0');
