package programme_test

import (
	"encoding/json"
	"fmt"
	"strings"
)

// correctsValues corrects the only value of an indicator, then takes the correction away.
func (f *funded) correctsValues(values string) {
	f.t.Helper()
	var list struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(f.get("lead", values).body), &list); err != nil || len(list.Items) != 1 {
		f.t.Fatalf("values: %v, %v", list, err)
	}
	first := list.Items[0].ID
	f.want(f.send("POST", "lead", values, fmt.Sprintf(`{"on":"2026-03-01","value":20,"corrects_id":%q}`, first)), 422) // without a reason
	f.want(f.send("POST", "lead", values, `{"on":"2026-03-01","value":20,"corrects_id":"none","note":"faute de frappe"}`), 422)
	f.want(f.send("POST", "lead", values, `{"on":"2026-03-01","value":20,"cancelled":true}`), 422)
	undated := f.send("POST", "lead", values, `{"value":20}`)
	if f.want(undated, 422); !strings.Contains(undated.body, `"body.on"`) {
		f.t.Errorf("which field is refused: %s", undated.body)
	}
	correction := fmt.Sprintf(`{"on":"2026-03-01","value":20,"corrects_id":%q,"note":"faute de frappe"}`, first)
	f.want(f.send("POST", "guest", values, correction), 403)
	made := f.send("POST", "lead", values, correction)
	f.want(made, 201)
	f.want(f.send("POST", "lead", values, correction), 409)
	var second struct{ ID string }
	if err := json.Unmarshal([]byte(made.body), &second); err != nil {
		f.t.Fatal(err)
	}
	f.want(f.send("POST", "lead", values, fmt.Sprintf(`{"value":0,"cancelled":true,"corrects_id":%q,"note":"jamais mesuré"}`, second.ID)), 201)
	golden(f.t, "values", f.get("lead", values).body)
}
