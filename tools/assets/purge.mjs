// Keeps of the kit's style sheet what the pages use. Called by main.go: words in, style sheet out.
import { PurgeCSS } from "purgecss";
import { readFileSync } from "node:fs";

const { css, words, variables } = JSON.parse(readFileSync(0, "utf8"));
const [result] = await new PurgeCSS().purge({
  css: [css],
  content: [{ raw: words.join(" "), extension: "txt" }],
  defaultExtractor: (text) => text.split(" "),
  keyframes: true,
  variables: true,
  safelist: { variables },
});
process.stdout.write(result.css);
