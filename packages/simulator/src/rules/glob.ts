/** Tells whether a text fits a glob: `*` is any run of characters, also of `/`, `?` is one character. */
export function fitsGlob(glob: string, text: string): boolean {
  // two pointers and one place to come back to: no pattern takes more than glob x text steps
  let [g, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (glob[g] === '*') [star, mark, g] = [g, t, g + 1];
    else if (g < glob.length && (glob[g] === '?' || glob[g] === text[t])) [g, t] = [g + 1, t + 1];
    else if (star >= 0) [g, mark, t] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}
