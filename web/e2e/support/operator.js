// What an operator does beside the product: runs the program, and asks its database.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const run = promisify(execFile);

/** Run the program; variables go first, where there are any. Answers what it says. */
export async function bandeja(...options) {
  const [program, ...before] = process.env.BANDEJA_BIN
    ? [process.env.BANDEJA_BIN]
    : ["cargo", "run", "--quiet", "--locked", "--bin", "bandeja", "--"];
  const [env, ...more] = typeof options[0] === "object" ? options : [{}, ...options];
  // What names the program is no setting of it.
  const { BANDEJA_BIN: _, ...rest } = process.env;
  const { stdout } = await run(program, [...before, ...more], { cwd: ROOT, env: { ...rest, ...env } });
  return stdout.trim();
}

/** Where the database of a house is. */
export const databaseOf = (house) => bandeja("db-url", "--data-dir", house.data);

/** Do something in the database of a house that no page does. */
export async function sql(house, text) {
  const { stdout } = await run("psql", [await databaseOf(house), "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command", text]);
  return stdout.trim();
}
