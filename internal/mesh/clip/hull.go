package clip

import "slices"

// Hull is the smallest convex polygon around polygons (A. M. Andrew, Another efficient algorithm for convex hulls in two
// dimensions, 1979); nil of points on a line.
func Hull(list []Polygon) Polygon {
	points := slices.Concat(list...)
	slices.SortFunc(points, compare)
	points = slices.Compact(points)
	var hull Polygon
	for range 2 { // below from left to right, then above and back
		first := len(hull)
		for _, p := range points {
			for len(hull) >= first+2 && turn(hull[len(hull)-2], hull[len(hull)-1], p) <= 0 {
				hull = hull[:len(hull)-1]
			}
			hull = append(hull, p)
		}
		if len(hull) > 0 {
			hull = hull[:len(hull)-1]
		}
		slices.Reverse(points)
	}
	if len(hull) < 3 {
		return nil
	}
	return hull
}
