package bvh

import (
	"math"
	"math/rand/v2"
	"testing"

	"bassin/internal/mesh"
)

func random(r *rand.Rand) mesh.Vec {
	return mesh.Vec{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}
}

// soup is many small triangles, and a few large ones, far from the origin.
func soup(r *rand.Rand, n int) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range n {
		size := 0.1
		if i%50 == 0 {
			size = 2
		}
		at := random(r).Add(mesh.Vec{X: 500, Y: -300})
		for range 3 {
			m.Points = append(m.Points, at.Add(random(r).Times(size)))
		}
		k := uint32(3 * i)
		m.Triangles = append(m.Triangles, [3]uint32{k, k + 1, k + 2})
		if i%70 == 0 {
			m.Triangles = append(m.Triangles, [3]uint32{k, k, k + 2})
		}
	}
	return m
}

// What the tree answers is what looking at all faces answers.
func TestAll(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	m := soup(r, 3000)
	tree := New(m)
	hits, nears := 0, 0
	for range 400 {
		dir := random(r)
		dir = dir.Times(1 / dir.Len())
		ray := Ray{From: random(r).Times(2).Add(tree.Middle), Dir: dir, Min: 0.01, Max: 1 + 5*r.Float64(), Side: Side(r.IntN(3) - 1)}
		want := Hit{Face: none, At: ray.Max}
		within := r.Float64()
		near := Near{Face: none}
		least := within
		for _, f := range tree.Faces() {
			if h, ok := tree.cross(&ray, f); ok && h.At < want.At {
				want = h
			}
			if tree.normal(f).Dot(dir) < cosFacing {
				continue
			}
			a, b, c := tree.corners(f)
			p := closest(ray.From, a, b, c)
			if d := p.Sub(ray.From).Len(); d < least {
				least, near = d, Near{f, p}
			}
		}
		got, ok := tree.Ray(ray)
		if got.Face != want.Face || ok != (want.Face != none) || math.Abs(got.At-want.At) > 1e-9 {
			t.Fatalf("the ray meets %+v, want %+v", got, want)
		}
		gotNear, ok := tree.NearestFacing(ray.From, within, dir)
		if gotNear.Face != near.Face || ok != (near.Face != none) {
			t.Fatalf("the nearest is %+v, want %+v", gotNear, near)
		}
		if want.Face != none {
			hits++
		}
		if near.Face != none {
			nears++
		}
	}
	if hits < 100 || nears < 100 {
		t.Errorf("only %d rays hit and %d faces were near: the test says little", hits, nears)
	}
	if len(tree.Faces()) != 3000 {
		t.Errorf("%d faces are in the tree, want 3000: those without area are not", len(tree.Faces()))
	}
}

// Faces whose middles crowd towards a point must not make the tree deeper than the stack.
func TestDeep(t *testing.T) {
	m := &mesh.Mesh{}
	x := 1.0
	for i := range uint32(2000) {
		m.Points = append(m.Points, mesh.Vec{X: x}, mesh.Vec{X: x, Y: x}, mesh.Vec{X: x, Z: x})
		m.Triangles = append(m.Triangles, [3]uint32{3 * i, 3*i + 1, 3*i + 2})
		x *= 0.98
	}
	tree := New(m)
	h, ok := tree.Ray(Ray{From: mesh.Vec{X: -1, Y: 1e-19, Z: 1e-19}, Dir: mesh.Vec{X: 1}, Max: 10})
	if !ok || math.Abs(h.At-1) > 1e-15 { // the last are so near to 0 that a ray from −1 cannot tell them apart
		t.Errorf("the first face of the ray is at %v, want 1", h.At)
	}
	if n := tree.Winding(mesh.Vec{X: -1}); n > 2000 {
		t.Errorf("winding %d", n)
	}
}

func TestEmpty(t *testing.T) {
	tree := New(&mesh.Mesh{})
	if _, ok := tree.Ray(Ray{Dir: mesh.Vec{X: 1}, Max: 1}); ok {
		t.Error("a ray meets something in nothing")
	}
	if _, ok := tree.NearestFacing(mesh.Vec{}, 1, mesh.Vec{X: 1}); ok || tree.Winding(mesh.Vec{}) != 0 {
		t.Error("something is near in nothing")
	}
}
