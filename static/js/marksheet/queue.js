// What was typed and is not saved yet: sent one after the other, in the order in which it was typed, and kept until it is.
//
// A job is { key, of, text, saw }: a pupil, an assessment point of the year, the text, and what its person saw in the cell. There is at most
// one waiting for a cell, beside the one on its way, and those that a block was put over; a later text takes its place. `send` answers with the HTTP status, or 0 where no answer
// came; `refuse` is told of a job that will never be taken.
//
// Cells that are written as one act are one job, { key, cells }, with a key of its own.
//
// `turn` counts what was typed. `earlier` are the texts, each with its turn, that were typed into the cell before and never left the page.

export const ANSWERED = new Set([200, 409, 422, 423]);
const PAUSES = [2_000, 5_000, 15_000, 30_000];

export const each = (job) => job.cells ?? [job];

const isTrouble = (status) => !status || status === 408 || status === 429 || status >= 500;

export class Queue {
  #jobs = [];
  #flying = null;
  #failures = 0;
  #timer = 0;
  #mustRenew = false;
  #wasRenewed = false;

  constructor({ send, renew, refuse, changed }) {
    Object.assign(this, { send, renew, refuse, changed });
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

  // The last word on a cell that is not saved yet.
  lastFor(key, of) {
    return this.#jobs.flatMap(each).findLast((job) => job.key === key && job.of === of);
  }

  add(job) {
    const ofCell = (one) => one.key === job.key && one.of === job.of;
    // What a block was put over waits on before it: when the block's part is taken back, it is what was typed last.
    const isCovered = (place) => this.#jobs.slice(place + 1).some((later) => later.cells?.some(ofCell));
    this.#jobs = this.#jobs.filter((one, place) => one === this.#flying || !ofCell(one) || isCovered(place));
    this.#jobs.push(job);
    this.changed(this);
    if (!this.#failures) this.#run();
  }

  // Of what waits for the cell, what was typed last is taken back, and what was typed before it, if anything was, waits on in its place:
  // its text is the answer.
  stepBack(key, of) {
    const ofCell = (job) => job.key === key && job.of === of;
    const waiting = this.#jobs.filter((job) => job !== this.#flying).flatMap(each).filter(ofCell);
    const last = waiting.at(-1);
    if (last?.earlier?.length) {
      const { text, turn } = last.earlier.at(-1);
      Object.assign(last, { text, turn, earlier: last.earlier.slice(0, -1) });
      this.changed(this);
      return text;
    }
    const before = this.#jobs.flatMap(each).filter(ofCell).at(-2);
    if (!last || !before) return undefined;
    for (const job of this.#jobs) if (job.cells) job.cells = job.cells.filter((one) => one !== last);
    this.#jobs = this.#jobs.filter((job) => job !== last && job.cells?.length !== 0);
    this.changed(this);
    return before.text;
  }

  // Whatever waits for the cell is taken back; what is on its way cannot be.
  drop(key, of) {
    const wasFirst = this.#jobs[0];
    const isOther = (job) => job.key !== key || job.of !== of;
    for (const job of this.#jobs) if (job.cells && job !== this.#flying) job.cells = job.cells.filter(isOther);
    this.#jobs = this.#jobs.filter((job) => job === this.#flying || (isOther(job) && job.cells?.length !== 0));
    if (wasFirst !== this.#jobs[0]) this.again();
    else this.changed(this);
  }

  again() {
    clearTimeout(this.#timer);
    if (!this.#jobs.length) this.#failures = 0;
    this.changed(this);
    this.#run();
  }

  async #run() {
    while (!this.#flying && this.#jobs.length) {
      const [job] = this.#jobs;
      this.#flying = job;
      this.changed(this);
      const status = await this.#attempt(job);
      this.#flying = null;
      if (!this.#isDealtWith(job, status)) return;
    }
  }

  // Whether the next may go.
  #isDealtWith(job, status) {
    for (const tried of [job, ...each(job)]) tried.wasTried = true;
    if (status === 403 && !this.#wasRenewed) {
      // The page is older than the sign-in: once more, with a new token.
      this.#mustRenew = true;
      this.#failures += 1;
      return true;
    }
    if (status === 401) this.#mustRenew = true;
    else if (!isTrouble(status)) {
      this.#jobs = this.#jobs.filter((one) => one !== job);
      this.#failures = 0;
      this.#mustRenew = this.#wasRenewed = false;
      if (!ANSWERED.has(status)) this.refuse(job, status);
      this.changed(this);
      return true;
    }
    this.#failures += 1;
    this.changed(this);
    // No connection, or the server has trouble: by itself. Where a person has to do something first, that person says when.
    if (isTrouble(status) && !this.#mustRenew) {
      this.#timer = setTimeout(() => this.again(), PAUSES[Math.min(this.#failures, PAUSES.length) - 1]);
    }
    return false;
  }

  async #attempt(job) {
    try {
      if (this.#mustRenew) {
        await this.renew();
        this.#mustRenew = false;
        this.#wasRenewed = true;
      }
      return await this.send(job);
    } catch {
      return 0;
    }
  }
}
