package file

import (
	"context"
	"errors"
	"strings"
)

// The environment variables that hold the keys of S3-compatible storage.
const (
	EnvS3Key    = "BASSIN_S3_KEY"
	EnvS3Secret = "BASSIN_S3_SECRET"
)

// Connect opens the store that the operator named with --files: a folder, or an address that
// begins with s3+https:// (or s3+http://) whose keys come from the environment.
func Connect(ctx context.Context, where string, getenv func(string) string) (Store, error) {
	if !strings.HasPrefix(where, "s3+") && !strings.Contains(where, "://") {
		return NewFolder(where)
	}
	c, err := ParseS3(where)
	if err != nil {
		return nil, err
	}
	if c.Key, c.Secret = getenv(EnvS3Key), getenv(EnvS3Secret); c.Key == "" || c.Secret == "" {
		return nil, errors.New("file storage: set " + EnvS3Key + " and " + EnvS3Secret)
	}
	return NewS3(ctx, c)
}
