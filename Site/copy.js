// Filters the cards of the index and copies addresses. The pages work without it.

const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const field = document.querySelector(".find input");
if (field) {
  const box = field.closest(".find");
  const told = box.querySelector("output");
  const cards = [...document.querySelectorAll(".card")].map((card) => ({
    card,
    text: fold(card.dataset.search),
  }));
  const apply = () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { card, text } of cards) {
      card.hidden = !words.every((word) => text.includes(word));
      if (!card.hidden) shown += 1;
    }
    told.textContent = words.length ? `${shown} of ${cards.length}` : "";
    document.querySelector(".none").hidden = shown > 0;
  };
  box.hidden = false;
  field.addEventListener("input", apply);
  apply();
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Failed";
      }
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
  }
}
