package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"bassin/internal/fault"
)

// S3Config says where S3-compatible storage is.
type S3Config struct {
	Host      string // name and port
	Plain     bool   // HTTP without TLS: only inside a machine or a closed network
	Bucket    string
	Prefix    string // folder in the bucket; "" = its root
	Region    string // "" = asked from the server
	PathStyle bool   // the bucket in the path and not in the host name
	Key       string
	Secret    string

	TempDir   string            // where uploads wait to be looked at; "" = the system's
	Transport http.RoundTripper // nil = one of ours
}

// ParseS3 reads an address such as s3+https://host:9000/bucket/folder?region=fr-par&path=1. Keys
// have no place in it: addresses end up in process lists and logs.
func ParseS3(address string) (S3Config, error) {
	wrong := func(why string) (S3Config, error) {
		return S3Config{}, fmt.Errorf("file storage %s: want s3+https://HOST/BUCKET[/FOLDER][?region=R][&path=1]", why)
	}
	u, err := url.Parse(address)
	if err != nil {
		return wrong("address is unreadable") // the cause would repeat what may hold a secret
	}
	switch {
	case u.User != nil:
		return wrong("address holds keys (give them as BASSIN_S3_KEY and BASSIN_S3_SECRET)")
	case u.Scheme != "s3+https" && u.Scheme != "s3+http":
		return wrong(fmt.Sprintf("address begins with %q", u.Scheme))
	case u.Host == "":
		return wrong("address has no host")
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if bucket == "" {
		return wrong("address has no bucket")
	}
	if prefix != "" && path.Clean("/"+prefix) != "/"+prefix {
		return wrong("folder is not plain")
	}
	c := S3Config{Host: u.Host, Plain: u.Scheme == "s3+http", Bucket: bucket, Prefix: prefix}
	for name, values := range u.Query() {
		switch {
		case name == "region" && len(values) == 1:
			c.Region = values[0]
		case name == "path" && len(values) == 1 && values[0] == "1":
			c.PathStyle = true
		default:
			return wrong(fmt.Sprintf("address has an unknown option %q", name))
		}
	}
	return c, nil
}

// S3 keeps blobs in a bucket, under the same names as Folder.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string // ends in "/" unless empty
	temp   string
}

var _ Store = (*S3)(nil)

