// People whom a story needs for itself: made as the operator makes them.
import { bandeja, databaseOf } from "./operator.js";

/** Invite somebody: their address, and the path under which they choose a password. */
export async function newcomer(house, name) {
  const email = `${name.toLowerCase().replace(/[^a-z]+/g, ".")}@demo.test`;
  const options = ["user", "add", "--email", email, "--name", name, "--role", "agent"];
  const link = await bandeja({ DATABASE_URL: await databaseOf(house) }, ...options);
  return { email, path: new URL(link.split("\n").at(-1)).pathname };
}
