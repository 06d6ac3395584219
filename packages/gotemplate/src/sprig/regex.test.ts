import { describe, expect, test } from 'vitest';
import { answer, type Row } from '../testing.ts';

describe('regular expressions', () => {
  test.each<Row>([
    { text: '{{ regexMatch "^a.c$" "abc" }}', want: 'true' },
    { text: '{{ regexMatch "(?i)ABC" "abc" }}', want: 'true' },
    { text: '{{ regexMatch "[" "x" }}', want: 'false' },
    { text: '{{ regexFind "[a-z]+" "12abc34" }}', want: 'abc' },
    { text: '{{ regexFind "x" "abc" }}', want: '' },
    { text: '{{ regexFindAll "[0-9]" "a1b2c3" -1 }}', want: '[1 2 3]' },
    { text: '{{ regexFindAll "[0-9]" "a1b2c3" 2 }}', want: '[1 2]' },
    { text: '{{ regexFindAll "x" "a" -1 | toJson }}', want: 'null' },
    { text: '{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }}', want: '-W-xxW-' },
    { text: '{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W" }}', want: '---' },
    { text: '{{ regexReplaceAllLiteral "a(x*)b" "-ab-axxb-" "${1}" }}', want: '-${1}-${1}-' },
    { text: '{{ regexReplaceAll "(?P<n>x+)" "axxb" "[$n]$$" }}', want: 'a[xx]$b' },
    { text: '{{ regexReplaceAll "" "abc" "-" }}', want: '-a-b-c-' },
    { text: '{{ regexReplaceAll "a*" "baaac" "x" }}', want: 'xbxcx' },
    { text: '{{ regexSplit "z+" "pizza" -1 }}', want: '[pi a]' },
    { text: '{{ regexSplit "" "abc" -1 }}', want: '[a b c]' },
    { text: '{{ regexSplit "a" "banana" 2 }}', want: '[b nana]' },
    { text: '{{ regexSplit "a" "" -1 }}', want: '[]' },
    { text: '{{ regexQuoteMeta "1.2+3" }}', want: '1\\.2\\+3' },
    {
      text: '{{ mustRegexMatch "[" "x" }}',
      error:
        'template: t:1:3: executing "t" at <mustRegexMatch "[" "x">: error calling mustRegexMatch: error parsing regexp: missing closing ]: `[`',
    },
    {
      text: '{{ regexFind "(" "x" }}',
      error:
        'template: t:1:3: executing "t" at <regexFind "(" "x">: error calling regexFind: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`',
    },
    {
      text: '{{ mustRegexFind "a**" "x" }}',
      error:
        'template: t:1:3: executing "t" at <mustRegexFind "a**" "x">: error calling mustRegexFind: error parsing regexp: invalid nested repetition operator: `**`',
    },
    { text: '{{ regexFind "(a+)+$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab" }}', want: '' },
    { text: '{{ regexFind "\\\\x{41}" "A" }}', want: 'A' },
    { text: '{{ regexFind "\\\\pL+" "1é2" }}', want: 'é' },
    { text: '{{ regexReplaceAll "\\\\W+" "a b-c" "_" }}', want: 'a_b_c' },
  ])('$text: match as RE2 does', ({ text, want, error }) => {
    expect(answer(text)).toEqual(error === undefined ? { want } : { error });
  });
});
