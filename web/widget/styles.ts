/** One constructable style sheet: no inline style anywhere, so a strict content policy holds. */
const light = `--ground:#fdfdfb;--raised:#fff;--sunken:#eff1ec;--line:#dcdfd8;--edge:#868c85;--ink:#1a211e;--soft:#48524d;--faint:#606a64;
--voice:var(--accent,#0f6b57);--on:#fff;--theirs:#eeecfa;--theirs-ink:#2c2568;--warn:#8a6100;--bad:#a8173a`;
const dark = `--ground:#181e1b;--raised:#1f2623;--sunken:#111614;--line:#2f3834;--edge:#6b766f;--ink:#e8ece8;--soft:#b5beb8;--faint:#949f99;
--voice:var(--accent-dark,#63cbaf);--on:#07201a;--theirs:#272541;--theirs-ink:#e0dcff;--warn:#e5bc55;--bad:#ff8ba0`;

const css = `
:host{${light};all:initial;position:fixed;inset-block-end:1.25rem;inset-inline-end:1.25rem;z-index:2147483000;color-scheme:light dark;
font:400 15px/1.45 system-ui,"Segoe UI Variable Text","Segoe UI",Roboto,"Noto Sans","Helvetica Neue",sans-serif;color:var(--ink)}
:host{${light}}
@media(prefers-color-scheme:dark){:host(:not([theme=light])){${dark}}}
:host([theme=dark]){${dark};color-scheme:dark}
:host([theme=light]){color-scheme:light}
*{box-sizing:border-box;margin:0;padding:0;font:inherit;color:inherit;letter-spacing:inherit}
[hidden]{display:none!important}
button{cursor:pointer;background:none;border:0}
svg{display:block;flex:none;fill:none;stroke:currentColor;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}
:focus-visible{outline:2px solid var(--voice);outline-offset:2px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launcher{position:relative;display:grid;place-items:center;width:3.5rem;height:3.5rem;margin-inline-start:auto;border-radius:1.2rem;background:var(--voice);color:var(--on);box-shadow:0 2px 6px #0003,0 14px 30px -12px #0008;transition:transform .18s}
.launcher:hover{transform:translateY(-2px)}
.badge{position:absolute;inset-block-start:-.35rem;inset-inline-end:-.35rem;min-width:1.35rem;padding:0 .35rem;border-radius:1rem;background:#a8173a;color:#fff;font-size:12px;font-weight:600;line-height:1.35rem;text-align:center}
.panel{position:absolute;inset-block-end:4.4rem;inset-inline-end:0;display:grid;grid-template-rows:auto minmax(0,1fr) auto;width:min(24rem,calc(100vw - 2.5rem));height:min(40rem,calc(100dvh - 7.5rem));
background:var(--ground);border:1px solid var(--line);border-radius:1.1rem;box-shadow:0 2px 8px #0000001f,0 30px 70px -24px #0009;overflow:hidden;animation:rise .24s cubic-bezier(.2,.7,.2,1)}
@keyframes rise{from{opacity:0;transform:translateY(.75rem)}}
.top{display:flex;gap:.75rem;align-items:center;padding:.8rem .7rem .8rem 1rem;border-block-end:1px solid var(--line);background:var(--raised)}
.who{flex:1;min-width:0}
h2{font-size:1rem;font-weight:650;letter-spacing:-.01em}
.status{font-size:13px;line-height:1.35;color:var(--soft);min-height:2.9em;display:grid;align-content:start}
.status b{font-weight:600;color:var(--ink)}
.status .lost{color:var(--warn)}
.face{display:grid;place-items:center;flex:none;width:2.4rem;height:2.4rem;border-radius:50%;background:var(--theirs);color:var(--theirs-ink);font-weight:650;font-size:14px;align-self:start}
.face.agent{background:var(--voice);color:var(--on)}
.face.waiting svg{animation:sway 2.4s ease-in-out infinite}
@keyframes sway{50%{opacity:.35}}
.x{display:grid;place-items:center;width:2.25rem;height:2.25rem;border-radius:.6rem;align-self:start}
.x:hover,.link:hover{background:color-mix(in srgb,var(--ink) 8%,transparent)}
.log{overflow-y:auto;overscroll-behavior:contain;padding:1rem;display:flex;flex-direction:column;gap:.4rem;scrollbar-width:thin}
.log:focus-visible{outline-offset:-2px}
.m{max-width:86%;padding:.55rem .8rem;border-radius:1rem;white-space:pre-wrap;overflow-wrap:anywhere;align-self:flex-start;background:var(--theirs)}
.m.customer{align-self:flex-end;background:var(--voice);color:var(--on);border-end-end-radius:.3rem}
.m.assistant,.m.agent{border-end-start-radius:.3rem}
.m.agent{background:color-mix(in srgb,var(--voice) 15%,var(--ground))}
.m.sending{opacity:.6}
.m a{text-decoration:underline;text-underline-offset:.15em}
.by{align-self:flex-start;font-size:12px;color:var(--faint);margin-block-start:.5rem;padding-inline:.3rem}
.by.customer{align-self:flex-end}
.refused{align-self:flex-end;font-size:12px;color:var(--bad)}
.n{align-self:stretch;text-align:center;font-size:13.5px;color:var(--soft);padding:.6rem .5rem .2rem;white-space:pre-line;text-wrap:balance}
.src{font-size:12px;color:var(--faint);padding-inline:.3rem}
.choices{display:flex;flex-wrap:wrap;justify-content:center;gap:.4rem;padding-block:.4rem}
.choice,.go{padding:.45rem .85rem;border:1px solid var(--voice);border-radius:1rem;color:var(--voice);font-weight:550;font-size:14px;background:var(--raised)}
.choice:hover{background:color-mix(in srgb,var(--voice) 12%,var(--raised))}
.go{background:var(--voice);color:var(--on)}
.go:disabled{opacity:.5;cursor:default}
form.card{display:grid;gap:.6rem;padding:.9rem;margin-block:.4rem;border:1px solid var(--line);border-radius:1rem;background:var(--raised)}
form.card label{display:grid;gap:.2rem;font-size:13px;color:var(--soft)}
form.card input,form.card textarea{width:100%;padding:.5rem .65rem;border:1px solid var(--edge);border-radius:.6rem;background:var(--ground);font-size:16px;color:var(--ink);resize:none}
.row{display:flex;gap:.5rem;justify-content:flex-end}
fieldset{border:0;min-width:0}
legend{font-weight:600;margin-block-end:.5rem}
.stars{display:grid;grid-template-columns:repeat(5,1fr);gap:.35rem}
.stars label{position:relative;display:grid;place-items:center;gap:0;height:2.6rem;border:1px solid var(--edge);border-radius:.7rem;font-weight:600;font-size:15px;color:var(--ink);cursor:pointer}
.stars input{position:absolute;inset:0;opacity:0;cursor:pointer}
.stars label:has(:checked){background:var(--voice);color:var(--on);border-color:var(--voice)}
.stars label:has(:focus-visible){outline:2px solid var(--voice);outline-offset:2px}
.ends{display:flex;justify-content:space-between;font-size:12px;color:var(--faint);margin-block-start:.25rem}
.typing{min-height:1.3rem;font-size:13px;color:var(--faint);padding-inline:.3rem}
.foot{padding:.6rem .7rem .5rem;border-block-start:1px solid var(--line);background:var(--raised)}
.box{display:flex;align-items:flex-end;gap:.4rem;border:1px solid var(--edge);border-radius:1rem;padding:.2rem;background:var(--ground)}
.box:focus-within{border-color:var(--voice);box-shadow:0 0 0 1px var(--voice)}
textarea.input{flex:1;min-width:0;min-height:2.4rem;max-height:7.5rem;padding:.5rem .6rem;border:0;outline:0;background:none;resize:none;font-size:16px;line-height:1.35}
::placeholder{color:var(--faint);opacity:1}
.send{display:grid;place-items:center;width:2.4rem;height:2.4rem;border-radius:.8rem;background:var(--voice);color:var(--on)}
.send:disabled{opacity:.45;cursor:default}
:host([dir=rtl]) .send svg{transform:scaleX(-1)}
.links{display:flex;justify-content:space-between;margin-block-start:.3rem;min-height:2rem}
.link{padding:.3rem .5rem;border-radius:.5rem;font-size:13px;font-weight:550;color:var(--soft)}
.link.ask{color:var(--voice)}
@media(max-width:480px){.panel:not([hidden])~.launcher{display:none}.panel{position:fixed;inset:0;width:100%;height:100dvh;border:0;border-radius:0}}
@media(prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
`;

/** The sheet with the page's accent mixed in; a colour that is none is left aside. */
export function sheets(accent: string | null): CSSStyleSheet[] {
  const base = new CSSStyleSheet();
  base.replaceSync(css);
  if (!accent || !CSS.supports("color", accent)) return [base];
  const own = new CSSStyleSheet();
  const lighter = `oklch(from ${accent} 0.8 max(c, 0.09) h)`;
  const dark = CSS.supports("color", lighter) ? lighter : `color-mix(in srgb,${accent} 45%,white)`;
  own.replaceSync(`:host{--accent:${accent};--accent-dark:${dark}}`);
  return [base, own];
}
