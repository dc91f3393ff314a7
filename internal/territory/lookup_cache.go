package territory

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// MemoryCache keeps the answers used last, each until its time is over.
type MemoryCache struct {
	mu    sync.Mutex
	most  int // bytes of all values
	bytes int
	now   func() time.Time
	order *list.List // of *entry, the last used in front
	at    map[string]*list.Element
}

type entry struct {
	key   string
	value []byte
	until time.Time
}

// NewMemoryCache makes a cache that holds at most so many bytes of answers.
func NewMemoryCache(mostBytes int, now func() time.Time) *MemoryCache {
	return &MemoryCache{most: mostBytes, now: now, order: list.New(), at: map[string]*list.Element{}}
}

// Get gives a value whose time is not over. It is shared: do not change it.
func (c *MemoryCache) Get(_ context.Context, key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.at[key]
	if !ok {
		return nil, false
	}
	e := el.Value.(*entry)
	if !c.now().Before(e.until) {
		c.drop(el)
		return nil, false
	}
	c.order.MoveToFront(el)
	return e.value, true
}

// Put keeps a value and lets go of those used longest ago when there is no room.
func (c *MemoryCache) Put(_ context.Context, key string, value []byte, keep time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.at[key]; ok {
		c.drop(el)
	}
	if len(value) > c.most || keep <= 0 {
		return
	}
	c.at[key] = c.order.PushFront(&entry{key, value, c.now().Add(keep)})
	for c.bytes += len(value); c.bytes > c.most; {
		c.drop(c.order.Back())
	}
}

func (c *MemoryCache) drop(el *list.Element) {
	e := el.Value.(*entry)
	c.order.Remove(el)
	delete(c.at, e.key)
	c.bytes -= len(e.value)
}
