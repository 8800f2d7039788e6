import { request } from "@playwright/test";

/** Everybody of the demo, by mailbox. */
export const PEOPLE = ["valeria", "mateo", "camila", "diego", "renata", "gabriela", "admin"];
export const AGENTS = PEOPLE.slice(0, 5);
export const PASSWORD = "bandeja-demo-2026";

/** Sign a person in without a browser; answers the cookies, and keeps them in a file where one is named. */
export async function signIn(url, person, path) {
  const web = await request.newContext({ baseURL: url });
  const page = await (await web.get("/sign-in")).text();
  const csrf = page.match(/name="csrf" value="([^"]+)"/)[1];
  const form = { csrf, next: "/me", email: `${person}@demo.test`, password: PASSWORD };
  const answer = await web.post("/sign-in", { form });
  // A program gets 204 where a browser is sent on.
  if (answer.status() !== 204) throw new Error(`${person} can't sign in: ${answer.status()}`);
  const state = await web.storageState({ path });
  await web.dispose();
  return state;
}
