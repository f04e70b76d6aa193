/** What came on a feed, each message once: after a failover some come again. */
export class Heard<Message extends object> {
  readonly messages: Message[] = [];
  readonly #texts = new Set<string>();

  /** To be given to whoever subscribes. */
  readonly hear = (message: Message): void => {
    const text = JSON.stringify(message);
    if (this.#texts.has(text)) return;
    this.#texts.add(text);
    this.messages.push(message);
  };
}
