// Package oidctest is a provider of OpenID Connect for tests: a program of its own, run as a
// separate process, that shares no code with what it tests. It is strict where real providers
// are: codes open once and for half a minute, redirect addresses are registered, in ProConnect
// mode any parameter it does not know on the authorize call is an error. On order it lies, one
// way at a time (Orders.Lie).
package oidctest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config is what a provider is started with.
type Config struct {
	ProConnect   bool
	ClientID     string
	ClientSecret string
	RedirectURI  string
}

// Orders change how the provider behaves from then on.
type Orders struct {
	Claims   map[string]any // of the person who signs in; "sub" is needed
	Lie      string         // empty: the truth
	CodeLife time.Duration  // 0 = 30 s
}

// The lies.
const (
	WrongNonce       = "nonce"
	WrongAudience    = "audience"
	WrongIssuer      = "issuer"
	WrongSignature   = "signature"
	NoSignature      = "unsigned"
	Expired          = "expired"
	NoIDToken        = "no id token"
	OtherState       = "state"
	Denied           = "denied"
	UserinfoPlain    = "userinfo plain"
	UserinfoUnsigned = "userinfo unsigned"
	UserinfoForged   = "userinfo signature"
	UserinfoAudience = "userinfo audience"
	UserinfoOther    = "userinfo subject"
	UserinfoExpired  = "userinfo expired"
	UserinfoFails    = "userinfo fails"
)

// grant is what a code or an access token stands for.
type grant struct {
	nonce, challenge, redirect string
	claims                     map[string]any
	ends                       time.Time
}

type provider struct {
	conf   Config
	issuer string
	key    *rsa.PrivateKey
	forger *rsa.PrivateKey

	mu     sync.Mutex
	orders Orders
	codes  map[string]grant
	tokens map[string]grant
	seen   []string // parameters of the last authorize call
}

// Main is the program: it reads its Config as a line of JSON, writes its address as a line, and
// ends when the input ends, that is with its parent.
func Main() {
	var conf Config
	in := json.NewDecoder(os.Stdin)
	if err := in.Decode(&conf); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	p := &provider{conf: conf, issuer: "http://" + l.Addr().String(), key: newKey(), forger: newKey(), codes: map[string]grant{}, tokens: map[string]grant{}}
	fmt.Println(p.issuer)
	go func() {
		_, _ = io.Copy(io.Discard, io.MultiReader(in.Buffered(), os.Stdin))
		os.Exit(0)
	}()
	fmt.Fprintln(os.Stderr, http.Serve(l, p.routes()))
	os.Exit(1)
}

func newKey() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
}

func (p *provider) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	m.HandleFunc("GET /jwks", p.jwks)
	m.HandleFunc("GET /authorize", p.authorize)
	m.HandleFunc("POST /token", p.token)
	m.HandleFunc("GET /userinfo", p.userinfo)
	m.HandleFunc("GET /logout", p.logout)
	m.HandleFunc("POST /orders", p.takeOrders)
	m.HandleFunc("GET /seen", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		answer(w, p.seen)
	})
	return m
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (p *provider) takeOrders(w http.ResponseWriter, r *http.Request) {
	var o Orders
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if o.CodeLife == 0 {
		o.CodeLife = 30 * time.Second
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.orders = o
}

func (p *provider) discovery(w http.ResponseWriter, _ *http.Request) {
	method := "client_secret_basic"
	if p.conf.ProConnect {
		method = "client_secret_post"
	}
	answer(w, map[string]any{
		"issuer": p.issuer, "authorization_endpoint": p.issuer + "/authorize", "token_endpoint": p.issuer + "/token",
		"userinfo_endpoint": p.issuer + "/userinfo", "jwks_uri": p.issuer + "/jwks", "end_session_endpoint": p.issuer + "/logout",
		"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"token_endpoint_auth_methods_supported": []string{method}, "code_challenge_methods_supported": []string{"S256"},
	})
}

func (p *provider) jwks(w http.ResponseWriter, _ *http.Request) {
	e := big.NewInt(int64(p.key.E)).Bytes()
	answer(w, map[string]any{"keys": []any{map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one",
		"n": b64(p.key.N.Bytes()), "e": b64(e)}}})
}

