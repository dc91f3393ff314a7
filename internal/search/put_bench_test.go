package search_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/search"
)

// BenchmarkPut replaces an entry of 30 words.
func BenchmarkPut(b *testing.B) {
	d := dbtest.Open(b)
	words := vocabulary(rand.New(rand.NewPCG(1, 1)), 5000)
	i := 0
	err := d.Do(context.Background(), func(tx db.Tx) error {
		for b.Loop() {
			i++
			var s []string
			for j := range 30 {
				s = append(s, words[(i*31+j*j)%len(words)])
			}
			e := entry(fmt.Sprint(i%10000), strings.Join(s[:6], " "), strings.Join(s[6:], " "))
			e.At = begin.Add(time.Duration(i) * time.Second)
			if err := search.Put(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
