//! At stake: what people see and do. Checked: the demo as it is shipped, in headless Chromium, with a
//! window for each person.
//!
//! Needs `chromium` and `chromedriver`. `SEGUE_SCREENSHOTS=DIR` keeps a picture of every page that is
//! looked at, and of the window in which a test failed.

mod chromedriver;
mod demo;
mod doors;
mod faults;
mod looks;
mod people;
mod walk;
mod window;
