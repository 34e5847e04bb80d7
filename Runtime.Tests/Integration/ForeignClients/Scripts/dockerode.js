// A day in the life of dockerode: images, containers, streams, exec, archives, events, networks, volumes. Uses DOCKER_HOST, ends with the word "done".
const assert = require('node:assert/strict');
const { PassThrough } = require('node:stream');
const { setTimeout: pause } = require('node:timers/promises');
const Docker = require('dockerode');
const tar = require('tar-fs');

const docker = new Docker();

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function demultiplex(stream) {
  const out = new PassThrough(), err = new PassThrough();
  docker.modem.demuxStream(stream, out, err);
  stream.on('end', () => { out.end(); err.end(); });
  return Promise.all([collect(out), collect(err)]);
}

async function system() {
  assert.equal((await docker.ping()).toString(), 'OK');
  assert.equal((await docker.info()).OSType, 'linux');
  assert.match((await docker.version()).ApiVersion, /^1\.\d+$/);
}

async function run() {
  const out = new PassThrough();
  const text = collect(out);
  const [result, container] = await docker.run('busybox', ['sh', '-c', 'echo hello; exit 3'], out, { Tty: true });
  out.end();
  assert.equal(result.StatusCode, 3);
  assert.equal(await text, 'hello\r\n');
  await container.remove();
}

async function build() {
  const pack = tar.pack(__dirname, { entries: ['dockerode.js'], finalize: false, finish: (p) => p.entry({ name: 'Dockerfile' }, 'FROM busybox\nCOPY dockerode.js /copied\nRUN wc -l < /copied > /lines\n', () => p.finalize()) });
  const stream = await docker.buildImage(pack, { t: 'nodebuilt:1', rm: true });
  const messages = await new Promise((resolve, reject) => docker.modem.followProgress(stream, (error, all) => (error ? reject(error) : resolve(all))));
  const aux = messages.filter((message) => message.aux).pop().aux;
  const image = await docker.getImage('nodebuilt:1').inspect();
  assert.equal(aux.ID, image.Id);
  assert.ok(image.Parent.startsWith('sha256:'));
  await docker.getImage('nodebuilt:1').remove();
  await docker.pruneBuilder();
}

async function life() {
  const container = await docker.createContainer({
    Image: 'busybox', name: 'dode', Cmd: ['sh', '-c', 'echo out; echo err >&2; exec sleep 1000'], Labels: { by: 'dockerode' }, Env: ['A=b'],
    HostConfig: { Memory: 64 << 20, Binds: ['dode-data:/data'] },
  });
  await container.start();
  const listed = await docker.listContainers({ filters: { label: ['by=dockerode'] } });
  assert.deepEqual(listed.map((item) => item.Names), [['/dode']]);
  assert.equal((await container.inspect()).HostConfig.Memory, 64 << 20);

  const exec = await container.exec({ Cmd: ['sh', '-c', 'cat; echo $A >&2; exit 5'], AttachStdin: true, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: true });
  stream.end('typed');
  assert.deepEqual(await demultiplex(stream), ['typed', 'b\n']);
  assert.equal((await exec.inspect()).ExitCode, 5);

  await container.putArchive(tar.pack(__dirname, { entries: ['dockerode.js'] }), { path: '/data' });
  const archive = await container.getArchive({ path: '/data/dockerode.js' });
  assert.match(await collect(archive), /A day in the life of dockerode/);

  await container.pause();
  await container.unpause();
  await container.rename({ name: 'dode2' });
  await container.update({ CpuShares: 512 });
  const stats = await container.stats({ stream: false });
  assert.ok(stats.memory_stats.usage > 0 && stats.cpu_stats.cpu_usage.total_usage > 0);
  assert.ok((await container.top()).Processes.length > 0);
  await container.stop({ t: 0 });
  assert.equal((await container.wait()).StatusCode, 137);
  const logs = docker.modem.demuxStream.length && await container.logs({ stdout: true, stderr: true, follow: false });
  assert.ok(logs.includes('out\n') && logs.includes('err\n'));
  assert.ok((await container.changes()) instanceof Array);
  await container.remove({ v: true });
  await docker.getVolume('dode-data').remove();
}

async function attach() {
  const container = await docker.createContainer({ Image: 'busybox', Cmd: ['cat'], OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true });
  const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
  const output = demultiplex(stream);
  await container.start();
  stream.write('one ');
  stream.end('two');
  assert.deepEqual(await output, ['one two', '']);
  assert.equal((await container.wait()).StatusCode, 0);
  await container.remove();
}

async function events() {
  const stream = await docker.getEvents({ filters: { type: ['volume'], event: ['create', 'destroy'] } });
  const volume = await docker.createVolume({ Name: 'told', Labels: { a: 'b' } });
  await volume.remove();
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    if (text.includes('"destroy"')) break;
  }
  const actions = text.trim().split('\n').map((line) => JSON.parse(line)).map((event) => `${event.Action} ${event.Actor.ID}`);
  assert.deepEqual(actions, ['create told', 'destroy told']);
}

async function networks() {
  const network = await docker.createNetwork({ Name: 'dode-net', CheckDuplicate: true });
  const server = await docker.createContainer({
    Image: 'busybox', name: 'dode-server', Cmd: ['httpd', '-f', '-h', '/etc'], HostConfig: { NetworkMode: 'dode-net', PortBindings: { '80/tcp': [{ HostPort: '0' }] } }, ExposedPorts: { '80/tcp': {} },
  });
  await server.start();
  const port = (await server.inspect()).NetworkSettings.Ports['80/tcp'][0].HostPort;
  let answer;
  for (let attempt = 0; attempt < 200 && !answer; attempt++) {
    answer = await fetch(`http://127.0.0.1:${port}/hostname`).then((response) => response.text(), () => undefined);
    if (!answer) await pause(50);
  }
  assert.ok(answer);
  await network.disconnect({ Container: 'dode-server', Force: true });
  await network.connect({ Container: 'dode-server', EndpointConfig: { Aliases: ['again'] } });
  await server.remove({ force: true });
  await network.remove();
}

async function images() {
  const image = docker.getImage('busybox');
  assert.equal((await image.inspect()).Os, 'linux');
  await image.tag({ repo: 'dode', tag: '1' });
  assert.ok((await docker.listImages()).some((item) => item.RepoTags?.includes('dode:1')));
  const loaded = await docker.loadImage(await docker.getImage('dode:1').get());
  assert.match(await collect(loaded), /Loaded image: dode:1/);
  await docker.getImage('dode:1').remove();
  await assert.rejects(docker.getImage('no-such').inspect(), (error) => error.statusCode === 404 && /No such image/.test(error.message));
}

(async () => {
  for (const step of [system, run, build, life, attach, events, networks, images]) {
    await step();
    console.log(step.name);
  }
  console.log('done');
})().catch((error) => { console.error(error); process.exit(1); });
