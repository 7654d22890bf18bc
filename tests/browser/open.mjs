// Opens a page in a headless Chromium, on a phone, on a desk and on paper, and tells what was seen, as JSON.
//
//   node tests/browser/open.mjs PAGE FOLDER
//
// FOLDER is where the browser is unpacked, once, and where the pictures go: phone.png, desk.png, paper.pdf.
import { brotliDecompressSync } from "node:zlib";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [page, folder] = process.argv.slice(2).map((path) => resolve(path));
mkdirSync(folder, { recursive: true });
// Where the package unpacks what it carries.
process.env.TMPDIR = folder;
const { default: chromium } = await import("@sparticuz/chromium");
const { default: puppeteer } = await import("puppeteer-core");

/** The libraries that the browser needs and a small machine may not have; the package carries them too. */
function libraries() {
  const target = join(folder, "libraries");
  if (!existsSync(target)) {
    const packed = join(dirname(fileURLToPath(import.meta.url)), "node_modules/@sparticuz/chromium/bin/al2023.tar.br");
    const own = `${target}.${process.pid}`;
    mkdirSync(own);
    writeFileSync(join(own, "packed.tar"), brotliDecompressSync(readFileSync(packed)));
    execFileSync("tar", ["-xf", "packed.tar"], { cwd: own });
    rmSync(join(own, "packed.tar"));
    if (!existsSync(target)) renameSync(own, target);
  }
  return join(target, "lib");
}

/** The browser. One that was unpacked halfway is unpacked again. */
async function executable() {
  const whole = join(folder, "unpacked");
  if (!existsSync(whole)) rmSync(join(folder, "chromium"), { force: true });
  const path = await chromium.executablePath();
  writeFileSync(whole, "");
  return path;
}

const browser = await puppeteer.launch({
  executablePath: await executable(),
  args: chromium.args,
  headless: "shell",
  env: { ...process.env, LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, libraries()].filter(Boolean).join(":") },
});
const seen = { errors: [], requests: [] };
const tab = await browser.newPage();
tab.on("console", (message) => ["error", "warn"].includes(message.type()) && seen.errors.push(message.text()));
tab.on("pageerror", (error) => seen.errors.push(String(error)));
tab.on("request", (request) => seen.requests.push(request.url()));

async function look(name, width, height) {
  await tab.setViewport({ width, height, deviceScaleFactor: 1, isMobile: width < 500 });
  await tab.goto(pathToFileURL(page).href, { waitUntil: "load" });
  const told = await tab.evaluate(() => {
    const selection = getSelection();
    selection.selectAllChildren(document.body);
    const selected = selection.toString();
    selection.removeAllRanges();
    // What of a drawing can be selected, and how big it is on the screen.
    const drawn = [...document.querySelectorAll("svg text")].map((text) => {
      selection.selectAllChildren(text);
      return { text: text.textContent.trim(), selected: selection.toString().trim(), height: text.getBoundingClientRect().height };
    });
    selection.removeAllRanges();
    const { scrollWidth, clientWidth } = document.documentElement;
    const fills = [...new Set([...document.querySelectorAll(".band")].map((band) => getComputedStyle(band).fill))];
    return { selected, drawn, scrollWidth, clientWidth, fills, title: document.title, scripts: document.scripts.length };
  });
  await tab.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  return told;
}

seen.phone = await look("phone", 390, 844);
seen.desk = await look("desk", 1280, 900);
writeFileSync(join(folder, "paper.pdf"), await tab.pdf({ format: "a4" }));
await browser.close();
console.log(JSON.stringify(seen));
