const all = [...document.querySelectorAll("details.exchange")];
const tests = [...document.querySelectorAll(".test")];
const buttons = [...document.querySelectorAll("button[data-kind]")];
const search = document.querySelector("#search");
const none = document.querySelector("#none");
let kind = "";
function show() {
  const text = search.value.toLowerCase();
  for (const one of all) {
    const fits = (!kind || one.dataset.kind === kind) &&
      (!text || (one.closest("[data-whole]") || one).textContent.toLowerCase().includes(text));
    one.classList.toggle("hidden", !fits);
  }
  let any = false;
  for (const test of tests) {
    const left = test.querySelector("details.exchange:not(.hidden)");
    test.classList.toggle("hidden", !left);
    any = any || left;
  }
  none.classList.toggle("hidden", Boolean(any));
}
for (const button of buttons) button.addEventListener("click", () => {
  kind = button.dataset.kind;
  for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
  show();
});
if (search) search.addEventListener("input", show);
for (const button of document.querySelectorAll("button.copy")) {
  button.classList.remove("hidden");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = "Copied";
  });
}
for (const tools of document.querySelectorAll(".tools")) tools.classList.remove("hidden");
