// A peer of bench-peers: sharp. Reads one request a line from standard input, each a list of tasks
// and how many of them may run at once, and answers each with one line.
//
// It runs in the folder that sharp was installed in.

import { createRequire } from 'node:module';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

const sharp = createRequire(process.cwd() + '/')('sharp');
sharp.cache(false);

const encoders = {
  webp: (picture, { setting }) => picture.webp({ quality: setting }),
  jpg: (picture, { setting, variant }) =>
    picture.jpeg({ quality: setting, mozjpeg: variant === 'mozjpeg' }),
  avif: (picture, { setting, variant }) =>
    picture.avif({ quality: setting, effort: Number(variant.replace('effort', '')) }),
  png: (picture, { setting, variant }) =>
    variant === 'palette'
      ? picture.png({ palette: true, quality: setting })
      : picture.png({ compressionLevel: 9, adaptiveFiltering: true }),
  // For looking at results: 8-bit RGB without a header; of animations all frames, on white.
  raw: (picture, { variant }) =>
    (variant === 'animated' ? picture.flatten({ background: '#fff' }) : picture.removeAlpha())
      .toColourspace('srgb')
      .raw({ depth: 'uchar' }),
};

async function run(task, input) {
  const animated = task.variant === 'animated';
  let picture = sharp(input, { limitInputPixels: false, animated });
  if (task.width) picture = picture.resize({ width: task.width });
  return encoders[task.format](picture, task).toBuffer({ resolveWithObject: true });
}

async function answer({ tasks, lanes }) {
  sharp.concurrency(tasks[0].threads);
  const inputs = await Promise.all(tasks.map((task) => readFile(task.input)));
  const results = new Array(tasks.length);
  let next = 0;
  const lane = async () => {
    while (next < tasks.length) {
      const mine = next++;
      results[mine] = await run(tasks[mine], inputs[mine]);
    }
  };
  const cpu = process.cpuUsage();
  const begin = process.hrtime.bigint();
  await Promise.all(Array.from({ length: lanes }, lane));
  const wall = process.hrtime.bigint() - begin;
  const used = process.cpuUsage(cpu);
  const [first] = tasks;
  const looks = first.format === 'raw' && first.variant === 'animated';
  const { delay } = looks ? await sharp(inputs[0], { animated: true }).metadata() : {};
  for (const [index, task] of tasks.entries()) {
    if (task.output) await writeFile(task.output, results[index].data);
  }
  return {
    wall_ms: Number(wall) / 1e6,
    cpu_ms: (used.user + used.system) / 1e3,
    bytes: results.reduce((sum, { data }) => sum + data.length, 0),
    width: results[0].info.width,
    height: results[0].info.height,
    ...(looks && { delays: delay ?? [0] }),
  };
}

const { sharp: version, vips, webp, aom } = sharp.versions;
console.log(`sharp ${version} (libvips ${vips}, libwebp ${webp}, libaom ${aom})`);
for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line)).catch((error) => ({ error: String(error) }));
  console.log(JSON.stringify(reply));
}
