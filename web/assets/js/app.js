// What every page has: clocks, live channel, presence, keys. Pages with more start the channel themselves.
import "./clocks.js";
import "./due.js";
import "./presence.js";
import "./keys.js";
import "./say.js";
import "./offers.js";
import { start } from "./live.js";

if (!document.getElementById("inbox")) start();
import("./bell.js");
