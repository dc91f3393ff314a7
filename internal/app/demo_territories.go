package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/territory"
)

// demoTerritory is one of the ten territories of the demonstration. Names and groupings (SIREN and
// name) are those of the national list of phase 1; the place is the main town's, to a kilometre
// or so.
type demoTerritory struct {
	ID, Name            string
	Latitude, Longitude float64
	Summary             string
	Also                []territory.RegionID // regions besides the lead one
	Groupings           []string             // SIREN and name
}

// demoTerritories are the ten of Occitanie. Lacq-Pau - Tarbes lies in two regions and is led by
// the other one, Nouvelle-Aquitaine.
var demoTerritories = []demoTerritory{
	{
		ID: "ti-7505", Name: "Lacq-Pau - Tarbes", Latitude: 43.23, Longitude: 0.07, // Tarbes
		Summary: "Mécanique, aéronautique, ferroviaire.",
		Also:    []territory.RegionID{"76"},
		Groupings: []string{
			"200039204 CC de Lacq-Orthez",
			"200067239 CC des Luys en Béarn",
			"200067254 CA Pau Béarn Pyrénées",
			"200067262 CC du Haut Béarn",
			"200067288 CC du Béarn des Gaves",
			"200067296 CC du Nord Est Béarn",
			"200069300 CA Tarbes-Lourdes-Pyrénées",
			"246400337 CC de la Vallée d’Ossau",
			"246401756 CC Pays de Nay",
			"246500482 CC de la Haute-Bigorre",
		},
	},
	{
		ID: "ti-7601", Name: "Aurillac - Figeac - Rodez", Latitude: 44.61, Longitude: 2.03, // Figeac
		Summary: "Aéronautique, mécanique, outillage.",
		Groupings: []string{
			"200066371 CC Causses et Vallée de la Dordogne",
			"200066660 CC de Saint-Flour",
			"200066678 CC de la Châtaigneraie Cantalienne",
			"200067064 CC Decazeville Communauté",
			"200067361 CC Grand-Figeac",
			"200068831 Pays Ségali Communauté",
			"200069383 Ouest Aveyron Communauté",
			"241200187 CA Rodez Agglomération",
			"241200542 CC du Réquistanais",
			"241200625 CC du Pays Rignacois",
			"241200641 CC Conques-Marcillac",
			"241200674 CC du Plateau de Montbazens",
			"241200807 CC Aveyron Bas Ségala Viaur",
			"241500230 CA du Bassin d’Aurillac",
			"241501089 CC Cère et Goul en Carladès",
		},
	},
	{
		ID: "ti-7602", Name: "Bassin d’Alès", Latitude: 44.13, Longitude: 4.08, // Alès
		Summary: "Mécanique et mobilité durable, agroalimentaire, éco-industries, sous-traitance industrielle, industrie avancée.",
		Groupings: []string{
			"200066918 CA Alès Agglomération",
		},
	},
	{
		ID: "ti-7603", Name: "Béziers-Sète", Latitude: 43.34, Longitude: 3.22, // Béziers
		Summary: "Mécanique de précision et maintenance industrielle, énergies renouvelables, logistique.",
		Groupings: []string{
			"200066355 CA Sète Agglopôle Méditerranée",
			"243400488 CC la Domitienne",
			"243400769 CA de Béziers-Méditerranée",
			"243400819 CA Hérault-Méditerranée",
		},
	},
	{
		ID: "ti-7604", Name: "Castres - Revel - Castelnaudary", Latitude: 43.61, Longitude: 2.24, // Castres
		Summary: "Agroalimentaire, industries de santé.",
		Groupings: []string{
			"200035707 CC Piège Lauragais Malepère",
			"200035855 CC Castelnaudary Lauragais Audois",
			"200071298 CC des Terres du Lauragais",
			"243100567 CC Lauragais Revel Sorezois",
			"248100158 CC du Sor et de l’Agout",
			"248100430 CA de Castres Mazamet",
		},
	},
	{
		ID: "ti-7605", Name: "Gard Rhodanien-Pont du Gard", Latitude: 44.16, Longitude: 4.62, // Bagnols-sur-Cèze
		Summary: "Nucléaire et autres énergies, technologies de l’environnement, agroalimentaire.",
		Groupings: []string{
			"200034692 CA du Gard Rhodanien",
			"243000684 CC du Pont du Gard",
		},
	},
	{
		ID: "ti-7606", Name: "Interdépartemental Gers Tarn-et-Garonne", Latitude: 44.02, Longitude: 1.35, // Montauban
		Summary: "Sous-traitance aéronautique, agroalimentaire.",
		Groupings: []string{
			"200023620 CC de la Gascogne Toulousaine",
			"200034726 CC Bastides de Lomagne",
			"200040418 CC du Pays de Serres en Quercy",
			"200042372 CC des Coteaux Arrats Gimone",
			"200066322 CC Terres des Confluences",
			"200066652 CC Grand Sud Tarn et Garonne",
			"200067122 CC du Pays de Lafrançaise",
			"243200391 CC de la Lomagne Gersoise",
			"243200599 CC du Saves",
			"248200016 CC des Deux Rives",
			"248200065 CC de la Lomagne Tarn-et-Garonnaise",
		},
	},
	{
		ID: "ti-7607", Name: "Narbonne", Latitude: 43.18, Longitude: 3.0, // Narbonne
		Summary: "Éco-industries, éolien flottant.",
		Groupings: []string{
			"241100593 CA Le Grand Narbonne",
		},
	},
	{
		ID: "ti-7608", Name: "PETR Comminges et Nestes", Latitude: 43.11, Longitude: 0.72, // Saint-Gaudens
		Summary: "Bois, automobile, industrie lourde.",
		Groupings: []string{
			"200068815 CC Coeur de Garonne",
			"200070787 CC du Plateau de Lannemezan",
			"200070829 CC Neste Barousse",
			"200072635 CC Pyrénées Haut Garonnaises",
			"200072643 CC Coeur et Coteaux du Comminges",
			"200073146 CC Cagire Garonne Salat",
			"246500573 CC Aure Louron",
		},
	},
	{
		ID: "ti-7609", Name: "PETR d’Ariège", Latitude: 42.97, Longitude: 1.61, // Foix
		Summary: "Patrimoine textile, aéronautique.",
		Groupings: []string{
			"200044469 CC du Pays de Mirepoix",
			"200066223 CC Arize Lèze",
			"200066231 CC des Portes d’Ariège Pyrénées",
			"200066363 CC de la Haute Ariège",
			"200067791 CA Pays Foix-Varilhes",
			"240900431 CC du Pays de Tarascon",
			"240900464 CC du Pays d’Olmes",
		},
	},
}