// NewS3 connects and finds out whether the bucket is there and the keys are good.
func NewS3(ctx context.Context, c S3Config) (*S3, error) {
	lookup := minio.BucketLookupAuto
	if c.PathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(c.Host, &minio.Options{
		Creds: credentials.NewStaticV4(c.Key, c.Secret, ""), Secure: !c.Plain, Region: c.Region,
		BucketLookup: lookup, Transport: c.Transport, MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("open file storage: %w", err)
	}
	s := &S3{client: client, bucket: c.Bucket, prefix: c.Prefix, temp: c.TempDir}
	if s.prefix != "" {
		s.prefix += "/"
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	there, err := client.BucketExists(ctx, c.Bucket)
	if err != nil {
		return nil, fmt.Errorf("open file storage: %w", s3Fault(err))
	}
	if !there {
		return nil, fmt.Errorf("open file storage: bucket %q does not exist on %s", c.Bucket, c.Host)
	}
	return s, nil
}

// Put looks at the upload in a local file first, then sends it with its sum; an object appears
// whole or not at all. What is there already with the same size is not sent again.
func (s *S3) Put(ctx context.Context, r io.Reader, limits Limits) (Blob, error) {
	f, err := os.CreateTemp(s.temp, "bassin-put-*")
	if err != nil {
		return Blob{}, storeFault(fmt.Errorf("put file: %w", err))
	}
	defer os.Remove(f.Name())
	defer f.Close()
	b, err := receive(ctx, f, r, limits)
	if err != nil {
		return Blob{}, err
	}
	if s.holds(ctx, b) {
		return b, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Blob{}, storeFault(err)
	}
	// The object's own type stays inert whatever the blob's: a bucket may be readable by address.
	_, err = s.client.PutObject(ctx, s.bucket, s.name(b.Hash), f, b.Size, minio.PutObjectOptions{
		ContentType: octetStream, ContentDisposition: "attachment", SendContentMd5: true,
	})
	if err != nil && !s.holds(ctx, b) {
		return Blob{}, fmt.Errorf("put file: %w", s3Fault(err))
	}
	return b, nil
}

// holds reports whether an object is there whole. One whose parts take the storage longer to join than it
// is waited for is there although the answer was lost, and asking again gave an error.
func (s *S3) holds(ctx context.Context, b Blob) bool {
	info, err := s.client.StatObject(ctx, s.bucket, s.name(b.Hash), minio.StatObjectOptions{})
	return err == nil && info.Size == b.Size
}

func (s *S3) name(h Hash) string { return s.prefix + h.path() }

// Open gives the content, which is fetched as it is read.
func (s *S3) Open(ctx context.Context, hash Hash) (*Content, error) {
	if !hash.Valid() {
		return nil, notFound(hash)
	}
	o, err := s.client.GetObject(ctx, s.bucket, s.name(hash), minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("open file: %w", s3Fault(err))
	}
	info, err := o.Stat()
	if err != nil {
		o.Close()
		if missing(err) {
			return nil, notFound(hash)
		}
		return nil, fmt.Errorf("open file: %w", s3Fault(err))
	}
	return newContent(hash, info.Size, s3Object{o}), nil
}

// s3Object gives the errors of reading their kinds.
type s3Object struct{ *minio.Object }

// Read reads on.
func (o s3Object) Read(p []byte) (int, error) {
	n, err := o.Object.Read(p)
	if err != nil && err != io.EOF {
		err = s3Fault(err)
	}
	return n, err
}

// Has reports whether the blob is there.
func (s *S3) Has(ctx context.Context, hash Hash) (bool, error) {
	if !hash.Valid() {
		return false, nil
	}
	switch _, err := s.client.StatObject(ctx, s.bucket, s.name(hash), minio.StatObjectOptions{}); {
	case missing(err):
		return false, nil
	case err != nil:
		return false, s3Fault(err)
	}
	return true, nil
}

// Delete removes a blob.
func (s *S3) Delete(ctx context.Context, hash Hash) error {
	if !hash.Valid() {
		return nil
	}
	err := s.client.RemoveObject(ctx, s.bucket, s.name(hash), minio.RemoveObjectOptions{})
	if err != nil && !missing(err) {
		return fmt.Errorf("delete file: %w", s3Fault(err))
	}
	return nil
}

// Each calls f with every blob; what else lies in the bucket is passed over.
func (s *S3) Each(ctx context.Context, f func(Info) error) error {
	for o := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, Recursive: true}) {
		if o.Err != nil {
			return s3Fault(o.Err)
		}
		h := Hash(path.Base(o.Key))
		if !h.Valid() || o.Key != s.name(h) {
			continue
		}
		if err := f(Info{h, o.Size}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// s3Code is the code of an answer of the storage; "" when it did not answer.
func s3Code(err error) (code string, status int) {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Code, answer.StatusCode
	}
	return "", 0
}

func missing(err error) bool {
	code, status := s3Code(err)
	return code == minio.NoSuchKey || status == http.StatusNotFound && code != minio.NoSuchBucket
}

// s3Fault gives the storage's errors the kind that a person can be told. What is wrong with the
// keys or the bucket is as much out of a person's reach as storage that does not answer.
func s3Fault(err error) error {
	if err == nil || fault.As(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	code, status := s3Code(err)
	if status == http.StatusInsufficientStorage || strings.Contains(code, "StorageFull") || code == "QuotaExceeded" {
		return fault.Wrap(err, fault.Unavailable, "file.no_space")
	}
	return fault.Wrap(err, fault.Unavailable, "file.store_down")
}
