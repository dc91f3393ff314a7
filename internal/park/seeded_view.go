package park

import "bassin/internal/web"

// seeded are the text keys of what the library says before anybody has typed in it: names of materials, sources of figures, as they
// are kept (decision 56). Names that are the same in every language, such as PA12, are none.
var seeded = map[string]string{
	"Résine standard":   "park.seed.resin_standard",
	"Résine pour laser": "park.seed.resin_laser",
	"Density: fabbaloo.com, 2016, How to Compare the Real Costs of 3D Printing Filaments. Price: Formlab, School of Arts Gent, 2023, standard PLA": "park.seed.pla",
	"Density: fabbaloo.com, 2016, How to Compare the Real Costs of 3D Printing Filaments":                                                          "park.seed.filaments",
	"additive.tools, PA12, laser sintered: 0.88 to 0.96":                                                                                           "park.seed.pa12_laser",
	"additive.tools, PA12, multi jet fusion: 0.97 to 1.01":                                                                                         "park.seed.pa12_fusion",
	"Density: EOS StainlessSteel 316L, data sheet. Price: default, middle of a usual range of 80 to 120 euros":                                     "park.seed.steel",
	"Density: EOS Aluminium AlSi10Mg, data sheet":                                                                                                  "park.seed.aluminium",
	"Density: EOS Titanium Ti64, data sheet. Price: default, middle of a usual range of 300 to 500 euros":                                          "park.seed.titanium",
	"Density: EOS NickelAlloy IN718, data sheet. Price: default, a usual range begins at 400 euros":                                                "park.seed.nickel",
	"Protolabs, 3D printing design rules":                                                                                                          "park.seed.rules",
	"Protolabs, 3D printing design rules (stereolithography)":                                                                                      "park.seed.rules_resin",
	"arti90, Design clues for 3D printing (DMLS)":                                                                                                  "park.seed.rules_metal",
	"Least relative deviations over 28 closed parts sliced by PrusaSlicer 2.5, MK3S, 0.2 mm, PLA, 15 %":                                            "park.seed.least_deviations",
	"9 of 10 of these 28 parts":       "park.seed.nine_of_ten",
	"Default: 50 mm in about 8,640 s": "park.seed.resin_time",
	"PA 2221; 50 % for PA 2200: Powder ageing of laser sintered polyamide 12 using low refresh rates, Springer, doi 10.1007/978-3-662-48473-9_5": "park.seed.refresh_laser",
	"additive.tools, PA12, 30 % refresh":                                                             "park.seed.refresh_fusion",
	"Default: AlSi10Mg, 4.8 mm³/s":                                                                   "park.seed.metal_rate",
	"Default: a usual range is 10 to 30 s":                                                           "park.seed.recoating",
	"Default, a first guess: 0.4 × what the part leaves free of what surrounds it":                   "park.seed.support_guess",
	"Supports of PrusaSlicer 2.5 for resin, 5 mm below the part, over 28 placements of sample parts": "park.seed.resin_supports",
	"Density: renato.design, clear photopolymer resin, cured: 1.1 to 1.2":                            "park.seed.resin_density",
	"Default of PrusaSlicer 2.5 for resin":                                                           "park.seed.resin_stand",
	"PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality":                                           "park.seed.preset",
	"Estimate by layers against PrusaSlicer 2.5: 9 of 10 of 29 parts":                                "park.seed.layers_spread",
	"Default: less is a detail, not a wall that carries":                                             "park.seed.thin_share",
}

// InWords gives what the library says by itself in the reader's language, and what somebody typed as it stands.
func InWords(v *web.View, kept string) string {
	if key, ok := seeded[kept]; ok {
		return v.T(key)
	}
	return kept
}

// kept is how a text is kept that comes back from a form in which it was shown in a language.
func kept(text string) string {
	for _, v := range []*web.View{web.NewView("fr"), web.NewView("en")} {
		for stored, key := range seeded {
			if v.T(key) == text {
				return stored
			}
		}
	}
	return text
}
