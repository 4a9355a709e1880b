/** Whether we are connected, for the one quiet line that says so. */
import type { Connection } from "../../../shared/live";

class Network {
  connection = $state<Connection>("connecting");
  /** Calls that wait for the server to come back. */
  pending = $state(0);

  set = (connection: Connection): void => {
    // Trying again is still being lost; only the first attempt is called connecting.
    const again = connection === "connecting" && this.connection !== "connecting";
    this.connection = again ? "lost" : connection;
  };

  waiting = (waiting: boolean): void => {
    this.pending = waiting ? 1 : 0;
  };
}

export const network = new Network();
