package story

import (
	"slices"

	"marsad/timeline"
)

// gazetteer says which places lie in which: by name, all that a place lies in.
type gazetteer map[string][]string

// newGazetteer follows what places lie in, up to their countries. A country that
// several entities claim to be is none of them.
func newGazetteer(entities []timeline.Entity) gazetteer {
	of := make(map[string]string) // code → the place that is all of the country
	in := make(map[string][]string)
	for i := range entities {
		e := &entities[i]
		in[e.Name] = e.In
		if e.WholeCountry && e.Country != "" {
			if _, twice := of[e.Country]; twice {
				of[e.Country] = ""
			} else {
				of[e.Country] = e.Name
			}
		}
	}
	g := make(gazetteer)
	for i := range entities {
		e := &entities[i]
		var around []string
		queue := slices.Clone(e.In)
		if country := of[e.Country]; country != "" && !e.WholeCountry {
			queue = append(queue, country)
		}
		for len(queue) > 0 {
			next := queue[0]
			queue = queue[1:]
			if next != e.Name && !slices.Contains(around, next) {
				around = append(around, next)
				queue = append(queue, in[next]...)
			}
		}
		if len(around) > 0 {
			g[e.Name] = around
		}
	}
	return g
}

// narrowest gives those of the places that no other of them lies in, and all that
// these lie in.
func (g gazetteer) narrowest(places []string) (narrow, around []string) {
	for _, p := range places {
		if !slices.ContainsFunc(places, func(other string) bool { return slices.Contains(g[other], p) }) {
			narrow = append(narrow, p)
			around = append(around, g[p]...)
		}
	}
	return narrow, around
}
