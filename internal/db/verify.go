package db

import "fmt"

// Wrong names the row at which a check of what came from outside failed.
func Wrong(table, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %q: %w", table, clip(name), err)
}
