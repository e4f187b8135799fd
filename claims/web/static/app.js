// Starts the page furniture and keeps a second click from sending a form again. Pages work without any of this.
import { initAll } from "./govuk/govuk-frontend.min.js";

initAll();
