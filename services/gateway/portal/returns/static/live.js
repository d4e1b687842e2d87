// The timeline of a submission grows while one looks; when nothing more happens by itself, the page is read anew.
const timeline = document.getElementById("timeline");
const source = new EventSource(timeline.dataset.events);
source.addEventListener("timeline", (event) => (timeline.innerHTML = event.data));
source.addEventListener("settled", () => {
  source.close();
  location.reload();
});
// Already when the page is being left: reading it anew would take back what was clicked.
addEventListener("beforeunload", () => source.close());
