/** The address decides what is shown: `#/desk`, `#/desk/cnv_12`, `#/board`. */
export type View = "desk" | "board";

class Route {
  view = $state<View>("desk");
  conversation = $state<string | undefined>();

  constructor() {
    this.read();
    addEventListener("hashchange", () => this.read());
  }

  go(view: View, conversation?: string): void {
    location.hash = conversation ? `#/${view}/${conversation}` : `#/${view}`;
  }

  private read(): void {
    const [view, conversation] = location.hash.replace(/^#\/?/, "").split("/");
    this.view = view === "board" ? "board" : "desk";
    this.conversation = conversation || undefined;
  }
}

export const route = new Route();
