package printfile

import (
	"os"
	"strings"
	"testing"

	"bassin/internal/web"
)

// saidOf finds what a profile says of a setting.
func saidOf(list []readGroup, v *web.View, key string) (value, note string) {
	for _, g := range list {
		for _, x := range g.List {
			if x.Key == key {
				return x.value(v), x.note(v)
			}
		}
	}
	return "", ""
}

func TestSettingsAreRead(t *testing.T) {
	list := reading("layer_height = 0.2\nfirst_layer_height = 75%\nperimeter_speed = 45\nexternal_perimeter_speed = 60%\nfirst_layer_speed = 50%\nfill_density = 15%\nfill_pattern = honeycomb\n" +
		"support_material = 0\nsupport_material_spacing = 2\nbrim_width = 0\ntemperature = 215,220\nbed_shape = 0x0,250x0,250x210,0x210\nfilament_cost = 36.29\nfilament_density = 1.24\nironing = 1\n" +
		"perimeter_acceleration = 0\nfilament_type = PLA;PLA\nperimeters = many\nseam_position = somewhere\nnozzle_diameter = 0.4\n")
	fr, en := &web.View{Lang: "fr"}, &web.View{Lang: "en"}
	for key, want := range map[string][3]string{
		"layer_height":             {"0,2\u00a0mm", "0.2\u00a0mm", ""},
		"first_layer_height":       {"75\u00a0%, soit 0,15\u00a0mm", "75%, that is 0.15\u00a0mm", ""},
		"external_perimeter_speed": {"60\u00a0%, soit 27\u00a0mm/s", "60%, that is 27\u00a0mm/s", ""},
		"first_layer_speed":        {"50\u00a0%", "50%", ""},
		"fill_density":             {"15\u00a0%", "15%", ""},
		"fill_pattern":             {"nid d’abeille", "honeycomb", "The estimate by layers takes it for the pattern “gyroid”."},
		"support_material":         {"non", "no", ""},
		"support_material_spacing": {"", "", ""}, // without supports it says nothing
		"brim_width":               {"sans", "none", ""},
		"temperature":              {"215\u00a0°C", "215\u00a0°C", ""},
		"bed_shape":                {"250 × 210\u00a0mm", "250 × 210\u00a0mm", ""},
		"filament_cost":            {"36,29/kg", "36.29/kg", ""},
		"ironing":                  {"oui", "yes", "The estimate by layers leaves it out."},
		"perimeter_acceleration":   {"celle de la machine", "that of the machine", ""},
		"filament_type":            {"PLA", "PLA", ""},
		"perimeters":               {"", "", ""}, // no number
		"seam_position":            {"somewhere", "somewhere", ""},
	} {
		value, _ := saidOf(list, fr, key)
		other, note := saidOf(list, en, key)
		if value != want[0] || other != want[1] || note != want[2] {
			t.Errorf("%s: %q, %q, %q", key, value, other, note)
		}
	}
}

// Of a profile that people export nothing is left out that they look for, and names are there in both languages.
func TestSettingsHaveNames(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		v := &web.View{Lang: lang}
		for _, g := range groups() {
			keys := []string{"printfile.group." + g.Name}
			for _, s := range g.List {
				keys = append(keys, "printfile.setting."+s.Key)
				if s.Zero != "" {
					keys = append(keys, "printfile.is."+s.Zero)
				}
			}
			for _, w := range words() {
				keys = append(keys, "printfile.word."+w)
			}
			for _, k := range keys {
				if name := v.T(k); name == "" || strings.Contains(name, "printfile.") {
					t.Errorf("%s: %s has no name", lang, k)
				}
			}
		}
	}
	text, err := os.ReadFile("../../../shared/data/slicer_mk3s_020_pla.ini")
	if err != nil {
		t.Skip(err)
	}
	list := reading(string(text))
	if len(list) != len(groups()) {
		t.Errorf("%d groups of %d", len(list), len(groups()))
	}
	for _, g := range list {
		for _, x := range g.List {
			if x.note(&web.View{Lang: "en"}) != "" {
				t.Errorf("%s is heeded", x.Key)
			}
		}
	}
}

func FuzzReading(f *testing.F) {
	f.Add("bed_shape = 0x0,1x1\nfill_density = 5%%\ntemperature = 1e9\n= 3\nskirts = ,\n")
	f.Fuzz(func(_ *testing.T, profile string) {
		v := &web.View{Lang: "fr"}
		for _, g := range reading(profile) {
			for _, x := range g.List {
				_, _ = x.value(v), x.note(v)
			}
		}
	})
}
