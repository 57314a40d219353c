// What was typed and is not saved yet: sent one after the other, in the order in which it was typed, and kept until it is.
//
// A job is { key, of, text }: a pupil, an assessment point of the year, and the text. There is at most one waiting for a cell; a later
// text takes its place. `send` answers with the HTTP status, or 0 where no answer came.

const SENT = new Set([200, 409, 422, 423]);
const NOT_SIGNED_IN = new Set([401, 403]);
const PAUSES = [2_000, 5_000, 15_000, 30_000];

export class Queue {
  #jobs = [];
  #flying = null;
  #failures = 0;
  #timer = 0;

  constructor({ send, renew, changed }) {
    this.send = send;
    this.renew = renew;
    this.changed = changed;
    this.mustRenew = false;
  }

  get flying() {
    return this.#flying;
  }

  get waiting() {
    return [...this.#jobs];
  }

  get hasFailed() {
    return this.#failures > 0;
  }

  waitingFor(key, of) {
    return this.#jobs.find((job) => job.key === key && job.of === of);
  }

  add(job) {
    this.drop(job.key, job.of);
    this.#jobs.push(job);
    this.changed(this);
    if (!this.#failures) this.#run();
  }

  drop(key, of) {
    this.#jobs = this.#jobs.filter((job) => job === this.#flying || job.key !== key || job.of !== of);
    if (!this.#jobs.length) this.#failures = 0;
    this.changed(this);
  }

  again() {
    clearTimeout(this.#timer);
    this.#run();
  }

  async #run() {
    while (!this.#flying && this.#jobs.length) {
      const [job] = this.#jobs;
      this.#flying = job;
      this.changed(this);
      const status = await this.#attempt(job);
      this.#flying = null;
      if (SENT.has(status)) {
        this.#jobs = this.#jobs.filter((each) => each !== job);
        this.#failures = 0;
        this.mustRenew = false;
        this.changed(this);
        continue;
      }
      this.#failures += 1;
      this.mustRenew = NOT_SIGNED_IN.has(status);
      this.changed(this);
      // No connection, or the server has trouble: by itself. Where a person has to do something first, that person says when.
      if (!status || status >= 500) {
        this.#timer = setTimeout(() => this.again(), PAUSES[Math.min(this.#failures, PAUSES.length) - 1]);
      }
      return;
    }
  }

  async #attempt(job) {
    try {
      if (this.mustRenew) await this.renew();
      return await this.send(job);
    } catch {
      return 0;
    }
  }
}
