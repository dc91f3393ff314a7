package schedule

import (
	"errors"
	"testing"
)

func TestParseWork(t *testing.T) {
	for s, want := range map[string]Minutes{
		"3": 3 * day, "3 j": 3 * day, "3d": 3 * day, "1,5 j": 630, "1.5 days": 630, "4 h": 240, "4h": 240, "1 j 4 h": day + 240, "2 sem": 10 * day,
		"30 min": 30, "-2 d": -2 * day, "−2 j": -2 * day, "0": 0, "0,1 min": 0, "1,6 min": 2, "-1,6 min": -2, " 3\u202fJ ": 3 * day, "1 semaine": 5 * day, "2600 j": 2600 * day,
	} {
		if got, err := ParseWork(s, day); err != nil || got != want {
			t.Errorf("%q is %d, %v, want %d", s, got, err, want)
		}
	}
	for s, want := range map[string]Kind{
		"": BadWork, "-": BadWork, "trois": BadWork, "3 x": BadWork, "j": BadWork, "1 j 4": BadWork, "1,2,3 j": BadWork, "--1": BadWork, "1 j -2 h": BadWork, ".": BadWork,
		"1e3 j": BadWork, "\xff": BadWork, "2700 j": TooLong, "99999999999999999999999 j": TooLong,
	} {
		_, err := ParseWork(s, day)
		var faults *Faults
		if !errors.As(err, &faults) || (*faults)[0].Kind != want {
			t.Errorf("%q gives %v, want %s", s, err, want)
		}
	}
}

func FuzzParseWork(f *testing.F) {
	for _, s := range []string{"3 j", "1 j 4 h", "-2,5 sem", "1.5.5", "９ j"} {
		f.Add(s, int32(420))
	}
	f.Fuzz(func(t *testing.T, s string, length int32) {
		if length <= 0 || length > dayLength {
			length = 420
		}
		if got, err := ParseWork(s, Minutes(length)); err == nil && max(got, -got) > tenYears*5*Minutes(length) {
			t.Errorf("%q is %d", s, got)
		}
	})
}
