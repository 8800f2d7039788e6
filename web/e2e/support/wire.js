// The cable between a page and the server: it can be cut, go dead, repeat itself, and be plugged in again.

/** Take hold of a page's live channel. Call before the page is opened. */
export async function wireOf(page) {
  const wire = new Wire(page);
  await page.routeWebSocket(/\/live$/, (socket) => wire.connect(socket));
  return wire;
}

class Wire {
  #page;
  #now = null;
  #unplugged = false;
  /** Changes what the page says: for a page that says something odd. */
  rewrite = (text) => text;
  /** Every frame the server has sent. */
  frames = [];
  /** How often the page has connected. */
  connections = 0;

  constructor(page) {
    this.#page = page;
  }

  connect(socket) {
    if (this.#unplugged) return void socket.close({ code: 4000, reason: "unplugged" });
    this.connections += 1;
    const server = socket.connectToServer();
    const line = { socket, dead: false };
    socket.onMessage((text) => {
      if (!line.dead) server.send(this.rewrite(text));
    });
    server.onMessage((text) => {
      if (line.dead) return;
      this.frames.push(text);
      socket.send(text);
    });
    this.#now = line;
  }

  /** The connection breaks, and no other comes about until it is plugged in again. */
  async unplug() {
    this.#unplugged = true;
    await this.#now?.socket.close({ code: 4000, reason: "unplugged" });
  }

  /** The network is there again; the browser tells its pages. */
  plugIn() {
    this.#unplugged = false;
    return this.#page.evaluate(() => void dispatchEvent(new Event("online")));
  }

  /** The server closes the connection with a code of its own; the page may connect again at once. */
  close(code) {
    return this.#now.socket.close({ code });
  }

  /** This connection stays open and says nothing any more, as when a laptop has slept. */
  die() {
    this.#now.dead = true;
  }

  /** Say something to the page in the server's name. */
  say(text) {
    this.#now.socket.send(text);
  }
}
