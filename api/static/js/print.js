// The line by which a printed sheet is cited: the address as the browser has it, and the day.
// Without this file the line has the path of the page, and the release.

const place = document.querySelector("[data-address]"); // not in the one-file edition
const day = document.querySelector("[data-day]");
const release = document.querySelector(".printed code").textContent;

function cite() {
  if (place) place.textContent = location.href;
  day.textContent = ` · ${new Date().toLocaleDateString("en-GB", { dateStyle: "long" })}`;
  // At the foot of every sheet, where the browser can write there.
  const foot = `Release ${release} · ${document.title}`;
  document.documentElement.style.setProperty("--foot", JSON.stringify(foot));
}

cite();
addEventListener("beforeprint", cite);
