package account

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"bassin/internal/fault"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ProConnect is the preset for the State's sign-in for professionals. Its quirks: any parameter
// that it does not know on the authorize call is an error, so no PKCE; userinfo is a signed JWT;
// the siret says for whom one works; it vouches for the address.
const ProConnect = "proconnect"

// OIDC says how people sign in by a provider of OpenID Connect. Without an issuer: not at all.
type OIDC struct {
	Preset       string // "" or ProConnect
	Issuer       string // https://…
	ClientID     string
	ClientSecret string
	Scopes       []string     // empty: the preset's
	Label        string       // on the button; empty: the preset's, or the issuer's host
	AutoCreate   bool         // people whom nobody invited get an account without any role
	Client       *http.Client // nil: one with a time limit
}

// Check finds what is wrong with the settings before the server starts.
func (c OIDC) Check() error {
	if c.Issuer == "" {
		return nil
	}
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost") {
		return fmt.Errorf("sign-in provider: the issuer %q is not an https address", c.Issuer)
	}
	if c.ClientID == "" {
		return errors.New("sign-in provider: a client id is needed")
	}
	if c.Preset != "" && c.Preset != ProConnect {
		return fmt.Errorf("sign-in provider: preset %q is not %s", c.Preset, ProConnect)
	}
	return nil
}

// String leaves the secret out: settings are logged.
func (c OIDC) String() string { return strings.TrimSpace(c.Preset + " " + c.Issuer + " " + c.ClientID) }

// GoString is String: %#v must not tell the secret either.
func (c OIDC) GoString() string { return c.String() }

func (c OIDC) label() string {
	if c.Label != "" {
		return c.Label
	}
	if c.Preset == ProConnect {
		return "ProConnect"
	}
	u, err := url.Parse(c.Issuer)
	if err != nil {
		return c.Issuer
	}
	return u.Host
}

func (c OIDC) scopes() []string {
	switch {
	case len(c.Scopes) > 0:
		return c.Scopes
	case c.Preset == ProConnect:
		return []string{oidc.ScopeOpenID, "given_name", "usual_name", "email", "uid", "siret", "idp_id"}
	}
	return []string{oidc.ScopeOpenID, "profile", "email"}
}

// provider is what discovery told; it is asked for at the first sign-in, so that the server
// starts without it, and again when it failed.
type provider struct {
	conf OIDC
	back string // where the provider sends the browser back

	mu    sync.Mutex
	found *discovered
}

type discovered struct {
	*oidc.Provider
	oauth  oauth2.Config
	verify *oidc.IDTokenVerifier
	logout string
}

func newProvider(c OIDC, publicURL string) *provider {
	if c.Issuer == "" {
		return nil
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 10 * time.Second}
	}
	return &provider{conf: c, back: publicURL + "/sign-in/oidc/callback"}
}

// errProviderDown says that the provider does not answer, and that a password still opens.
func errProviderDown(err error, label string) error {
	return fault.Wrap(err, fault.Unavailable, "account.oidc.down", "name", label)
}

func (p *provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// The provider keeps its context for later fetches of keys: the request's would end.
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), p.conf.Client)
	op, err := oidc.NewProvider(ctx, p.conf.Issuer)
	if err != nil {
		return nil, errProviderDown(err, p.conf.label())
	}
	var more struct {
		Logout  string   `json:"end_session_endpoint"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := op.Claims(&more); err != nil {
		return nil, errProviderDown(err, p.conf.label())
	}
	d := &discovered{Provider: op, logout: more.Logout, verify: op.Verifier(&oidc.Config{ClientID: p.conf.ClientID})}
	d.oauth = oauth2.Config{ClientID: p.conf.ClientID, ClientSecret: p.conf.ClientSecret, Endpoint: op.Endpoint(), RedirectURL: p.back, Scopes: p.conf.scopes()}
	// Trying both ways, as the library does when not told, would burn a code that is good once.
	d.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if p.conf.Preset == ProConnect || len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		d.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	p.found = d
	return d, nil
}

// voyage is what the browser keeps while it is at the provider.
type voyage struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v,omitempty"` // of PKCE
	Next     string `json:"t"`
}

// depart gives the address of the provider at which the person signs in.
func (p *provider) depart(ctx context.Context, next string) (string, voyage, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", voyage{}, err
	}
	v := voyage{Next: next}
	v.State, _ = newSecret() // 43 characters: ProConnect asks for 32
	v.Nonce, _ = newSecret()
	opts := []oauth2.AuthCodeOption{oidc.Nonce(v.Nonce)}
	if p.conf.Preset != ProConnect {
		v.Verifier = oauth2.GenerateVerifier()
		opts = append(opts, oauth2.S256ChallengeOption(v.Verifier))
	}
	return d.oauth.AuthCodeURL(v.State, opts...), v, nil
}

// identity is who the provider says that the person is.
type identity struct {
	Issuer, Subject string
	Email           string
	Verified        bool // the provider vouches for the address
	Name            string
	SIRET           SIRET
	IDToken         string // for signing out there
}

