package db

import "context"

type commitKey struct{}

// commit is a piece of work that joins the first transaction of a request.
type commit struct {
	run  func(Tx) error
	done bool
}

// WithCommit makes fn run inside the first transaction that is done with this context, just
// before it commits; when fn fails the transaction is undone. Idempotency keys are stored so.
func WithCommit(ctx context.Context, fn func(Tx) error) context.Context {
	return context.WithValue(ctx, commitKey{}, &commit{run: fn})
}

// joined wraps fn with the work that must join its transaction, and tells what to call once it
// is committed.
func joined(ctx context.Context, fn func(Tx) error) (func(Tx) error, func()) {
	c, ok := ctx.Value(commitKey{}).(*commit)
	if !ok || c.done {
		return fn, func() {}
	}
	return func(tx Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return c.run(tx)
	}, func() { c.done = true }
}
