package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bassin/internal/when"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// post makes one try. What goes wrong with the receiver is its outcome; an error is ours.
func (s *Service) post(ctx context.Context, h Hook, d Delivery, now when.Time) (outcome, error) {
	at := now.Time()
	signature, err := sign(h.secrets(now), string(d.ID), at, []byte(d.Body))
	if err != nil {
		return outcome{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, strings.NewReader(d.Body))
	if err != nil {
		return outcome{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Bassin-Webhook/1")
	r.Header.Set(standard.HeaderWebhookID, string(d.ID))
	r.Header.Set(standard.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	r.Header.Set(standard.HeaderWebhookSignature, signature)
	start := time.Now()
	res, err := s.client.Do(r)
	if err != nil {
		return outcome{TookMs: time.Since(start).Milliseconds(), Problem: problem(err)}, nil
	}
	defer func() { _ = res.Body.Close() }()
	b, _ := io.ReadAll(io.LimitReader(res.Body, readAnswer)) // an answer that breaks off is kept as far as it came
	return outcome{Code: int64(res.StatusCode), TookMs: time.Since(start).Milliseconds(), Answer: answerOf(b)}, nil
}

// sign gives a signature by each secret, with spaces between.
func sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	list := make([]string, len(secrets))
	for i, secret := range secrets {
		w, err := standard.NewWebhook(secret)
		if err != nil {
			return "", fmt.Errorf("secret of a webhook: %w", err)
		}
		if list[i], err = w.Sign(id, at, body); err != nil {
			return "", fmt.Errorf("sign webhook %s: %w", id, err)
		}
	}
	return strings.Join(list, " "), nil
}

// problem gives the text key of why no answer came. The error itself is not shown: it would tell
// about the network that the server stands in.
func problem(err error) string {
	var name *net.DNSError
	var timeout net.Error
	switch {
	case forbidden(err):
		return "webhook.problem.forbidden"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "webhook.problem.timeout"
	case errors.As(err, &name):
		return "webhook.problem.name"
	case strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "x509: "):
		return "webhook.problem.certificate"
	}
	return "webhook.problem.connection"
}
