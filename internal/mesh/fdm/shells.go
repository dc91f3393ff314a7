package fdm

// level is a layer drawn in cells.
type level struct{ whole, inner drawn }

// filled is what is filled with lines: its area in square millimetres, and the cells in which their middles lie.
type filled struct {
	cells drawn
	area  float64
}

// shells parts the infill of layers that follow each other. Of these are drawn as many below and above as what is solid in one
// depends on.
type shells struct {
	g            *grid
	p            *Profile
	layers       []region
	drawer       drawer
	brush        brush
	levels       []*level // layer i is at i modulo their number
	next         int      // the first layer that is not drawn
	spare        []*level
	low, high    int    // words of what the infill is parted into; all others are 0
	all          *level // what all the levels are, where the infill was parted of that
	sparse, wide drawn

	// What the infill of a layer is parted into, beside what is sparse.
	bridge, top, solid filled
}

func newShells(g *grid, p *Profile, layers []region) *shells {
	some := func() filled { return filled{cells: g.empty()} }
	return &shells{
		g: g, p: p, layers: layers, brush: newBrush(g), levels: make([]*level, max(1, p.BottomLayers)+1+max(1, p.TopLayers)),
		sparse: g.empty(), wide: g.empty(), bridge: some(), top: some(), solid: some(),
	}
}

// begin goes to a layer.
func (s *shells) begin(layer int) {
	s.next = max(0, layer-max(1, s.p.BottomLayers))
	for i := range s.levels {
		s.leave(i)
	}
	s.all = nil
}

// at is a layer that is drawn, or nil beside the part.
func (s *shells) at(layer int) *level {
	if layer < 0 || layer >= s.next || layer >= len(s.layers) {
		return nil
	}
	return s.levels[layer%len(s.levels)]
}

// leave keeps the room of a level that no other layer is too. Layers that are the same follow each other.
func (s *shells) leave(i int) {
	if l := s.levels[i]; l != nil && l != s.levels[(i+1)%len(s.levels)] {
		s.spare = append(s.spare, l)
	}
	s.levels[i] = nil
}

// drawUpTo draws layers up to one, in the place of the lowest.
func (s *shells) drawUpTo(last int) {
	for ; s.next <= min(last, len(s.layers)-1); s.next++ {
		i := s.next % len(s.levels)
		s.leave(i)
		r := &s.layers[s.next]
		if below := s.at(s.next - 1); r.same && below != nil {
			s.levels[i] = below
			continue
		}
		if len(s.spare) == 0 {
			s.spare = append(s.spare, &level{s.g.empty(), s.g.empty()})
		}
		l := s.spare[len(s.spare)-1]
		s.spare = s.spare[:len(s.spare)-1]
		s.redraw(l.whole, r.whole)
		s.redraw(l.inner, r.inner)
		s.levels[i] = l
	}
}

func (s *shells) redraw(d drawn, list set) {
	clear(d)
	s.drawer.draw(s.g, d, list)
}

// part parts the infill of a layer: what is open above or below, what lies within a few layers of that, and the rest. False where
// it is that of the layer before, since nothing around has changed. Layers must follow each other after begin.
func (s *shells) part(i int) bool {
	p := s.p
	s.drawUpTo(i + max(1, p.TopLayers))
	here := s.at(i)
	if s.still(i) {
		if s.all == here {
			return false
		}
		s.all = here
	} else {
		s.all = nil
	}
	s.parted(i)
	for _, f := range []*filled{&s.bridge, &s.top, &s.solid} {
		f.area = s.g.area(f.cells[s.low:s.high])
	}
	return true
}

// still tells whether all the layers on which one depends are as it is.
func (s *shells) still(i int) bool {
	here := s.at(i)
	for j := i - max(1, s.p.BottomLayers); j <= i+max(1, s.p.TopLayers); j++ {
		if s.at(j) != here {
			return false
		}
	}
	return true
}

func (s *shells) parted(i int) {
	p, inner := s.p, s.at(i).inner
	bridge, top, solid := s.bridge.cells, s.top.cells, s.solid.cells
	for _, d := range [...]drawn{bridge, top, solid, s.sparse} {
		clear(d[s.low:s.high])
	}
	low, high := s.g.occupied(inner)
	low, high = low*s.g.words, high*s.g.words
	s.low, s.high = low, high
	copy(solid[low:high], inner[low:high])
	if i > 0 {
		s.open(bridge, inner, s.at(i-1).whole, low, high)
	}
	if p.TopLayers > 0 {
		var above drawn
		if l := s.at(i + 1); l != nil {
			above = l.whole
		}
		s.open(top, inner, above, low, high)
	}
	if p.Density >= 1 || i-p.BottomLayers < 0 || i+p.TopLayers >= len(s.layers) {
		return
	}
	rest, sparse, wide := solid[low:high], s.sparse[low:high], s.wide[low:high]
	copy(sparse, rest)
	var last *level
	for j := i - p.BottomLayers; j <= i+p.TopLayers; j++ {
		l := s.at(j)
		if l == last {
			continue
		}
		last = l
		for n, w := range l.inner[low:high] {
			sparse[n] &= w
		}
	}
	copy(wide, sparse)
	s.brush.shrink(s.wide, narrow)
	s.brush.grow(s.wide, narrow)
	for n, w := range wide {
		sparse[n] &= w
		rest[n] &^= sparse[n]
	}
	clear(s.wide[max(0, low-around*s.g.words):min(len(s.wide), high+around*s.g.words)])
}

// open takes from what is left of the infill what another layer does not cover, and a margin around.
func (s *shells) open(to, inner, cover drawn, low, high int) {
	any := uint64(0)
	solid := s.solid.cells
	for n := low; n < high; n++ {
		w := inner[n]
		if cover != nil {
			w &^= cover[n]
		}
		to[n] = w
		any |= w
	}
	if any == 0 {
		return
	}
	s.brush.grow(to, margin)
	reach := (int(margin/s.g.cell) + 1) * s.g.words
	clear(to[max(0, low-reach):low])
	clear(to[high:min(len(to), high+reach)])
	for n := low; n < high; n++ {
		to[n] &= solid[n]
		solid[n] &^= to[n]
	}
}
