// Testcontainers' ordinary use: a container with an exposed port, wait strategies, exec, copied files, a network. Ends with the word "done".
const assert = require('node:assert/strict');
const { GenericContainer, Network, Wait } = require('testcontainers');

async function httpServer() {
  const network = await new Network().start();
  const server = await new GenericContainer('busybox')
    .withCommand(['httpd', '-f', '-v', '-p', '8080', '-h', '/www'])
    .withCopyContentToContainer([{ content: 'served', target: '/www/index.html' }])
    .withEnvironment({ GREETING: 'hello' })
    .withExposedPorts(8080)
    .withNetwork(network)
    .withNetworkAliases('server')
    .withWaitStrategy(Wait.forHttp('/', 8080))
    .start();
  const url = `http://${server.getHost()}:${server.getMappedPort(8080)}/`;
  assert.equal(await (await fetch(url)).text(), 'served');
  assert.deepEqual((await server.exec(['sh', '-c', 'echo $GREETING; exit 4'])).exitCode, 4);
  const client = await new GenericContainer('busybox')
    .withCommand(['sh', '-c', 'wget -q -O - http://server:8080/ && echo && echo fetched && exec sleep 1000'])
    .withNetwork(network)
    .withWaitStrategy(Wait.forLogMessage('fetched'))
    .start();
  await client.stop({ timeout: 1 });
  await server.stop({ timeout: 1 });
  await network.stop();
}

async function health() {
  const container = await new GenericContainer('busybox')
    .withCommand(['sleep', '1000'])
    .withHealthCheck({ test: ['CMD-SHELL', 'true'], interval: 100, timeout: 5000, retries: 3, startPeriod: 0 })
    .withWaitStrategy(Wait.forHealthCheck())
    .start();
  await container.restart({ timeout: 1 });
  await container.stop({ timeout: 1 });
}

async function oneShot() {
  const container = await new GenericContainer('busybox').withCommand(['echo', 'once']).withWaitStrategy(Wait.forOneShotStartup()).start();
  const lines = [];
  for await (const line of await container.logs()) lines.push(line.toString());
  assert.match(lines.join(''), /once/);
  await container.stop();
}

// testcontainers unreferences the sockets of its log streams: node would end with exit code 0 while it waits for one of them alone.
setInterval(() => {}, 1000);

(async () => {
  for (const step of [httpServer, health, oneShot]) {
    await step();
    console.log(step.name);
  }
  console.log('done');
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
