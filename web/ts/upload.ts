// Resumable upload (tus 1.0: creation, offset, termination) over the plain form that is already on the page.
//
// A broken connection loses nothing: the next PATCH begins at the offset the server holds, also after the
// page was closed, because the address of an unfinished upload is remembered under the file's name, size
// and time of change.

const CHUNK = 4 * 1024 * 1024;
const RETRIES = 4;

class Upload extends HTMLElement {
  #form!: HTMLFormElement;
  #abort = new AbortController();
  #address: string | null = null;
  #busy = false;
  /** Ids of the runs of files that are sent, in the order chosen. */
  #done: string[] = [];

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form) return;
    this.#form = form;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#start();
    });
    form.querySelector("input[type=file]")?.addEventListener("change", () => (this.#done = []));
    this.#button("cancel").addEventListener("click", () => void this.#cancel());
    this.#button("resume").addEventListener("click", () => void this.#start());
  }

  async #start(): Promise<void> {
    const files = this.#files();
    if (this.#busy) return;
    if (files.length === 0) return this.#say("choose");
    const limit = Number(this.dataset["limit"]);
    if (limit > 0 && files.some((file) => file.size > limit)) return this.#say("tooLarge", ` ${size(limit)}`);
    this.#busy = true;
    this.#abort = new AbortController();
    this.#show(true);
    let file = files[0]!;
    try {
      // What is sent already is not sent again when one broke off.
      for (file of files.slice(this.#done.length)) {
        const next = await this.#send(file, files.length > 1 ? `${file.name} ` : "");
        localStorage.removeItem(memory(file));
        this.#address = null;
        this.#done.push(next.slice(next.lastIndexOf("/") + 1));
      }
      this.#say("checking");
      const [first] = this.#done;
      window.location.assign(this.#done.length > 1 ? `/runs/together?of=${this.#done.join(",")}` : `/runs/${first}`);
    } catch (error) {
      this.#busy = false;
      if (this.#abort.signal.aborted) return;
      if (error instanceof Refused) {
        localStorage.removeItem(memory(file));
        this.#address = null;
        this.#show(false);
        this.#say("failed", ` ${error.message}`);
      } else {
        this.#button("resume").hidden = false;
        this.#say("paused");
      }
    }
  }

  /** Sends what the server does not hold yet; the address to go to when it has all of it. */
  async #send(file: File, name: string): Promise<string> {
    let offset = await this.#reopen(file);
    const password = String(new FormData(this.#form).get("password") ?? "");
    let failures = 0;
    for (;;) {
      try {
        const response = await fetch(this.#address ?? "", {
          method: "PATCH",
          headers: this.#headers({
            "Upload-Offset": String(offset),
            "Content-Type": "application/offset+octet-stream",
            ...(password ? { "X-File-Password": encode(password) } : {}),
          }),
          body: file.slice(offset, offset + CHUNK),
          signal: this.#abort.signal,
        });
        if (response.status === 409) {
          offset = await this.#offset();
          continue;
        }
        if (!response.ok) throw await refusal(response);
        failures = 0;
        offset = Number(response.headers.get("Upload-Offset"));
        this.#progress(offset, file.size, "sending", name);
        const next = response.headers.get("Location");
        if (offset >= file.size && next) return next;
        if (offset >= file.size) throw new Refused("no run was started");
      } catch (error) {
        if (error instanceof Refused || this.#abort.signal.aborted || ++failures > RETRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 400 * 2 ** failures));
        offset = await this.#offset();
      }
    }
  }

  /** Opens a new upload, or the unfinished one of the same file; the offset to begin at. */
  async #reopen(file: File): Promise<number> {
    this.#address ??= localStorage.getItem(memory(file));
    if (this.#address) {
      const held = await this.#offset().catch(() => -1);
      if (held >= 0 && held < file.size) {
        this.#progress(held, file.size, "resumed");
        return held;
      }
    }
    const data = new FormData(this.#form);
    const pair = (name: string, value: string): string => `${name} ${encode(value)}`;
    const metadata = [
      pair("filename", file.name),
      pair("contract", String(data.get("contract") ?? "")),
      pair("authority", String(data.get("authority") ?? "")),
    ];
    const response = await fetch("/uploads", {
      method: "POST",
      headers: this.#headers({ "Upload-Length": String(file.size), "Upload-Metadata": metadata.join(",") }),
      signal: this.#abort.signal,
    });
    if (!response.ok) throw await refusal(response);
    this.#address = response.headers.get("Location");
    if (this.#address) localStorage.setItem(memory(file), this.#address);
    this.#progress(0, file.size);
    return 0;
  }

  async #offset(): Promise<number> {
    const response = await fetch(this.#address ?? "", { method: "HEAD", headers: this.#headers({}), signal: this.#abort.signal });
    if (!response.ok) throw new Refused(String(response.status));
    return Number(response.headers.get("Upload-Offset"));
  }

  async #cancel(): Promise<void> {
    this.#abort.abort();
    for (const file of this.#files()) localStorage.removeItem(memory(file));
    if (this.#address) await fetch(this.#address, { method: "DELETE", headers: this.#headers({}) }).catch(() => undefined);
    this.#address = null;
    this.#done = [];
    this.#busy = false;
    this.#show(false);
    this.#say("cancelled");
  }

  #files(): File[] {
    return Array.from(this.#form.querySelector<HTMLInputElement>("input[type=file]")?.files ?? []);
  }

  #headers(more: Record<string, string>): Record<string, string> {
    return { "Tus-Resumable": "1.0.0", "X-Form-Token": this.dataset["token"] ?? "", Accept: "application/json", ...more };
  }

  #progress(sent: number, all: number, word: "sending" | "resumed" = "sending", name = ""): void {
    const bar = this.querySelector("progress");
    if (bar) {
      bar.max = Math.max(all, 1);
      bar.value = sent;
    }
    this.#say(word, `: ${name}${size(sent)} / ${size(all)}`);
  }

  #show(running: boolean): void {
    this.#button("cancel").hidden = !running;
    this.#button("resume").hidden = true;
    const submit = this.querySelector<HTMLButtonElement>("button[type=submit]");
    if (submit) submit.hidden = running;
    const box = this.querySelector<HTMLElement>(".sending");
    if (box) box.hidden = false;
    const bar = this.querySelector("progress");
    if (bar) bar.hidden = !running;
  }

  #say(word: string, more = ""): void {
    const box = this.querySelector<HTMLElement>(".sending");
    if (box) box.hidden = false;
    const line = this.querySelector(".sending-text");
    if (line) line.textContent = (this.dataset[word] ?? "") + more;
  }

  #button(name: string): HTMLButtonElement {
    return this.querySelector<HTMLButtonElement>(`[data-${name}]`) ?? document.createElement("button");
  }
}

/** The server understood and said no: trying again changes nothing. */
class Refused extends Error {}

async function refusal(response: Response): Promise<Error> {
  if (response.status >= 500) return new Error(String(response.status));
  const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  return new Refused(body?.error?.message ?? String(response.status));
}

function memory(file: File): string {
  return `upload:${file.name}:${file.size}:${file.lastModified}`;
}

function encode(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function size(bytes: number): string {
  const mib = bytes / 1048576;
  return mib >= 1 ? `${mib.toFixed(1)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
}

customElements.define("sarovar-upload", Upload);
