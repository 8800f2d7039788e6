// The product as anybody starts it, `bandeja demo`, with data of its own and on free ports.
import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PATIENCE = 120_000;

/** A port nobody listens on right now. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A running demo, which can be stopped and started again over the same data. */
export class Demo {
  #child = null;
  #said = "";

  static async start() {
    const demo = new Demo();
    demo.folder = await mkdtemp(join(tmpdir(), "bandeja-e2e-"));
    // Postgres runs under its own account, which has to get through.
    await chmod(demo.folder, 0o755);
    demo.port = await freePort();
    demo.simulatorPort = await freePort();
    try {
      await demo.run();
    } catch (error) {
      await demo.end();
      throw error;
    }
    return demo;
  }

  get url() {
    return `http://localhost:${this.port}`;
  }

  get data() {
    return join(this.folder, "data");
  }

  get simulator() {
    return `http://localhost:${this.simulatorPort}`;
  }

  /** Start the process and wait until it answers. */
  async run() {
    const options = ["demo", "--port", this.port, "--simulator-port", this.simulatorPort];
    options.push("--data-dir", this.data);
    const [program, ...before] = process.env.BANDEJA_BIN
      ? [process.env.BANDEJA_BIN]
      : ["cargo", "run", "--quiet", "--locked", "--bin", "bandeja", "--"];
    // A group of its own, so that the stop reaches it through cargo and Ctrl-C does not reach it twice.
    const child = spawn(program, [...before, ...options.map(String)], { cwd: ROOT, detached: true });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.#said = (this.#said + text).slice(-20_000)));
    }
    child.once("error", (error) => (this.#said += error.message));
    await this.#ready();
  }

  async #ready() {
    const until = Date.now() + PATIENCE;
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`the demo ended by itself:\n${this.#said}`);
      const answers = await Promise.all(
        [`${this.url}/health/ready`, `${this.simulator}/`].map((url) => fetch(url).catch(() => null)),
      );
      if (answers.every((answer) => answer?.ok)) return;
      if (Date.now() > until) throw new Error(`the demo is not ready:\n${this.#said}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** End the process as Ctrl-C does, and wait until it is gone. */
  async stop() {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    process.kill(-child.pid, "SIGINT");
    await gone;
  }

  /** Stop, and leave nothing behind. */
  async end() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
