// The inbox page: its parts in the order they listen, then the live channel.
import "./list.js";
import "./lists.js";
import "./thread.js";
import "./dock.js";
import "./composer.js";
import "./quote.js";
import "./outbox.js";
import "./media.js";
import "./deeds.js";
import { onReset, start } from "./live.js";
import { openConversation } from "./panes.js";

onReset(() => import("./anew.js").then(({ refetch }) => refetch()));
import("./beside.js");
import("./company.js");
import("./draft-rows.js");
import("./offline.js");
import("./returned.js");
start(openConversation());
