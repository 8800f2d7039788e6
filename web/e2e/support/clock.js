// Machines whose clock is wrong.

/** A page that believes it is so many hours later than it is; to be told before it loads. */
export const clockOff = (page, hours) =>
  page.addInitScript((by) => {
    const Right = Date;
    window.Date = class extends Right {
      constructor(...all) {
        super(...(all.length ? all : [Right.now() + by]));
      }
      static now() {
        return Right.now() + by;
      }
    };
  }, hours * 3_600_000);