// seedTerritories imports the ten as the official list would, then tells where they lie.
func seedTerritories(ctx context.Context, d *db.DB, by account.Actor) error {
	var list bytes.Buffer
	w := csv.NewWriter(&list)
	_ = w.Write([]string{"id_ti", "lib_ti", "siren_epci", "nom_epci"}) // into memory
	for _, t := range demoTerritories {
		var sirens, names []string
		for _, g := range t.Groupings {
			siren, name, _ := strings.Cut(g, " ")
			sirens, names = append(sirens, siren), append(names, name)
		}
		_ = w.Write([]string{t.ID, t.Name, strings.Join(sirens, "|"), strings.Join(names, ", ")})
	}
	w.Flush()
	s := territory.New(territory.Options{DB: d})
	if _, err := s.Import(ctx, by, "demonstration.csv", list.Bytes()); err != nil {
		return err
	}
	return d.Do(ctx, func(tx db.Tx) error {
		for _, t := range demoTerritories {
			x, err := territory.Get(tx, territory.ID(t.ID))
			if err != nil {
				return err
			}
			x.Latitude, x.Longitude, x.Summary = t.Latitude, t.Longitude, t.Summary
			if t.ID == "ti-7602" {
				x.Jobs = 4000
			}
			if err := territory.SaveIn(tx, by, x, t.Also); err != nil {
				return err
			}
		}
		return nil
	})
}
