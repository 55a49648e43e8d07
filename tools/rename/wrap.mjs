// Wraps the prose that another name has made too wide: paragraphs of Markdown, and comments.

const WIDTH = 100;

/** Fills the lines of one paragraph or list item. The name stays on one line. */
function fill(lines, name, width = WIDTH) {
  const [, lead] = lines[0].match(/^(\s*(?:(?:[-*+]|\d+[.)])\s+|>\s?)?)/);
  const [next] = lines.length > 1 ? lines[1].match(/^(?:\s*>\s?|\s*)/) : [" ".repeat(lead.length)];
  const whole = name.replaceAll(" ", "\u{1}");
  const text = lines.map((line) => line.trim()).join(" ").slice(lead.trimStart().length).replaceAll(name, whole);
  const filled = [];
  let line = lead;
  for (const word of text.split(/ +/)) {
    if (line.trim() !== lead.trim() || filled.length) {
      if (`${line} ${word}`.length > width && line.trim()) {
        filled.push(line);
        line = next + word;
        continue;
      }
      line += line.trim() && !line.endsWith(" ") ? ` ${word}` : word;
      continue;
    }
    line += word;
  }
  return [...filled, line].map((text) => text.replaceAll("\u{1}", " "));
}

const isWide = (line) => [...line].length > WIDTH;

/** The comments of a script or a settings file within the width. Two spaces begin an example, which
 * stays as it is. */
export function wrapComments(text, name) {
  const comment = /^( *)# (?=\S)/;
  const result = [];
  let block = [];
  for (const line of [...text.split("\n"), ""]) {
    const lead = line.match(comment)?.[0];
    if (block.length && !(lead && block[0].startsWith(lead))) {
      const [first] = block[0].match(comment);
      const filled = () => fill(block.map((line) => line.slice(first.length)), name, WIDTH - first.length);
      result.push(...(block.some(isWide) ? filled().map((line) => first + line) : block));
      block = [];
    }
    if (lead) block.push(line);
    else result.push(line);
  }
  return result.slice(0, -1).join("\n");
}

/** The paragraphs of Markdown within the width. */
export function wrapMarkdown(text, name) {
  const [result, block] = [[], []];
  let isFenced = false;
  const flush = () => {
    result.push(...(block.some(isWide) ? fill(block, name) : block));
    block.length = 0;
  };
  for (const line of text.split("\n")) {
    const isFence = /^\s*(```|~~~)/.test(line);
    if (isFence || isFenced || /^\s*(\||#|<|\[[^\]]+\]:|!\[|$)/.test(line)) {
      flush();
      result.push(line);
      if (isFence) isFenced = !isFenced;
      continue;
    }
    if (/^\s*([-*+]|\d+[.)])\s/.test(line)) flush();
    block.push(line);
  }
  flush();
  return result.join("\n");
}
