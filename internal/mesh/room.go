//go:build !linux

package mesh

// Room makes a slice of so many zeros. On Linux it asks for large pages of memory.
func Room[T any](n int) []T { return make([]T, n) }
