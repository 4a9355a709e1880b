/** One clock for the page: what counts down or up reads it. It follows the server's time. */
import { skew } from "../../../shared/post";

class Clock {
  now = $state(Date.now());

  constructor() {
    setInterval(() => (this.now = Date.now() + skew), 1_000);
  }
}

export const clock = new Clock();