// arrive checks what the browser brought back and gives who it is.
func (p *provider) arrive(ctx context.Context, v voyage, q url.Values) (identity, error) {
	refuse := func(err error) (identity, error) {
		return identity{}, fault.Wrap(err, fault.Forbidden, "account.oidc.refused", "name", p.conf.label())
	}
	if v.State == "" || subtle.ConstantTimeCompare([]byte(v.State), []byte(q.Get("state"))) != 1 {
		return refuse(errors.New("state does not match"))
	}
	if said := q.Get("error"); said != "" {
		return identity{}, fault.Wrap(fmt.Errorf("provider: %s", shorten(said)), fault.Forbidden, "account.oidc.cancelled", "name", p.conf.label())
	}
	d, err := p.discover(ctx)
	if err != nil {
		return identity{}, err
	}
	if iss := q.Get("iss"); iss != "" && iss != p.conf.Issuer {
		return refuse(errors.New("answer of another issuer"))
	}
	ctx = oidc.ClientContext(ctx, p.conf.Client)
	var opts []oauth2.AuthCodeOption
	if v.Verifier != "" {
		opts = append(opts, oauth2.VerifierOption(v.Verifier))
	}
	token, err := d.oauth.Exchange(ctx, q.Get("code"), opts...)
	if err != nil {
		if answer := (*oauth2.RetrieveError)(nil); errors.As(err, &answer) && answer.Response.StatusCode < 500 {
			return refuse(err)
		}
		return identity{}, errProviderDown(err, p.conf.label())
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := d.verify.Verify(ctx, raw)
	if err != nil {
		return refuse(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(v.Nonce)) != 1 {
		return refuse(errors.New("nonce does not match"))
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return refuse(err)
		}
	}
	said := &claims{}
	if err := id.Claims(said); err != nil {
		return refuse(err)
	}
	if p.conf.Preset == ProConnect || said.Email == "" {
		if said, err = p.userinfo(ctx, d, token.AccessToken, id.Subject); err != nil {
			return refuse(err)
		}
	}
	return said.identity(p.conf, id.Subject, raw), nil
}

// claims are what we read of an ID token or of userinfo.
type claims struct {
	Subject   string `json:"sub"`
	Email     string `json:"email"`
	Verified  truth  `json:"email_verified"`
	Name      string `json:"name"`
	GivenName string `json:"given_name"`
	Family    string `json:"family_name"`
	Usual     string `json:"usual_name"` // ProConnect's
	SIRET     string `json:"siret"`
}

// truth reads true and "true": providers write both.
type truth bool

// UnmarshalJSON reads it.
func (t *truth) UnmarshalJSON(b []byte) error {
	*t = truth(string(b) == "true" || string(b) == `"true"`)
	return nil
}

func (c *claims) identity(conf OIDC, subject, idToken string) identity {
	who := identity{Issuer: conf.Issuer, Subject: subject, Email: foldEmail(c.Email), Verified: bool(c.Verified), IDToken: idToken}
	family := c.Family
	if c.Usual != "" {
		family = c.Usual
	}
	who.Name = strings.TrimSpace(c.GivenName + " " + family)
	if who.Name == "" {
		who.Name = strings.TrimSpace(c.Name)
	}
	if who.Name == "" {
		who.Name, _, _ = strings.Cut(who.Email, "@")
	}
	who.Name = fault.Seen(who.Name)
	if conf.Preset == ProConnect {
		who.Verified = true
		who.SIRET, _ = ParseSIRET(c.SIRET) // a wrong one attaches nobody
	}
	return who
}

// maxUserinfo bounds the provider's answer, in bytes.
const maxUserinfo = 256 << 10

// userinfo asks for the person's particulars. A signed answer must be signed by the provider for
// us; ProConnect's must be signed. Either way it must be of the person of the ID token.
func (p *provider) userinfo(ctx context.Context, d *discovered, accessToken, subject string) (*claims, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.UserInfoEndpoint(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+accessToken)
	res, err := p.conf.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxUserinfo))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("userinfo: %s", res.Status)
	}
	said := &claims{}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	switch {
	case kind == "application/jwt":
		// Some providers leave the expiry out of userinfo: it comes straight from them.
		signed, err := d.Verifier(&oidc.Config{ClientID: p.conf.ClientID, SkipExpiryCheck: true}).Verify(ctx, strings.TrimSpace(string(body)))
		if err != nil {
			return nil, fmt.Errorf("userinfo: %w", err)
		}
		if !signed.Expiry.IsZero() && signed.Expiry.Before(time.Now()) {
			return nil, errors.New("userinfo: expired")
		}
		if err := signed.Claims(said); err != nil {
			return nil, err
		}
	case p.conf.Preset == ProConnect:
		return nil, fmt.Errorf("userinfo: not signed (%s)", shorten(kind))
	default:
		if err := json.Unmarshal(body, said); err != nil {
			return nil, fmt.Errorf("userinfo: %w", err)
		}
	}
	if said.Subject != subject {
		return nil, errors.New("userinfo: of somebody else")
	}
	return said, nil
}

// farewell gives the address at which the person signs out of the provider, empty when it has none.
func (p *provider) farewell(ctx context.Context, idToken, backTo string) string {
	d, err := p.discover(ctx)
	if err != nil || d.logout == "" || idToken == "" {
		return ""
	}
	u, err := url.Parse(d.logout)
	if err != nil {
		return ""
	}
	state, _ := newSecret()
	q := u.Query()
	q.Set("id_token_hint", idToken)
	q.Set("state", state)
	q.Set("post_logout_redirect_uri", backTo)
	u.RawQuery = q.Encode()
	return u.String()
}
