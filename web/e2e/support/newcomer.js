// People whom a story needs for itself: made as the operator makes them.
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const run = promisify(execFile);

async function bandeja(...options) {
  const [program, ...before] = process.env.BANDEJA_BIN
    ? [process.env.BANDEJA_BIN]
    : ["cargo", "run", "--quiet", "--locked", "--bin", "bandeja", "--"];
  const [env, ...more] = typeof options[0] === "object" ? options : [{}, ...options];
  // What names the program is no setting of it.
  const { BANDEJA_BIN: _, ...rest } = process.env;
  const { stdout } = await run(program, [...before, ...more], { cwd: ROOT, env: { ...rest, ...env } });
  return stdout.trim();
}

/** Invite somebody: their address, and the path under which they choose a password. */
export async function newcomer(house, name) {
  const data = join(dirname(house.sessions), "data");
  const url = await bandeja("db-url", "--data-dir", data);
  const email = `${name.toLowerCase().replace(/[^a-z]+/g, ".")}@demo.test`;
  const link = await bandeja({ DATABASE_URL: url }, "user", "add", "--email", email, "--name", name, "--role", "agent");
  return { email, path: new URL(link.split("\n").at(-1)).pathname };
}
