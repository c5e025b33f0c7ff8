// Puts a file that somebody chose as a new version.

const form = document.getElementById("put");
const told = document.getElementById("told");

form.hidden = false;

form.elements.file.addEventListener("change", () => {
  form.elements.path.value = form.elements.file.files[0]?.name ?? "";
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = form.elements.file.files[0];
  const path = form.elements.path.value.split("/").map(encodeURIComponent).join("/");
  told.textContent = `Sending ${file.name} …`;
  try {
    const answer = await fetch(form.dataset.files + path, {
      method: "PUT", headers: { "X-Form": form.dataset.form }, body: file,
    });
    if (!answer.ok) throw new Error(await answer.text());
    location.reload();
  } catch (error) {
    told.textContent = error.message;
  }
});
