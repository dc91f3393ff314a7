package main

// regions will hold the outlines; see the next commit.
func (b *builder) regions() error { return nil }
