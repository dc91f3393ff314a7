package making

// stepNames are the steps of an order that goes well, in their order.
var stepNames = []string{"asked", "quoted", "queued", "built", "inspected", "delivered", "rated"}

// stepsDone is how many steps of an order in a state are done; false where it goes no further.
func stepsDone(s State) (int, bool) {
	n, ok := map[State]int{Requested: 1, Quoted: 2, Accepted: 3, Building: 3, Partly: 3, Built: 4, Inspected: 5, Delivered: 6, Rated: 7}[s]
	return n, ok
}
