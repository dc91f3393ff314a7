package agenda

import (
	"bassin/internal/account"
	"bassin/internal/project"
	"bassin/internal/when"
)

// FeedID names a feed.
type FeedID string

// Feed is a secret address at which a calendar reads, without signing in, what its person may see:
// all that is theirs, or one project.
type Feed struct {
	ID        FeedID
	PersonID  account.PersonID
	ProjectID project.ID // "": all of the person's
	TokenHash string
	CreatedAt when.Time
	UsedAt    when.Time
	RevokedAt when.Time
}

// maxFeeds is how many addresses one person has at once.
const maxFeeds = 50
