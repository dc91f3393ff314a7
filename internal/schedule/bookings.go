package schedule

// bookings are the days of resources that are taken while Level places tasks.
type bookings struct {
	resources []Resource
	asks      [][]Assignment // of each task, one for each of its resources
	used      []map[int]share
}

func newBookings(rs []Resource, as []Assignment, tasks int) *bookings {
	b := &bookings{resources: rs, asks: make([][]Assignment, tasks), used: make([]map[int]share, len(rs))}
	for i := range b.used {
		b.used[i] = map[int]share{}
	}
next:
	for _, a := range as {
		for i := range b.asks[a.Task] {
			if x := &b.asks[a.Task][i]; x.Resource == a.Resource {
				x.Units += a.Units
				continue next
			}
		}
		b.asks[a.Task] = append(b.asks[a.Task], a)
	}
	return b
}

// book takes the days of a task.
func (b *bookings) book(task int, c *Calendar, start, finish Moment) {
	if len(b.asks[task]) == 0 {
		return
	}
	for day := start.day(); day <= finish.day(); day++ {
		if work := c.worked(day, start, finish); work > 0 {
			for _, a := range b.asks[task] {
				b.used[a.Resource][day] += share(work) * share(a.Units)
			}
		}
	}
}

// place finds the least work from k on at which everybody asked for is free, false when there is
// no such place within levelDays.
func (b *bookings) place(task int, c *Calendar, k, work int32) (int32, bool) {
	if len(b.asks[task]) == 0 {
		return k, true
	}
	for until := c.begin(k).day() + levelDays; k+work <= c.total(); {
		busy := b.lastBusy(task, c, c.begin(k), c.end(k+work))
		if busy < 0 {
			return k, true
		}
		if busy >= until || busy >= days-1 {
			break
		}
		k = c.work(morning(busy + 1))
	}
	return 0, false
}

// lastBusy is the last day on which somebody has not enough left, or -1. A later start only asks
// for more of that day, until it lies behind.
func (b *bookings) lastBusy(task int, c *Calendar, start, finish Moment) int {
	for day := finish.day(); day >= start.day(); day-- {
		work := c.worked(day, start, finish)
		if work == 0 {
			continue
		}
		for _, a := range b.asks[task] {
			r := &b.resources[a.Resource]
			if b.used[a.Resource][day]+share(work)*share(a.Units) > r.have(day) {
				return day
			}
		}
	}
	return -1
}
