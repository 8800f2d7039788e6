// A line between the browser and the server that can be made long: what the server says on the socket comes so much later, at the
// same pace. So a page can be watched while a hundred messages a second come to it, and the server that sent them has long been quiet.
import { createServer, request } from "node:http";
import { connect } from "node:net";

/** An HTTP proxy for the browser; `delay` says how many milliseconds later the socket's words arrive. */
export class Line {
  delay = 0;
  #server = createServer();

  static async lay() {
    const line = new Line();
    line.#server.on("request", (asked, answer) => line.#pass(asked, answer));
    line.#server.on("connect", (asked, socket, head) => line.#tunnel(asked, socket, head));
    await new Promise((done) => line.#server.listen(0, "127.0.0.1", done));
    return line;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  #pass(asked, answer) {
    const { method, headers, url } = asked;
    const onwards = request(url, { method, headers }, (come) => {
      answer.writeHead(come.statusCode, come.rawHeaders);
      come.pipe(answer);
    });
    onwards.on("error", () => answer.destroy());
    asked.pipe(onwards);
  }

  /** Browsers reach a websocket through a proxy this way. */
  #tunnel(asked, socket, head) {
    const { hostname, port } = new URL(`http://${asked.url}`);
    const server = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      server.write(head);
      socket.pipe(server);
    });
    const words = [];
    const say = () => {
      while (words.length && words[0].at <= Date.now()) socket.write(words.shift().said);
      if (words.length) setTimeout(say, words[0].at - Date.now());
    };
    server.on("data", (said) => {
      // Nothing overtakes what was said before.
      const at = Math.max(words.at(-1)?.at ?? 0, Date.now() + this.delay);
      if (words.push({ said, at }) === 1) say();
    });
    for (const [one, other] of [[server, socket], [socket, server]]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  }

  take() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