// known are the parameters that ProConnect takes.
var known = []string{"client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "acr_values", "claims", "prompt", "login_hint", "idp_hint"}

func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = slices.Sorted(maps.Keys(q))
	if why := p.wrong(q); why != "" {
		http.Error(w, why, http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {q.Get("state")}, "iss": {p.issuer}}
	switch p.orders.Lie {
	case Denied:
		back.Set("error", "access_denied")
		http.Redirect(w, r, p.conf.RedirectURI+"?"+back.Encode(), http.StatusFound)
		return
	case OtherState:
		back.Set("state", random())
	}
	code := random()
	p.codes[code] = grant{nonce: q.Get("nonce"), challenge: q.Get("code_challenge"), redirect: q.Get("redirect_uri"), claims: p.orders.Claims, ends: time.Now().Add(p.orders.CodeLife)}
	back.Set("code", code)
	http.Redirect(w, r, p.conf.RedirectURI+"?"+back.Encode(), http.StatusFound)
}

// wrong says what is wrong with an authorize call.
func (p *provider) wrong(q url.Values) string {
	switch {
	case q.Get("client_id") != p.conf.ClientID:
		return "unknown client"
	case q.Get("redirect_uri") != p.conf.RedirectURI:
		return "redirect_uri is not registered"
	case q.Get("response_type") != "code":
		return "response_type"
	case !slices.Contains(strings.Fields(q.Get("scope")), "openid"):
		return "scope"
	}
	if !p.conf.ProConnect {
		if q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
			return "PKCE is needed"
		}
		return ""
	}
	if len(q.Get("state")) < 32 || len(q.Get("nonce")) < 32 {
		return "state and nonce need 32 characters"
	}
	for name := range q {
		if !slices.Contains(known, name) {
			return "unknown parameter " + name
		}
	}
	for s := range strings.FieldsSeq(q.Get("scope")) {
		if !slices.Contains([]string{"openid", "given_name", "usual_name", "email", "uid", "siret", "idp_id"}, s) {
			return "unknown scope " + s
		}
	}
	return ""
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	refuse := func(why string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": why})
	}
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "authorization_code" {
		refuse("unsupported_grant_type")
		return
	}
	id, secret, basic := r.BasicAuth()
	if basic { // RFC 6749 2.3.1: both are form-encoded first
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	}
	if p.conf.ProConnect {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	if basic == p.conf.ProConnect || id != p.conf.ClientID || subtle.ConstantTimeCompare([]byte(secret), []byte(p.conf.ClientSecret)) != 1 {
		refuse("invalid_client")
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := r.PostForm.Get("code")
	g, ok := p.codes[code]
	delete(p.codes, code)
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if !ok || time.Now().After(g.ends) || g.redirect != r.PostForm.Get("redirect_uri") || g.challenge != "" && g.challenge != b64(sum[:]) {
		refuse("invalid_grant")
		return
	}
	access := random()
	g.ends = time.Now().Add(time.Minute)
	p.tokens[access] = g
	out := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": p.idToken(g)}
	if p.orders.Lie == NoIDToken {
		delete(out, "id_token")
	}
	answer(w, out)
}

func (p *provider) idToken(g grant) string {
	now := time.Now()
	c := map[string]any{"iss": p.issuer, "aud": p.conf.ClientID, "nonce": g.nonce, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "sub": g.claims["sub"]}
	if !p.conf.ProConnect {
		maps.Copy(c, g.claims)
	}
	switch p.orders.Lie {
	case WrongNonce:
		c["nonce"] = random()
	case WrongAudience:
		c["aud"] = "somebody else"
	case WrongIssuer:
		c["iss"] = "http://127.0.0.1:1"
	case Expired:
		c["exp"] = now.Add(-time.Minute).Unix()
	case WrongSignature:
		return sign(p.forger, c)
	case NoSignature:
		return unsigned(c)
	}
	return sign(p.key, c)
}

func (p *provider) userinfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := p.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if !ok || time.Now().After(g.ends) || p.orders.Lie == UserinfoFails {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	c := maps.Clone(g.claims)
	if p.orders.Lie == UserinfoOther {
		c["sub"] = "somebody else"
	}
	if !p.conf.ProConnect || p.orders.Lie == UserinfoPlain {
		answer(w, c)
		return
	}
	c["iss"], c["aud"], c["iat"], c["exp"] = p.issuer, p.conf.ClientID, time.Now().Unix(), time.Now().Add(time.Minute).Unix()
	jwt := ""
	switch p.orders.Lie {
	case UserinfoAudience:
		c["aud"] = "somebody else"
	case UserinfoExpired:
		c["exp"] = time.Now().Add(-time.Minute).Unix()
	case UserinfoForged:
		jwt = sign(p.forger, c)
	case UserinfoUnsigned:
		jwt = unsigned(c)
	}
	if jwt == "" {
		jwt = sign(p.key, c)
	}
	w.Header().Set("Content-Type", "application/jwt")
	_, _ = io.WriteString(w, jwt)
}

// logout wants an ID token of ours, and sends the browser back.
func (p *provider) logout(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	part := strings.Split(q.Get("id_token_hint"), ".")
	if len(part) != 3 || len(q.Get("state")) < 32 {
		http.Error(w, "id_token_hint and state are needed", http.StatusBadRequest)
		return
	}
	sum := sha256.Sum256([]byte(part[0] + "." + part[1]))
	sig, err := base64.RawURLEncoding.DecodeString(part[2])
	if err != nil || rsa.VerifyPKCS1v15(&p.key.PublicKey, crypto.SHA256, sum[:], sig) != nil {
		http.Error(w, "id_token_hint is not ours", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, q.Get("post_logout_redirect_uri")+"?"+url.Values{"state": {q.Get("state")}}.Encode(), http.StatusFound)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return b64(b[:])
}

func body(alg string, claims map[string]any) string {
	head, err1 := json.Marshal(map[string]string{"alg": alg, "typ": "JWT", "kid": "one"})
	load, err2 := json.Marshal(claims)
	if err1 != nil || err2 != nil {
		panic(fmt.Sprint(err1, err2))
	}
	return b64(head) + "." + b64(load)
}

func sign(key *rsa.PrivateKey, claims map[string]any) string {
	text := body("RS256", claims)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + b64(sig)
}

func unsigned(claims map[string]any) string { return body("none", claims) + "." }
