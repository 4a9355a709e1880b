/** The demo shop: which customer you are, and a basket that only says thank you. */
import { call } from "../shared/post";

interface Cast { customers: { key: string; name: string; tier?: string; about?: string }[] }

const KEY = "segue.demo.customer";
const who = document.getElementById("who") as HTMLSelectElement;
const about = document.getElementById("about") as HTMLElement;
let known: Cast["customers"] = [];

document.getElementById("order")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const basket = document.getElementById("basket");
  if (basket) basket.textContent = "One Dune is in your basket.";
});

who.addEventListener("change", () => void become(who.value));

// The demo may have begun anew since the token was given; asked again once, not for ever.
let renewed = false;
addEventListener("segue-expired", () => {
  if (renewed) return;
  renewed = true;
  sessionStorage.removeItem(`${KEY}.${who.value}`);
  if (who.value) void become(who.value);
});

void call<Cast>("/demo/cast", { attempts: 3 }).then((cast) => {
  known = cast.customers;
  who.append(...known.map(option));
  const before = sessionStorage.getItem(KEY);
  if (before && known.some(({ key }) => key === before)) {
    who.value = before;
    void become(before);
  }
}, () => undefined);

function option({ key, name, tier }: Cast["customers"][number]): HTMLOptionElement {
  return new Option(tier ? `${name} (${tier})` : name, key);
}

async function become(key: string): Promise<void> {
  sessionStorage.setItem(KEY, key);
  about.textContent = known.find((customer) => customer.key === key)?.about ?? "";
  const token = key ? (await tokenOf(key)) : "";
  await customElements.whenDefined("segue-chat");
  const chat = document.querySelector("segue-chat");
  if (token) chat?.setAttribute("customer-token", token);
  else chat?.removeAttribute("customer-token");
}

/** Asked once per customer and tab, so that the chat goes on after a reload. */
async function tokenOf(key: string): Promise<string> {
  const kept = sessionStorage.getItem(`${KEY}.${key}`);
  if (kept) return kept;
  const { customer_token } = await call<{ customer_token: string }>("/demo/customer", { body: { key } });
  sessionStorage.setItem(`${KEY}.${key}`, customer_token);
  return customer_token;
}
