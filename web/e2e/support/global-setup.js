// One demo for all stories, and everybody signed in once.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { Demo } from "./demo.js";
import { PEOPLE, signIn } from "./sign-in.js";

export default async function setup() {
  const demo = await Demo.start();
  try {
    const sessions = join(demo.folder, "sessions");
    await mkdir(sessions, { mode: 0o700 });
    for (const person of PEOPLE) await signIn(demo.url, person, join(sessions, `${person}.json`));
    process.env.HOUSE = JSON.stringify({ url: demo.url, simulator: demo.simulator, sessions });
  } catch (error) {
    await demo.end();
    throw error;
  }
  return () => demo.end();
}
