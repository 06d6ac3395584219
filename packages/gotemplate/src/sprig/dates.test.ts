import { describe, expect, test } from 'vitest';
import { answer, type Row } from '../testing.ts';

describe('dates', () => {
  test.each<Row>([
    { text: '{{ date "2006-01-02" 0 }}', want: '1970-01-01' },
    { text: '{{ dateInZone "2006-01-02 15:04:05 MST" 1700000000 "UTC" }}', want: '2023-11-14 22:13:20 UTC' },
    { text: '{{ dateInZone "Mon Jan _2 15:04:05 2006 -0700" 1700000000 "America/New_York" }}', want: 'Tue Nov 14 17:13:20 2023 -0500' },
    { text: '{{ dateInZone "15:04 MST" 1720000000 "Europe/Berlin" }}', want: '11:46 CEST' },
    { text: '{{ dateInZone "15:04 MST" 1700000000 "Asia/Kolkata" }}', want: '03:43 IST' },
    { text: '{{ dateInZone "Jan 2" 0 "Bad/Zone" }}', want: 'Jan 1' },
    {
      text: '{{ dateInZone "2006-01-02T15:04:05Z07:00 .000 ,999" (toDate "2006-01-02T15:04:05Z07:00" "2024-02-29T10:11:12.5+02:00") "UTC" }}',
      want: '2024-02-29T08:11:12Z .500 ,5',
    },
    {
      text: '{{ dateInZone "3:04PM pm 03 002 __2 06 1 01 Monday January 2 02 _2006" 1700000000 "UTC" }}',
      want: '10:13PM pm 10 318 318 23 11 11 Tuesday November 14 14 _2023',
    },
    {
      text: '{{ dateInZone "Z0700 Z07 -07:00:00 -070000 Z07:00:00" 1700000000 "Asia/Kathmandu" }}',
      want: '+0545 +05 +05:45:00 +054500 +05:45:00',
    },
    { text: '{{ htmlDate 0 }}', want: '1970-01-01' },
    { text: '{{ htmlDateInZone 1700000000 "UTC" }}', want: '2023-11-14' },
    { text: '{{ toDate "2006-01-02" "2024-02-30" }}', want: '0001-01-01 00:00:00 +0000 UTC' },
    {
      text: '{{ mustToDate "2006-01-02" "bad" }}',
      error:
        'template: t:1:3: executing "t" at <mustToDate "2006-01-02" "bad">: error calling mustToDate: parsing time "bad" as "2006-01-02": cannot parse "bad" as "2006"',
    },
    {
      text: '{{ mustToDate "2006-01-02" "2024-02-30" }}',
      error:
        'template: t:1:3: executing "t" at <mustToDate "2006-01-02" "2024-02-30">: error calling mustToDate: parsing time "2024-02-30": day out of range',
    },
    {
      text: '{{ mustToDate "2006-01-02" "2024-13-01" }}',
      error:
        'template: t:1:3: executing "t" at <mustToDate "2006-01-02" "2024-13-01">: error calling mustToDate: parsing time "2024-13-01": month out of range',
    },
    {
      text: '{{ mustToDate "2006-01-02" "2024-01-01x" }}',
      error:
        'template: t:1:3: executing "t" at <mustToDate "2006-01-02" "2024-01-01x">: error calling mustToDate: parsing time "2024-01-01x": extra text: "x"',
    },
    {
      text: '{{ mustToDate "15:04" "25:00" }}',
      error:
        'template: t:1:3: executing "t" at <mustToDate "15:04" "25:00">: error calling mustToDate: parsing time "25:00": hour out of range',
    },
    { text: '{{ mustToDate "2006-002" "2024-060" }}', want: '2024-02-29 00:00:00 +0000 UTC' },
    { text: '{{ mustToDate "Mon, 02 Jan 2006 15:04:05 MST" "Thu, 29 Feb 2024 10:11:12 PST" }}', want: '2024-02-29 10:11:12 +0000 PST' },
    { text: '{{ mustToDate "2006-01-02 15:04:05 -0700" "2024-02-29 10:11:12 +0130" }}', want: '2024-02-29 10:11:12 +0130 +0130' },
    {
      text: '{{ mustToDate "3:04 pm" "3:04 PM" }}',
      error:
        'template: t:1:3: executing "t" at <mustToDate "3:04 pm" "3:04 PM">: error calling mustToDate: parsing time "3:04 PM" as "3:04 pm": cannot parse "PM" as "pm"',
    },
    { text: '{{ (toDate "2006-01-02" "2024-02-29").Year }}', want: '2024' },
    { text: '{{ (toDate "2006-01-02" "2024-02-29").Weekday }}', want: 'Thursday' },
    { text: '{{ (toDate "2006-01-02" "2024-02-29").YearDay }}', want: '60' },
    { text: '{{ (toDate "2006-01-02" "2024-02-29").Month }}', want: 'February' },
    { text: '{{ ((toDate "2006-01-02" "2024-02-29").AddDate 1 0 0).Format "Jan 2 2006" }}', want: 'Mar 1 2025' },
    { text: '{{ toDate "2006-01-02" "2024-02-29" | dateModify "-25h" }}', want: '2024-02-27 23:00:00 +0000 UTC' },
    { text: '{{ dateModify "x" (toDate "2006-01-02" "2024-02-29") }}', want: '2024-02-29 00:00:00 +0000 UTC' },
    {
      text: '{{ mustDateModify "1d" (toDate "2006-01-02" "2024-02-29") }}',
      error:
        'template: t:1:3: executing "t" at <mustDateModify "1d" (toDate "2006-01-02" "2024-02-29")>: error calling mustDateModify: time: unknown unit "d" in duration "1d"',
    },
    {
      text: '{{ mustDateModify "1" (toDate "2006-01-02" "2024-02-29") }}',
      error:
        'template: t:1:3: executing "t" at <mustDateModify "1" (toDate "2006-01-02" "2024-02-29")>: error calling mustDateModify: time: missing unit in duration "1"',
    },
    { text: '{{ unixEpoch (toDate "2006-01-02" "2024-02-29") }}', want: '1709164800' },
    { text: '{{ duration 3661 }}', want: '0s' },
    { text: '{{ duration "95" }}', want: '1m35s' },
    { text: '{{ duration (int64 3661) }}', want: '1h1m1s' },
    { text: '{{ durationRound "2h10m5s" }}', want: '2h' },
    { text: '{{ durationRound "400h" }}', want: '16d' },
    { text: '{{ durationRound 1000000000 }}', want: '0s' },
    { text: '{{ durationRound (int64 90000000000) }}', want: '1m' },
    { text: '{{ toJson (toDate "2006-01-02" "2024-02-29") }}', want: '"2024-02-29T00:00:00Z"' },
    { text: '{{ ((toDate "2006-01-02" "2024-02-29").Sub (toDate "2006-01-02" "2024-02-28")).Hours }}', want: '24' },
    { text: '{{ (toDate "2006-01-02" "2024-02-29").After (toDate "2006-01-02" "2024-02-28") }}', want: 'true' },
    { text: '{{ (toDate "2006-01-02" "x").IsZero }}', want: 'true' },
  ])('$text: are printed and read as in Go', ({ text, want, error }) => {
    expect(answer(text)).toEqual(error === undefined ? { want } : { error });
  });
});
